#!/usr/bin/env bash
# Unpack Courier's IMAP server and the libraries that only it needs into the cache, and print where they are. Debian's
# package cannot be installed beside Dovecot's.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

COURIER=$CACHE/courier
if [ ! -e "$COURIER" ]; then
    command -v apt-get >/dev/null || die "this machine has no apt-get: unpack Debian's courier-imap into $COURIER"
    lock courier >&2
    if [ ! -e "$COURIER" ]; then
        say "Courier: fetching Debian's packages" >&2
        work=$(mktemp -d "$CACHE/courier-XXXXXX")
        trap 'rm -rf "$work"' EXIT
        # apt fetches as a user of its own
        chmod 777 "$work"
        fetch() (
            cd "$work"
            mapfile -t packages < <(apt-cache depends courier-imap |
                sed -nE 's/^ *\|?Depends: (courier-authlib|lib(courier|gamin|gdbm|idn).*)$/\1/p' | sort -u)
            apt-get -qq download courier-imap "${packages[@]}"
        )
        fetch >"$CACHE/apt-courier.log" 2>&1 || { as_root apt-get -qq update && fetch; } >>"$CACHE/apt-courier.log" 2>&1 || {
            tail -n 20 "$CACHE/apt-courier.log" >&2
            die "could not fetch courier-imap"
        }
        mkdir "$work/root"
        for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
        chmod 755 "$work/root"
        mv -T "$work/root" "$COURIER"
    fi
fi
echo "$COURIER"
