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

DATA_FOLDER=$CACHE/odoo-data

# Odoo itself reads this variable, and would then look nowhere else: not for this addon either
export MORE_ADDONS=${MORE_ADDONS:-${ODOO_ADDONS_PATH:-}}
unset ODOO_ADDONS_PATH

# write_conf: Odoo's configuration, one file for each set of addons, as they may be in use at the same time
write_conf() {
    local new
    ODOO_CONF=$CHECKOUT_CACHE/odoo${MORE_ADDONS:+-$(short_hash <<<"$MORE_ADDONS")}.conf
    new=$(mktemp "$ODOO_CONF.XXXXXX")
    cat >"$new" <<CONF
[options]
addons_path = $ADDONS_FOLDER${MORE_ADDONS:+,$MORE_ADDONS}
data_dir = $DATA_FOLDER
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
list_db = False
CONF
    mv "$new" "$ODOO_CONF"
}
write_conf

# database_name KIND: the name of this checkout's database of that kind (test, demo)
database_name() { echo "imap_sync_$1_$CHECKOUT_ID"; }

database_exists() { [ "$(psql -XAtc "SELECT 1 FROM pg_database WHERE datname = '$1'" postgres)" = 1 ]; }

# odoo COMMAND DATABASE ARGUMENT...
odoo() { tied "$VENV/bin/python" -m odoo "$1" -c "$ODOO_CONF" -d "$2" "${@:3}"; }
