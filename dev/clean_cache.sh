#!/usr/bin/env bash
# Remove the cache folder, with the databases of all checkouts. Installed Debian packages stay.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

say "removing $CACHE"
rm -rf "$CACHE"
