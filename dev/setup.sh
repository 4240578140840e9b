#!/usr/bin/env bash
# Make everything be there that the tests and the demo need. Prints nothing when it is.
#
#   setup.sh         all of it
#   setup.sh demo    without what only tests and screenshots need
here=$(dirname "$0")
set -e
. "$here/common.sh"
compgen -G "$CACHE/python-*/complete" >/dev/null ||
    say "The first time, what is missing is fetched and installed, within a few minutes. It goes to $CACHE"
kinds=(server browser)
[ "${1:-}" != demo ] || kinds=(server)
tied "$here/get_debian_packages.sh" "${kinds[@]}"
tied "$here/get_odoo.sh"
tied "$here/get_python.sh"
