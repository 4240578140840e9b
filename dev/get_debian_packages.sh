#!/usr/bin/env bash
# Install the Debian packages that are missing, and only those. Prints nothing when none is.
#
#   get_debian_packages.sh KIND...    server: what Odoo, the addon and the demo need; browser: what tests and screenshots
#                                     need on top; node: what make lint and the tests with hoodiecrow need on top
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/odoo_place.sh"
. "$(dirname "$0")/fetch.sh"
. "$(dirname "$0")/apt.sh"

missing=()

# need PACKAGE TEST...: by what it brings, not by its name, so that another source of the same thing will do
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

any_file() { compgen -G "$1" || compgen -G "${2:-$1}"; }
any_command() {
    local name
    for name in "$@"; do ! command -v "$name" || return 0; done
    return 1
}
package_is_here() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q ' installed$'; }

find_server() {
    # looked at again: somebody may have installed it while we waited
    [ -n "$BASE_PYTHON" ] || usable_python /usr/bin/python3 || missing+=(python3 python3-venv)
    need postgresql any_file '/usr/lib/postgresql/*/bin/initdb' "$(dirname "$(command -v initdb || echo /nowhere/x)")/initdb"
    need dovecot-imapd any_file '/usr/lib/dovecot/imap' '/usr/libexec/dovecot/imap'
    # guesses the type of an attachment
    need libmagic1 any_file '/usr/lib/*/libmagic.so.1' '/usr/lib/libmagic.so.1'
}

find_browser() {
    # the names that Odoo's tests look for
    need chromium any_command google-chrome chromium chromium-browser google-chrome-stable
    if command -v dpkg-query >/dev/null; then
        # Names in the sample mail, in screenshots: Arabic, Hebrew and Greek; Chinese, Japanese and Korean; emoji.
        need fonts-dejavu-core package_is_here fonts-dejavu-core
        need fonts-droid-fallback package_is_here fonts-droid-fallback
        need fonts-noto-color-emoji package_is_here fonts-noto-color-emoji
        # Odoo's list of fonts has no generic one before the emoji: without Roboto these draw every digit and space.
        need fonts-roboto-unhinted package_is_here fonts-roboto-unhinted
    fi
}

find_node() {
    need nodejs any_command node
    need npm any_command npm
}

find_missing() {
    local kind
    missing=()
    for kind in "$@"; do "find_$kind"; done
}

find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
command -v apt-get >/dev/null || die "this machine has no apt-get: install what Debian calls ${missing[*]}"
lock packages
find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
say "Debian packages: fetching ${missing[*]}"

fetch_missing() { apt_get install --no-install-recommends --download-only "${missing[@]}"; }
install_missing() { apt_get_whole install --no-install-recommends "${missing[@]}"; }

# The lists are often fresh enough; only when they are not there, or name files that are gone, are they fetched.
# A list that could not be fetched is no error for apt, as others may do: what it said is the reason if they do not.
lists=
fetch_missing || { apt_get update && lists=$(<"$APT_LOG") && fetch_missing; } || {
    echo "$lists" >>"$APT_LOG"
    explain "Debian packages" "$APT_LOG"
}

# A package's own service must neither start now nor at the next boot: what the project needs, it starts itself.
# A Dovecot that was there before, without IMAP, is somebody's.
services=()
for package in "${missing[@]}"; do
    case $package in
        dovecot-imapd) package_is_here dovecot-core || services+=(dovecot.service dovecot.socket) ;;
        postgresql) services+=(postgresql.service) ;;
    esac
done
policy=/usr/sbin/policy-rc.d
policy_mark='# written by mail_imap_sync while it installs packages'
remove_policy() { ! grep -qsxF "$policy_mark" "$policy" || as_root rm -f "$policy"; }
disable_services() {
    remove_policy
    # what is enabled is a matter of files: so too where systemd does not run now
    if [ ${#services[@]} -gt 0 ] && command -v systemctl >/dev/null; then
        as_root systemctl disable --quiet "${services[@]}" >>"$APT_LOG" 2>&1 || true
    fi
}
trap disable_services EXIT
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
fi

say "Debian packages: installing"
install_missing || explain "Debian packages" "$APT_LOG"
say "Debian packages: done"
