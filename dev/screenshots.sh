#!/usr/bin/env bash
# Take the screenshots of README.rst and static/description/index.html again: from a demo of its own, in a browser, as
# the demo's users. A demo that is running is not touched.
#
#   screenshots.sh [FOLDER]    where they go, if not to static/description
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
[ -n "${IMAP_SYNC_RUNNING:-}" ] || tied "$CHECKOUT/dev/setup.sh" || exit
. "$CHECKOUT/dev/environment.sh"
. "$CHECKOUT/dev/fetch.sh"

# The browser is driven from an environment of its own: make test needs none of it.
requirements=$CHECKOUT/dev/screenshots/requirements.txt
camera=$CACHE/camera-$({ echo "$BASE_PYTHON" && cat "$requirements"; } | short_hash)
make_camera() {
    lock camera
    [ ! -e "$camera/complete" ] || return 0
    say "Screenshots: getting Playwright (without a browser: it drives the one of this machine)"
    rm -rf "$camera"
    "$BASE_PYTHON" -m venv "$camera"
    fetch "Playwright" "$camera/bin/pip" install -q --disable-pip-version-check --requirement "$requirements"
    touch "$camera/complete"
}
[ -e "$camera/complete" ] || make_camera

lock "screenshots-$CHECKOUT_ID"
DEMO_DATABASE=$(database_name screenshots)
DEMO_FOLDER=$CHECKOUT_CACHE/screenshots
rm -rf "$DEMO_FOLDER"
remove() {
    dropdb --if-exists --force "$DEMO_DATABASE" 2>/dev/null
    rm -rf "$DATA_FOLDER/filestore/${DEMO_DATABASE:?}" "$DEMO_FOLDER"
}
trap remove EXIT
"$CHECKOUT/dev/database.sh" fresh screenshots

export CHECKOUT DEMO_DATABASE ODOO_CONF DEMO_FOLDER
# the last folder holds a sitecustomize.py, which Python runs by itself at its start
export PYTHONPATH=$CHECKOUT/dev:$CHECKOUT/tests:$CHECKOUT/dev/screenshots/resolver
"$VENV/bin/python" -m screenshots "$camera/bin/python" "${1:-$CHECKOUT/static/description}"
