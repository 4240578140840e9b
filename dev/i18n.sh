#!/usr/bin/env bash
# Write the terms to translate to i18n/mail_imap_sync.pot, as Odoo itself finds them in a database with the addon.
# The file is left alone when nothing but its dates would change.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
[ -n "${IMAP_SYNC_RUNNING:-}" ] || tied "$CHECKOUT/dev/setup.sh" || exit
. "$CHECKOUT/dev/environment.sh"

database=$(database_name i18n)
exported=$CHECKOUT_CACHE/export.pot
log=$CHECKOUT_CACHE/export.log
remove() {
    dropdb --if-exists --force "$database" 2>/dev/null
    rm -rf "$DATA_FOLDER/filestore/${database:?}" "$exported" "$log"
}
trap remove EXIT
lock "i18n-$CHECKOUT_ID"
"$CHECKOUT/dev/database.sh" fresh i18n
"$VENV/bin/python" -m odoo i18n export -c "$ODOO_CONF" -d "$database" --output "$exported" "$ADDON" >"$log" 2>&1 || {
    cat "$log"
    die "Odoo could not export the terms"
}

target=$CHECKOUT/i18n/$ADDON.pot
terms() { grep -v '^"PO[T-].*-Date: ' "$1"; }
if [ -e "$target" ] && cmp -s <(terms "$target") <(terms "$exported"); then
    say "${target#"$CHECKOUT/"} is up to date"
else
    mkdir -p "${target%/*}"
    cp "$exported" "$target"
    say "${target#"$CHECKOUT/"} is written: $(grep -c '^msgid ' "$target") terms"
fi
