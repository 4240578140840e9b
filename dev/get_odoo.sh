#!/usr/bin/env bash
# Fetch Odoo 19 with all community addons into the cache, once.
#
# Odoo is not on PyPI. Debian's suite sid has it as a package, which is unpacked here, not installed: the machine may
# be of another suite, and its own sources and packages stay as they are. Nothing is fetched when Odoo 19 is already
# there: name it with ODOO_BIN, or have it importable (see odoo_place.sh).
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/odoo_place.sh"
. "$(dirname "$0")/fetch.sh"
. "$(dirname "$0")/apt.sh"

PACKAGES=(odoo-19/sid)
# Odoo's package links to files of these. They come from a released suite, which changes no more: in sid some of
# them have moved on and no longer hold the files that the links name.
COMPANION_SUITE=trixie
for package in libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-inconsolata \
    fonts-montserrat fonts-ocr-b fonts-roboto-unhinted fonts-glyphicons-halflings; do
    PACKAGES+=("$package/$COMPANION_SUITE")
done
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The Debian mirrors that this machine is set up with, in its order.
# shellcheck disable=SC2016 # apt-get fills these in
machine_mirrors() {
    local codename
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk -v release="$codename" '$1 == release && $2 == "main" && !seen[$3]++ { print $3 }'
}

# Signatures are checked against Debian's own keyring, so a mirror of something else fails here.
lists_log=$CACHE/Odoo-lists.log
fetch_lists() {
    local mirror
    # apt, but with its own sources, lists and downloads, all below $work
    isolated_apt=(apt-get -qq
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources"
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache"
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=3)
    : >"$lists_log"
    for mirror in $(machine_mirrors); do
        mkdir -p "$work"/{sources,lists/partial,cache/archives/partial}
        printf '%s\n' "Types: deb" "URIs: $mirror" "Suites: sid $COMPANION_SUITE" "Components: main" \
            "Signed-By: $KEYRING" >"$work/sources/debian.sources"
        tied env LC_ALL=C.UTF-8 "${isolated_apt[@]}" update -o APT::Update::Error-Mode=any >>"$lists_log" 2>&1 && return
    done
    return 1
}

if [ "$ODOO_IS_OURS" = no ] || [ -e "$ODOO_ROOT" ]; then
    exit 0
fi
if [ ! -e "$KEYRING" ] || ! command -v apt-get >/dev/null; then
    die "Odoo 19 is fetched from Debian's archive, and this is no Debian: set ODOO_BIN to the odoo-bin that you have"
fi
lock odoo
[ ! -e "$ODOO_ROOT" ] || exit 0

say "Odoo 19: fetching it from Debian's archive"
need_room 2500
building odoo
[ -n "$(machine_mirrors)" ] || apt_get update || explain "The lists of Debian packages" "$APT_LOG"
fetch_lists || explain "The list of Odoo's packages, from any Debian mirror of this machine's apt configuration," "$lists_log"
(cd "$work/cache" && fetch "Odoo" "${isolated_apt[@]}" download "${PACKAGES[@]}")

say "Odoo 19: unpacking it"
mkdir "$work/root"
for package in "$work"/cache/*.deb; do
    fetch "Odoo" dpkg-deb -x "$package" "$work/root"
done
chmod 755 "$work/root"
# Debian leaves this file out; the browser asks for it all the same, and the error in its console fails every tour.
selfie=$work/root/$ODOO_LIBRARY/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
mkdir -p "$(dirname "$selfie")"
[ -e "$selfie" ] || : >"$selfie"
# A link that leads nowhere makes /web answer 500.
dangling=$(find "$work/root" -xtype l)
[ -z "$dangling" ] || die "files of Odoo's package are missing, PACKAGES in $0 needs another one:
$dangling"
dpkg-deb -f "$work"/cache/odoo-19_*.deb Version >"$work/root/version"
mv -T "$work/root" "$ODOO_ROOT"
say "Odoo 19: $(cat "$ODOO_ROOT/version") is in $ODOO_ROOT"
