#!/usr/bin/env bash
# Run an Odoo command on a database of this checkout.
#
#   dev/odoo.sh shell                         on the demo database
#   DATABASE=test dev/odoo.sh shell           on the one that make test left
#   dev/odoo.sh server -u mail_imap_sync --dev=xml
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/environment.sh"

command=${1:-server}
database=$(database_name "${DATABASE:-demo}")
database_exists "$database" || die "there is no such database: make ${DATABASE:-demo} makes it"
exec "$VENV/bin/python" -m odoo "$command" -c "$ODOO_CONF" -d "$database" "${@:2}"
