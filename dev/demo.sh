#!/usr/bin/env bash
# Show the addon with a sample mailbox, until Ctrl-C.
#
#   ONCE=1 demo.sh     stop after the summary; the exit status says whether every mail landed
#   FRESH=1 demo.sh    make mailbox and database anew
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
[ -n "${IMAP_SYNC_RUNNING:-}" ] || tied "$CHECKOUT/dev/setup.sh" demo || exit
. "$CHECKOUT/dev/environment.sh"

exec {running}>"$CACHE/locks/demo-$CHECKOUT_ID"
flock -n "$running" || die "the demo of this checkout is running already"

DEMO_DATABASE=$(database_name demo)
export CHECKOUT DEMO_DATABASE ODOO_CONF DEMO_FOLDER=$CHECKOUT_CACHE/demo
export PYTHONPATH=$CHECKOUT/dev:$CHECKOUT/tests${PYTHONPATH:+:$PYTHONPATH}
exec "$VENV/bin/python" -m demo
