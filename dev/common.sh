# What every script here needs: where things are, and how to speak. Sourced, never run.
# shellcheck shell=bash

set -euo pipefail

# Absolute and without links: the same checkout has one name, however it was reached.
CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# Everything that is fetched or built lives outside the repository. As root it cannot live in root's home:
# PostgreSQL runs as an unprivileged user then, and that user may not enter there.
if [ -n "${IMAP_SYNC_CACHE:-}" ]; then
    CACHE=$IMAP_SYNC_CACHE
elif [ "$(id -u)" = 0 ]; then
    CACHE=/var/cache/mail_imap_sync
else
    CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/mail_imap_sync
fi

say() { printf '==> %s\n' "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd -P)
export IMAP_SYNC_CACHE=$CACHE
# The tag tells backup programs to leave the folder out, and `make clean-cache` that it may remove it.
CACHE_TAG=$CACHE/CACHEDIR.TAG
if [ ! -e "$CACHE_TAG" ]; then
    [ -z "$(ls -A "$CACHE")" ] || [ -e "$CACHE_TAG" ] || die "$CACHE holds other things: set IMAP_SYNC_CACHE to a new folder"
    printf '%s\n' "Signature: 8a477f597d28d172789f06886806bc55" "# The cache of mail_imap_sync's make" >"$CACHE_TAG"
fi
mkdir -p "$CACHE/locks"

# Some programs end with an ordinary status then, and the script would go on with its next step.
end_on_ctrl_c() { trap 'exit 130' INT; }
end_on_ctrl_c

# tied COMMAND...: run a program that ends when this script is killed, and does not go on alone.
tied() {
    if command -v setpriv >/dev/null; then setpriv --pdeathsig TERM -- "$@"; else "$@"; fi
}

# lock NAME: wait for, then hold until this script ends, the lock that keeps two runs from building the same thing.
lock() {
    local fd
    exec {fd}>"$CACHE/locks/$1"
    flock -n "$fd" || {
        say "waiting for another run that is busy with: $1"
        tied flock "$fd"
    }
}

# short_hash: eight characters that stand for what comes in.
short_hash() { sha256sum | cut -c1-8; }

# as_root COMMAND...: with sudo for everybody but root.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this has to be done as root, and there is no sudo here: $*"
    fi
}

# What belongs to this checkout alone: its link, configuration and database names.
CHECKOUT_ID=$(printf %s "$CHECKOUT" | short_hash)
CHECKOUT_CACHE=$CACHE/checkouts/$CHECKOUT_ID

# Odoo imports an addon under the name of its folder, and a clone can be called anything: so it goes through a link.
ADDON=mail_imap_sync
ADDONS_FOLDER=$CHECKOUT_CACHE/addons
ADDON_LINK=$ADDONS_FOLDER/$ADDON
if [ "$(readlink "$ADDON_LINK")" != "$CHECKOUT" ]; then
    mkdir -p "$ADDONS_FOLDER"
    ln -sfn "$CHECKOUT" "$ADDON_LINK"
fi
