#!/usr/bin/env bash
# Run the tests: those of the engine (tests/lib) without Odoo, then the others in Odoo on a fresh database.
#
#   test.sh [TEST...] [-- ARGUMENT...]    TESTs are files, folders or node ids below tests/; ARGUMENTs go to pytest
#   REUSE=1 test.sh ...                   update the addon in the database of the last run: quicker
#
# Both parts run even if the first fails. A skipped test counts as a failed one.
# shellcheck source-path=SCRIPTDIR
[ -n "${IMAP_SYNC_RUNNING:-}" ] || "$(dirname "$0")/setup.sh" || exit
. "$(dirname "$0")/environment.sh"

lib_tests=()
odoo_tests=()
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --) shift && arguments=("$@") && break ;;
        # through the link, so that pytest-odoo finds the addon's name
        tests/lib | tests/lib/*) lib_tests+=("$1") ;;
        *) odoo_tests+=("$ADDON_LINK/$1") ;;
    esac
    shift
done
chosen=no
if [ ${#lib_tests[@]} -gt 0 ] || [ ${#odoo_tests[@]} -gt 0 ]; then
    chosen=yes
else
    lib_tests=(tests/lib)
    odoo_tests=("$ADDON_LINK/tests")
fi
[ ${#arguments[@]} -eq 0 ] || chosen=yes

# Two runs of one checkout would drop each other's database.
lock "test-$CHECKOUT_ID"
cd "$CHECKOUT"
# Whatever the tests write, the checkout stays as it is.
export HYPOTHESIS_STORAGE_DIRECTORY=$CHECKOUT_CACHE/hypothesis
export PYTHONPATH=$CHECKOUT/dev${PYTHONPATH:+:$PYTHONPATH}

# servers that the tests start
HOODIECROW=$("$CHECKOUT/dev/get_node_packages.sh" dev/hoodiecrow) || die "no hoodiecrow for the tests"
COURIER=$("$CHECKOUT/dev/get_courier.sh") || die "no Courier for the tests"
export HOODIECROW COURIER

failed=()
ran=no

# run_pytest NAME ARGUMENT...
run_pytest() {
    local code=0
    "$VENV/bin/python" -m pytest -p pytest_strict -o cache_dir="$CHECKOUT_CACHE/pytest/$1" \
        "${@:2}" ${arguments[@]+"${arguments[@]}"} || code=$?
    case $code in
        0) ran=yes ;;
        # No test was found: as it should be in one of the two parts, if tests were chosen.
        5) [ $chosen = yes ] || failed+=("$1 (no test was found)") ;;
        *) ran=yes && failed+=("$1") ;;
    esac
}

if [ ${#lib_tests[@]} -gt 0 ]; then
    say "Tests of the engine"
    run_pytest engine "${lib_tests[@]}"
fi
if [ ${#odoo_tests[@]} -gt 0 ]; then
    how=fresh
    [ -z "${REUSE:-}" ] || how=update
    if "$CHECKOUT/dev/database.sh" $how test; then
        say "Tests in Odoo $ODOO_VERSION"
        run_pytest odoo --rootdir="$ADDON_LINK" -c "$ADDON_LINK/pyproject.toml" --ignore="$ADDON_LINK/tests/lib" \
            --odoo-config="$ODOO_CONF" --odoo-database="$(database_name test)" --odoo-http "${odoo_tests[@]}"
    else
        failed+=("installing the addon")
    fi
fi
[ $ran = yes ] || [ ${#failed[@]} -gt 0 ] || failed=("no test was found")
[ ${#failed[@]} -eq 0 ] || die "failed: $(IFS=, && echo "${failed[*]}")"
