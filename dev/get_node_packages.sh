#!/usr/bin/env bash
# Install the formatters that package.json names into the cache, and print where they are.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

FORMATTERS=$CACHE/node-$(cat "$CHECKOUT"/dev/package*.json | short_hash)
if [ ! -e "$FORMATTERS" ]; then
    lock formatters >&2
    if [ ! -e "$FORMATTERS" ]; then
        say "Formatters: fetching prettier" >&2
        work=$(mktemp -d "$CACHE/node-XXXXXX")
        trap 'rm -rf "$work"' EXIT
        cp "$CHECKOUT"/dev/package*.json "$work"
        # From the registry that this machine's npm is set up with: the lock file names versions and digests only.
        (cd "$work" && npm ci --silent --no-audit --no-fund >&2)
        chmod 755 "$work"
        mv -T "$work" "$FORMATTERS"
    fi
fi
echo "$FORMATTERS"
