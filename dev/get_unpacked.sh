#!/usr/bin/env bash
# Unpack a mail server, and the libraries that only it needs, into the cache, and print where they are. Debian's packages
# of mail servers cannot be installed beside Dovecot's.
#
#   get_unpacked.sh courier | cyrus
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/fetch.sh"
. "$(dirname "$0")/apt.sh"

name=${1:-}
# the packages, and those of the packages they depend on that hardly any other program brings
case $name in
    courier) packages=(courier-imap) needed='courier-authlib|lib(courier|gamin|gdbm|idn).*' ;;
    cyrus) packages=(cyrus-imapd cyrus-common) needed='lib(ical|jansson|pcre|wrap|xapian).*' ;;
    *) die "usage: get_unpacked.sh courier | cyrus" ;;
esac

place=$CACHE/$name
if [ ! -e "$place" ]; then
    command -v apt-get >/dev/null || die "this machine has no apt-get: unpack Debian's ${packages[*]} into $place"
    lock "$name" >&2
    if [ ! -e "$place" ]; then
        say "${packages[0]}: fetching Debian's packages" >&2
        building "$name"
        # apt fetches as a user of its own
        chmod 777 "$work"
        log=$CACHE/$name.log
        download() (
            cd "$work"
            mapfile -t more < <(apt-cache depends "${packages[@]}" |
                sed -nE "s/^ *\|?Depends: ($needed)\$/\1/p" | sort -u)
            tied env LC_ALL=C.UTF-8 apt-get -qq download "${packages[@]}" "${more[@]}"
        )
        download >"$log" 2>&1 || {
            apt_get update >&2 || explain "The lists of Debian packages" "$APT_LOG"
            download >"$log" 2>&1 || explain "${packages[*]}" "$log"
        }
        mkdir "$work/root"
        for package in "$work"/*.deb; do dpkg-deb -x "$package" "$work/root"; done
        mv -T "$work/root" "$place"
    fi
fi
echo "$place"
