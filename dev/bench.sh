#!/usr/bin/env bash
# Measure speed and memory, side by side with Odoo's own gateway and plain IMAPClient, in one run.
#
#   bench.sh                     everything; prints a table and writes bench.json
#   ONLY=linking,chatter bench.sh
#   MAILS=1000 bench.sh          smaller where the real thing takes too long (see bench/sizes.py)
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
[ -n "${IMAP_SYNC_RUNNING:-}" ] || tied "$CHECKOUT/dev/setup.sh" || exit
. "$CHECKOUT/dev/environment.sh"
. "$CHECKOUT/dev/fetch.sh"

# py-spy lives in an environment of its own: make test needs none of it.
requirements=$CHECKOUT/dev/bench/requirements.txt
tools=$CACHE/bench-$({ echo "$BASE_PYTHON" && cat "$requirements"; } | short_hash)
make_tools() {
    lock bench-tools
    [ ! -e "$tools/complete" ] || return 0
    say "Bench: getting py-spy"
    rm -rf "$tools"
    "$BASE_PYTHON" -m venv "$tools"
    fetch "py-spy" "$tools/bin/pip" install -q --disable-pip-version-check --requirement "$requirements"
    touch "$tools/complete"
}
[ -e "$tools/complete" ] || make_tools

lock "bench-$CHECKOUT_ID"
"$CHECKOUT/dev/database.sh" fresh bench
"$CHECKOUT/dev/database.sh" plain bench_plain

BENCH_DATABASE=$(database_name bench)
BENCH_PLAIN_DATABASE=$(database_name bench_plain)
BENCH_PY_SPY=$tools/bin/py-spy
BENCH_FOLDER=$CHECKOUT_CACHE
export CHECKOUT BENCH_DATABASE BENCH_PLAIN_DATABASE BENCH_PY_SPY BENCH_FOLDER ODOO_CONF
export PYTHONPATH=$CHECKOUT/dev:$CHECKOUT/tests:$CHECKOUT/tests/lib${PYTHONPATH:+:$PYTHONPATH}
exec "$VENV/bin/python" -m bench
