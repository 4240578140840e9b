#!/usr/bin/env bash
# Make the virtual environment in the cache: what Odoo, the addon, the tests and the linters import, and Odoo itself.
# Prints nothing when it is there. A change of a requirements file, of the Python or of the Odoo makes a new one.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/odoo_place.sh"
. "$(dirname "$0")/venv_place.sh"
. "$(dirname "$0")/fetch.sh"

[ ! -e "$VENV/complete" ] || exit 0
[ -n "$BASE_PYTHON" ] || die "no Python 3.10 to 3.13 with its venv module: get_debian_packages.sh installs one"
lock python
[ ! -e "$VENV/complete" ] || exit 0

need_room 1000
say "Python: making a virtual environment with $("$BASE_PYTHON" --version)"
# An environment cannot be renamed (its scripts name it), so the file `complete` says that it is whole.
rm -rf "$VENV"
"$BASE_PYTHON" -m venv "$VENV"
install_requirements() {
    # No index is named: pip asks the one that this machine is set up with. docopt has no wheel, all others have.
    say "Python: fetching packages"
    fetch "Python packages" "$VENV/bin/pip" install -q --disable-pip-version-check --prefer-binary "${requirement_args[@]}"
}
make_odoo_importable() {
    local site_packages
    site_packages=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$ODOO_PATHS" >"$site_packages/odoo-19.pth"
}
if [ "$ODOO_IS_OURS" = yes ]; then
    install_requirements
    make_odoo_importable
else
    # pip is to see the libraries that are there, so that it keeps those that will do.
    make_odoo_importable
    install_requirements
fi
"$VENV/bin/python" -c 'import odoo.release' || die "$VENV cannot import odoo from: $ODOO_PATHS"
touch "$VENV/complete"
say "Python: done"
