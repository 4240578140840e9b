#!/usr/bin/env bash
# Run the tests: those of the engine (tests/lib) without Odoo, then the others in Odoo on a fresh database, and those
# with the OCA's job queue (tests/queue_job) on another one, in which it is installed.
#
#   test.sh [TEST...] [-- ARGUMENT...]    TESTs are files, folders or node ids below tests/; ARGUMENTs go to pytest
#   REUSE=1 test.sh ...                   update the addon in the database of the last run: quicker
#   WORKERS=1 test.sh ...                 in one process; else all tests run in as many as there are cores, chosen ones in one
#
# All parts run even if one fails. A skipped test counts as a failed one.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
[ -n "${IMAP_SYNC_RUNNING:-}" ] || tied "$CHECKOUT/dev/setup.sh" || exit
. "$CHECKOUT/dev/environment.sh"

lib_tests=()
odoo_tests=()
queue_tests=()
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --) shift && arguments=("$@") && break ;;
        # through the link, so that pytest-odoo finds the addon's name
        tests/lib | tests/lib/*) lib_tests+=("$1") ;;
        tests/queue_job | tests/queue_job/*) queue_tests+=("$ADDON_LINK/$1") ;;
        *) odoo_tests+=("$ADDON_LINK/$1") ;;
    esac
    shift
done
chosen=no
if [ ${#lib_tests[@]} -gt 0 ] || [ ${#odoo_tests[@]} -gt 0 ] || [ ${#queue_tests[@]} -gt 0 ]; then
    chosen=yes
else
    lib_tests=(tests/lib)
    odoo_tests=("$ADDON_LINK/tests")
    queue_tests=("$ADDON_LINK/tests/queue_job")
fi
[ ${#arguments[@]} -eq 0 ] || chosen=yes

workers=${WORKERS:-1}
if [ -z "${WORKERS:-}" ] && [ $chosen = no ]; then
    workers=$(nproc)
    # each has an Odoo and servers of its own
    [ "$workers" -le 8 ] || workers=8
fi

# Two runs of one checkout would drop each other's database.
lock "test-$CHECKOUT_ID"
cd "$CHECKOUT"
# Whatever the tests write, the checkout stays as it is.
export HYPOTHESIS_STORAGE_DIRECTORY=$CHECKOUT_CACHE/hypothesis
export PYTHONPATH=$CHECKOUT/dev${PYTHONPATH:+:$PYTHONPATH}

# servers that the tests start
HOODIECROW=$("$CHECKOUT/dev/get_node_packages.sh" dev/hoodiecrow) || die "no hoodiecrow for the tests"
COURIER=$("$CHECKOUT/dev/get_unpacked.sh" courier) || die "no Courier for the tests"
CYRUS=$("$CHECKOUT/dev/get_unpacked.sh" cyrus) || die "no Cyrus for the tests"
export HOODIECROW COURIER CYRUS

failed=()
ran=no

# run_pytest NAME ARGUMENT...
run_pytest() {
    local code=0
    local parallel=()
    [ "$workers" = 1 ] || parallel=("--numprocesses=$workers" --dist=worksteal)
    tied "$VENV/bin/python" -m pytest -p pytest_strict -p pytest_workers -o cache_dir="$CHECKOUT_CACHE/pytest/$1" \
        ${parallel[@]+"${parallel[@]}"} "${@:2}" ${arguments[@]+"${arguments[@]}"} || code=$?
    case $code in
        0) ran=yes ;;
        # No test was found: as it should be in some parts, if tests were chosen.
        5) [ $chosen = yes ] || failed+=("$1 (no test was found)") ;;
        *) ran=yes && failed+=("$1") ;;
    esac
}

if [ ${#lib_tests[@]} -gt 0 ]; then
    say "Tests of the engine"
    run_pytest engine "${lib_tests[@]}"
fi

how=fresh
[ -z "${REUSE:-}" ] || how=update

# run_in_odoo NAME KIND ARGUMENT...: pytest in a database of that kind
run_in_odoo() {
    [ "$workers" = 1 ] || "$CHECKOUT/dev/database.sh" copies "$2" "$workers"
    run_pytest "$1" --rootdir="$ADDON_LINK" -c "$ADDON_LINK/pyproject.toml" \
        --odoo-config="$ODOO_CONF" --odoo-database="$(database_name "$2")" --odoo-http "${@:3}"
    [ "$workers" = 1 ] || "$CHECKOUT/dev/database.sh" copies "$2" 0
}

if [ ${#odoo_tests[@]} -gt 0 ]; then
    # what tests install the addon into, or an earlier version of it
    PLAIN_DATABASE=$("$CHECKOUT/dev/database.sh" template) || die "no database for the tests"
    export PLAIN_DATABASE
    # automation rules on what the addon works out
    if "$CHECKOUT/dev/database.sh" $how test base_automation; then
        say "Tests in Odoo $ODOO_VERSION"
        run_in_odoo odoo test --ignore="$ADDON_LINK/tests/lib" --ignore="$ADDON_LINK/tests/queue_job" "${odoo_tests[@]}"
    else
        failed+=("installing the addon")
    fi
fi
if [ ${#queue_tests[@]} -gt 0 ]; then
    addons=$("$CHECKOUT/dev/get_addons.sh") || die "no job queue for the tests"
    MORE_ADDONS=${MORE_ADDONS:+$MORE_ADDONS,}$addons
    write_conf
    if "$CHECKOUT/dev/database.sh" $how queue queue_job; then
        say "Tests with the job queue"
        run_in_odoo queue_job queue "${queue_tests[@]}"
    else
        failed+=("installing the addon with the job queue")
    fi
fi
[ $ran = yes ] || [ ${#failed[@]} -gt 0 ] || failed=("no test was found")
[ ${#failed[@]} -eq 0 ] || die "failed: $(IFS=, && echo "${failed[*]}")"
