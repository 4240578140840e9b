#!/usr/bin/env bash
# Make a database of this checkout with the addon in it.
#
#   database.sh fresh KIND [ADDON...]   drop the database KIND (test, demo) and make it anew, with further addons
#   database.sh update KIND [ADDON...]  update the addon in the one that is there; make it when there is none
#   database.sh plain KIND              drop the database KIND and make it anew with what the addon depends on only
#   database.sh copies KIND COUNT       copy it for so many workers of pytest-xdist (dev/pytest_workers.py); 0 drops them
#   database.sh name KIND               print its name
#   database.sh template                print the name of a template of databases as "plain" makes them
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/environment.sh"

filestore=$DATA_FOLDER/filestore

# What the addon depends on takes most of an installation's time, and is the same for every run: it is installed
# once, into a template that new databases are copied from.
depends=$("$VENV/bin/python" -c '
import ast, sys
print(",".join(sorted(ast.literal_eval(open(sys.argv[1]).read())["depends"])))' "$CHECKOUT/__manifest__.py")
template=imap_sync_template_$(echo "$ODOO_VERSION $ODOO_PATHS $depends" | short_hash)

drop() {
    dropdb --if-exists --force "$1" 2>/dev/null
    rm -rf "${filestore:?}/$1"
}

# copy FROM TO: with its files; without them Odoo serves no assets
copy() {
    mkdir -p "$filestore"
    [ ! -d "$filestore/$1" ] || cp -a "$filestore/$1" "$filestore/$2"
    createdb --template="$1" "$2"
}

make_template() {
    local building=${template}_building
    lock "$template"
    ! database_exists "$template" || return 0
    say "Database: installing base,$depends into a template"
    drop "$building"
    drop "$template"
    createdb --template=template0 --encoding=UTF8 --lc-collate=C "$building"
    install "$building" -i "base,$depends"
    # The files first: the template is whole as soon as its name is there.
    [ ! -d "$filestore/$building" ] || mv "$filestore/$building" "$filestore/$template"
    psql -qXc "ALTER DATABASE $building RENAME TO $template" postgres
}

# install DATABASE OPTION...: shows Odoo's warnings, and everything when it fails
install() {
    local log
    log=$(mktemp "$CHECKOUT_CACHE/install.XXXXXX")
    if odoo server "$@" --stop-after-init --no-http --log-level=warn >"$log" 2>&1; then
        grep -E ' (WARNING|ERROR|CRITICAL) ' "$log" || true
        rm "$log"
    else
        cat "$log" && rm "$log"
        die "Odoo could not do ${*:2} in $1"
    fi
}

# load DATABASE OPTION: -i or -u the addon, and the further ones
load() {
    local addon addons=$ADDON${more:+,$more}
    say "Database: $1 ($2 $addons)"
    # A further one may be missing in a database that is there; -i passes over those that are installed.
    if [ "$2" = -i ]; then install "$1" -i "$addons"; else install "$1" -u "$ADDON" ${more:+-i "$more"}; fi
    # Odoo only warns of a module that it does not find or cannot install.
    for addon in ${addons//,/ }; do
        [ "$(psql -XAtc "SELECT state FROM ir_module_module WHERE name = '$addon'" "$1")" = installed ] ||
            die "$addon could not be installed in $1"
    done
}

copies() {
    local database number
    for database in $(psql -XAtc "SELECT datname FROM pg_database WHERE starts_with(datname, '${1}_gw')" postgres); do
        drop "$database"
    done
    for ((number = 0; number < $2; number++)); do copy "$1" "${1}_gw$number"; done
}

plain() {
    make_template
    drop "$1"
    copy "$template" "$1"
}

fresh() {
    plain "$1"
    load "$1" -i
}

if [ "${1:-}" = template ]; then
    make_template >&2
    echo "$template"
    exit
fi
name=$(database_name "${2:?a kind of database: test or demo}")
more=$(IFS=, && echo "${*:3}")
case ${1:-} in
    name) echo "$name" ;;
    fresh) fresh "$name" ;;
    plain) plain "$name" ;;
    copies) copies "$name" "${3:?how many}" ;;
    update) if database_exists "$name"; then load "$name" -u; else fresh "$name"; fi ;;
    *) die "what to do with the database: fresh, update, plain, copies, name or template" ;;
esac
