#!/usr/bin/env bash
# Install the Debian packages that are missing, and only those. Prints nothing when none is.
#
#   get_debian_packages.sh        what the tests and the demo need
#   get_debian_packages.sh node   what make lint and the tests with hoodiecrow need on top
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/odoo_place.sh"

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

find_missing() {
    missing=()
    if [ "${1:-}" = node ]; then
        need nodejs any_command node
        need npm any_command npm
        return
    fi
    [ -n "$BASE_PYTHON" ] || missing+=(python3 python3-venv)
    need postgresql any_file '/usr/lib/postgresql/*/bin/initdb' "$(dirname "$(command -v initdb || echo /nowhere/x)")/initdb"
    need dovecot-imapd any_file '/usr/lib/dovecot/imap' '/usr/libexec/dovecot/imap'
    # the names that Odoo's tests look for
    need chromium any_command google-chrome chromium chromium-browser google-chrome-stable
    # guesses the type of an attachment
    need libmagic1 any_file '/usr/lib/*/libmagic.so.1' '/usr/lib/libmagic.so.1'
    if command -v dpkg-query >/dev/null; then
        # Names in the sample mail, in screenshots: Arabic, Hebrew and Greek; Chinese, Japanese and Korean; emoji.
        need fonts-dejavu-core package_is_here fonts-dejavu-core
        need fonts-droid-fallback package_is_here fonts-droid-fallback
        need fonts-noto-color-emoji package_is_here fonts-noto-color-emoji
        # Odoo's list of fonts has no generic one before the emoji: without Roboto these draw every digit and space.
        need fonts-roboto-unhinted package_is_here fonts-roboto-unhinted
    fi
}

find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
command -v apt-get >/dev/null || die "this machine has no apt-get: install what Debian calls ${missing[*]}"
lock packages
find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0
say "Debian packages: installing ${missing[*]}"

# A package's own service must neither start now nor at the next boot: what the project needs, it starts itself.
policy=/usr/sbin/policy-rc.d
policy_mark='# written by mail_imap_sync while it installs packages'
remove_policy() { ! grep -qsxF "$policy_mark" "$policy" || as_root rm -f "$policy"; }
trap remove_policy EXIT
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
fi

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
        -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@"
}
install_missing() { apt_get install --no-install-recommends "${missing[@]}" >"$CACHE/apt.log" 2>&1; }

# The lists are often fresh enough; only when they are not there, or name files that are gone, are they fetched.
install_missing || {
    apt_get update && install_missing
} || {
    tail -n 30 "$CACHE/apt.log" >&2
    die "apt-get could not install: ${missing[*]}"
}
if [ -d /run/systemd/system ]; then
    for package in "${missing[@]}"; do
        case $package in
            dovecot-imapd) as_root systemctl disable --quiet dovecot.service dovecot.socket || true ;;
            postgresql) as_root systemctl disable --quiet postgresql.service || true ;;
        esac
    done
fi
say "Debian packages: done"
