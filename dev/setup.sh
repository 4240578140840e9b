#!/usr/bin/env bash
# Make everything be there that the tests and the demo need. Prints nothing when it is.
here=$(dirname "$0")
set -e
"$here/get_debian_packages.sh"
"$here/get_odoo.sh"
"$here/get_python.sh"
