#!/usr/bin/env bash
# Remove the cache folder. Installed Debian packages stay.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

# Only what was made here, so that a wrong IMAP_SYNC_CACHE costs nothing.
rm -rf "$CACHE"/{odoo-*,python-*,node-*,postgresql-*,checkouts,locks,apt.log}
rmdir "$CACHE" 2>/dev/null || say "$CACHE holds other things too and stays"
