# How things are fetched and installed: quietly, and if it fails with a sentence that says what to do. Sourced after
# common.sh, never run.
# shellcheck shell=bash

# fetch WHAT COMMAND...: what the command says goes to a log
fetch() {
    local log=$CACHE/${1// /-}.log
    tied env LC_ALL=C.UTF-8 "${@:2}" >"$log" 2>&1 || explain "$1" "$log"
}

# explain WHAT LOG: end, with the end of the log and the next step for who reads it
explain() {
    local next
    tail -n 15 "$2" >&2
    case $(<"$2") in
        *'No space left on device'* | *"don't have enough free space"* | *ENOSPC*)
            next="the disk is full: make room" ;;
        *'not in the sudoers file'* | *'may not run sudo'* | *'a password is required'* | *'incorrect password'*)
            next="you may not use sudo here: ask somebody who is root to install what is missing" ;;
        *'Could not get lock'* | *'Unable to acquire the dpkg frontend lock'*)
            next="another program is still installing packages: wait until it has ended" ;;
        *'dpkg was interrupted'*)
            next="an installation on this machine was cut off: as root, dpkg --configure -a ends it" ;;
        *'Temporary failure'* | *'Name or service not known'* | *'Could not connect'* | *'Unable to connect'* | \
            *'onnection refused'* | *'NewConnectionError'* | *'Network is unreachable'* | *'timed out'* | *'Could not resolve'* | \
            *EAI_AGAIN* | *ENOTFOUND* | *ECONNREFUSED* | *ETIMEDOUT* | *ENETUNREACH*)
            next="the network, or a server that packages come from, cannot be reached: see that it can" ;;
        *) next="the reason is above, and all of it in $2" ;;
    esac
    die "$1 could not be fetched or installed: $next. Then run the same command again; it goes on from here."
}

# need_room MEGABYTES: better told at once than when the disk is full
need_room() {
    local free
    free=$(df -Pm "$CACHE" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$1" ] ||
        die "$CACHE has room for $free MB, and $1 MB are needed: make room, or set IMAP_SYNC_CACHE to a folder with more"
}

# building NAME: make the folder $work to build something in, for who holds the lock NAME. Inside the cache, so that the
# last step is a rename on one file system: the thing is there as a whole or not at all.
building() {
    work=$CACHE/building-$1
    # of a run that was killed
    rm -rf "$work"
    mkdir "$work"
    chmod 755 "$work"
    trap 'rm -rf "$work"' EXIT
}
