# What a script needs that runs Odoo: everything is set up, PostgreSQL answers, and the addon is on the addons path.
# Sourced by scripts, with their arguments. A script that sources it starts again inside `postgres.py run`, so
# the server runs for exactly as long as somebody uses it.
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$CHECKOUT/dev/odoo_place.sh"
. "$CHECKOUT/dev/venv_place.sh"
[ -e "$VENV/complete" ] || die "not set up yet: run make setup"

if [ "${IMAP_SYNC_RUNNING:-}" != "$CACHE" ]; then
    export IMAP_SYNC_RUNNING=$CACHE
    exec "$VENV/bin/python" "$CHECKOUT/dev/postgres.py" run "$(readlink -f "$0")" "$@"
fi

ODOO_CONF=$CHECKOUT_CACHE/odoo.conf
DATA_FOLDER=$CACHE/odoo-data

_new_conf=$(mktemp "$ODOO_CONF.XXXXXX")
cat >"$_new_conf" <<CONF
[options]
addons_path = $ADDONS_FOLDER${ODOO_ADDONS_PATH:+,$ODOO_ADDONS_PATH}
data_dir = $DATA_FOLDER
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
list_db = False
CONF
mv "$_new_conf" "$ODOO_CONF"

# database_name KIND: the name of this checkout's database of that kind (test, demo)
database_name() { echo "imap_sync_$1_$CHECKOUT_ID"; }

database_exists() { [ "$(psql -XAtc "SELECT 1 FROM pg_database WHERE datname = '$1'" postgres)" = 1 ]; }

# odoo COMMAND DATABASE ARGUMENT...
odoo() { "$VENV/bin/python" -m odoo "$1" -c "$ODOO_CONF" -d "$2" "${@:3}"; }
