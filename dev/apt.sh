# How Debian packages are installed on this machine, which others use too. Sourced after fetch.sh, never run.
# shellcheck shell=bash

APT_LOG=$CACHE/Debian-packages.log
# seconds to wait for another apt: on a machine that has just started, one often runs by itself
APT_PATIENCE=600
APT_IS_BUSY='Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock directory'

# apt_get ARGUMENT...: as root and without questions; waits for another one that is at work
apt_get() {
    local deadline=$((SECONDS + APT_PATIENCE)) told=no holder
    until as_root "${APT_PREFIX[@]}" env LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
        -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@" >"$APT_LOG" 2>&1; do
        grep -qE "$APT_IS_BUSY" "$APT_LOG" || return 1
        holder=$(sed -nE 's/.*held by (process [^.]*)$/ (\1)/p' "$APT_LOG" | head -n 1)
        [ $SECONDS -lt $deadline ] || return 1
        [ $told = yes ] || say "Debian packages: waiting for another program$holder that is installing some"
        told=yes
        sleep 1
    done
}
APT_PREFIX=()

# apt_get_whole ARGUMENT...: the same, but once begun it ends, whatever signal comes: packages that are half installed
# are in everybody's way. The signal is obeyed afterwards.
apt_get_whole() {
    local signal='' child code
    local said='say "Debian packages: ending as soon as they are installed, so that none is half done"'
    trap "signal=130; $said" INT
    trap "signal=143; $said" TERM HUP
    # a session of its own: Ctrl-C in a terminal is for everybody in the session
    APT_PREFIX=(sh -c 'trap "" INT TERM HUP; exec setsid --wait "$@"' sh)
    (trap '' INT TERM HUP && apt_get "$@") &
    child=$!
    while
        code=0
        wait "$child" || code=$?
        kill -0 "$child" 2>/dev/null
    do :; done
    trap - TERM HUP
    end_on_ctrl_c
    [ -z "$signal" ] || exit "$signal"
    return $code
}
