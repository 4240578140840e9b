#!/usr/bin/env bash
# Measure speed and memory, side by side with Odoo's own gateway and plain IMAPClient, in one run.
#
#   bench.sh                     everything; prints a table and writes bench.json
#   ONLY=linking,chatter bench.sh
#   MAILS=1000 bench.sh          a smaller mailbox where the real one takes too long (see bench/sizes.py)
# shellcheck source-path=SCRIPTDIR
[ -n "${IMAP_SYNC_RUNNING:-}" ] || "$(dirname "$0")/setup.sh" || exit
. "$(dirname "$0")/environment.sh"

lock "bench-$CHECKOUT_ID"
"$CHECKOUT/dev/database.sh" fresh bench
"$CHECKOUT/dev/database.sh" plain bench_plain

BENCH_DATABASE=$(database_name bench)
BENCH_PLAIN_DATABASE=$(database_name bench_plain)
export CHECKOUT BENCH_DATABASE BENCH_PLAIN_DATABASE ODOO_CONF
export PYTHONPATH=$CHECKOUT/dev:$CHECKOUT/tests:$CHECKOUT/tests/lib${PYTHONPATH:+:$PYTHONPATH}
exec "$VENV/bin/python" -m bench
