# Which Odoo 19 and which Python are used here. Sourced after common.sh, never run.
# shellcheck shell=bash
#
# Whoever has an Odoo 19 already names it with ODOO_BIN=/path/to/odoo-bin (and ODOO_PYTHON, if its Python is not found
# from there), or calls make in an environment whose python3 can import it. Everybody else gets one of our own.
#
# Sets ODOO_IS_OURS (yes, no), BASE_PYTHON (may be empty while the machine has none), ODOO_PATHS (folders to import
# from, one a line), ODOO_VERSION, and for our own Odoo ODOO_ROOT and ODOO_LIBRARY.
# shellcheck disable=SC2034 # they are used where this is sourced

# Bump the number when get_odoo.sh changes what it unpacks.
ODOO_ROOT=$CACHE/odoo-19-1
ODOO_LIBRARY=usr/lib/python3/dist-packages

# prints the version of the Odoo that PYTHON can import, and where it and its libraries are imported from
describe_odoo() {
    PYTHONPATH=${2:-}${PYTHONPATH:+:$PYTHONPATH} "$1" - 2>/dev/null <<'PYTHON'
import importlib.util, os, sys
spec = importlib.util.find_spec("odoo.release")
release = {}
exec(open(spec.origin).read(), release)
folder = os.path.dirname(os.path.dirname(spec.origin))
try:
    commit = open(os.path.join(folder, ".git", "HEAD")).read().strip()
    if commit.startswith("ref: "):
        commit = open(os.path.join(folder, ".git", commit[5:])).read().strip()
except OSError:
    commit = ""
print(release["version"] + ("+" + commit[:12] if commit else ""))
print(folder)
for path in sys.path:
    if path != folder and path.rstrip("/").endswith(("site-packages", "dist-packages")):
        print(path)
PYTHON
}

# usable_python PYTHON: one that Odoo 19 runs on, and that can make a virtual environment.
usable_python() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null
}

_find_own_odoo() {
    local python path="" description
    if [ -n "${ODOO_BIN:-}" ]; then
        [ -e "$ODOO_BIN" ] || die "ODOO_BIN names no file: $ODOO_BIN"
        path=$(cd "$(dirname "$ODOO_BIN")" && pwd -P)
        for python in "${ODOO_PYTHON:-}" "$path/python3" "${VIRTUAL_ENV:-}/bin/python3" python3; do
            command -v "$python" >/dev/null && break
        done
    else
        # Cheap first look: most machines have no Odoo, and starting Python takes a while.
        python=${ODOO_PYTHON:-${VIRTUAL_ENV:+$VIRTUAL_ENV/bin/}python3}
        command -v "$python" >/dev/null || return 1
        case $(command -v "$python") in "$CACHE"/*) return 1 ;; esac
    fi
    description=$(describe_odoo "$python" "$path") || description=
    case $description in
        19.*) ;;
        *)
            [ -z "${ODOO_BIN:-}" ] ||
                die "$python cannot import Odoo 19 from ODOO_BIN=$ODOO_BIN (name its Python with ODOO_PYTHON)"
            return 1
            ;;
    esac
    ODOO_IS_OURS=no
    BASE_PYTHON=$python
    ODOO_VERSION=$(head -n 1 <<<"$description")
    ODOO_PATHS=$(tail -n +2 <<<"$description")
}

if ! _find_own_odoo; then
    ODOO_IS_OURS=yes
    ODOO_PATHS=$ODOO_ROOT/$ODOO_LIBRARY
    ODOO_VERSION=$(cat "$ODOO_ROOT/version" 2>/dev/null || true)
    BASE_PYTHON=
    # The system's own first: it stays when a version manager drops the one it had.
    for BASE_PYTHON in /usr/bin/python3 python3 python3.13 python3.12 python3.11 python3.10 ""; do
        [ -z "$BASE_PYTHON" ] || ! usable_python "$BASE_PYTHON" || break
    done
fi
