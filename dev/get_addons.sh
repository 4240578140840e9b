#!/usr/bin/env bash
# Install the addons of others that dev/requirements-addons.txt names into the cache, and print the folder for the addons
# path. Not into the virtual environment: no other Odoo of this checkout is to find them.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/odoo_place.sh"
. "$(dirname "$0")/venv_place.sh"
. "$(dirname "$0")/fetch.sh"

requirements=$CHECKOUT/dev/requirements-addons.txt
folder=$CACHE/addons-$(short_hash <"$requirements")
if [ ! -e "$folder" ]; then
    lock addons >&2
    if [ ! -e "$folder" ]; then
        say "Addons: fetching those of dev/requirements-addons.txt" >&2
        building addons
        fetch "Addons" "$VENV/bin/pip" install -q --disable-pip-version-check --no-deps --no-compile \
            --target "$work" --requirement "$requirements"
        mv -T "$work" "$folder"
    fi
fi
echo "$folder/odoo/addons"
