#!/usr/bin/env bash
# The project's Python: the virtual environment with Odoo, the addon's requirements and the tools.
#
#   dev/python.sh -m pytest tests/lib
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/odoo_place.sh"
. "$(dirname "$0")/venv_place.sh"
[ -e "$VENV/complete" ] || die "not set up yet: run make setup"
exec "$VENV/bin/python" "$@"
