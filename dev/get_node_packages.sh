#!/usr/bin/env bash
# Install the packages that FOLDER/package.json names into the cache, and print where they are.
#
#   get_node_packages.sh FOLDER    dev: the formatters of make lint; dev/hoodiecrow: a mail server for make test
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/fetch.sh"

folder=$CHECKOUT/$1
PACKAGES=$CACHE/node-$(cat "$folder"/package*.json | short_hash)
if [ ! -e "$PACKAGES" ]; then
    tied "$CHECKOUT/dev/get_debian_packages.sh" node >&2
    lock "node-$(basename "$folder")" >&2
    if [ ! -e "$PACKAGES" ]; then
        say "Node packages: fetching those of $1/package.json" >&2
        building "node-$(basename "$folder")"
        cp "$folder"/package*.json "$work"
        # From the registry that this machine's npm is set up with: the lock file names versions and digests only.
        (cd "$work" && fetch "Node packages" npm ci --loglevel=error --no-audit --no-fund)
        mv -T "$work" "$PACKAGES"
    fi
fi
echo "$PACKAGES"
