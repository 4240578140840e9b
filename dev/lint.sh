#!/usr/bin/env bash
# Check the code, or with --fix correct what can be corrected without a person. Every check runs, whatever the others
# found.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
tied "$CHECKOUT/dev/setup.sh" || exit
. "$CHECKOUT/dev/odoo_place.sh"
. "$CHECKOUT/dev/venv_place.sh"

# two runs of one checkout would lay out, and correct, the same files at once
lock "lint-$CHECKOUT_ID"
formatters=$("$CHECKOUT/dev/get_node_packages.sh" dev)
cd "$CHECKOUT"
export RUFF_CACHE_DIR=$CHECKOUT_CACHE/ruff PYLINTHOME=$CHECKOUT_CACHE/pylint
fix=no
[ "${1:-}" != --fix ] || fix=yes

# files PATTERN...: the project's files, also those that are not committed yet; not what others wrote
files() {
    git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" ':!:static/lib' |
        while IFS= read -rd '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done
}

failed=()
# check NAME COMMAND...
check() {
    say "$1"
    "${@:2}" || failed+=("$1")
}

run_ruff_check() { "$VENV/bin/ruff" check --output-format=concise "$@" .; }
run_ruff_format() { "$VENV/bin/ruff" format "$@" .; }

run_prettier() {
    files '*.xml' '*.js' '*.css' '*.scss' |
        xargs -0r "$formatters/node_modules/.bin/prettier" --config .prettierrc.json --log-level=warn \
            --plugin="$formatters/node_modules/@prettier/plugin-xml/src/plugin.js" "$@"
}

# The rules of the OCA go by the name of the addon's folder, and look for the addon below the repository, not at its
# root: so its tools see a copy of the files that is laid out like theirs.
oca_layout=$CHECKOUT_CACHE/lint
make_oca_layout() {
    rm -rf "$oca_layout"
    mkdir -p "$oca_layout/.git" "$oca_layout/$ADDON"
    files '*' | xargs -0r cp --parents -t "$oca_layout/$ADDON"
}
run_pylint() {
    (cd "$oca_layout" && "$VENV/bin/python" -m pylint --rcfile="$CHECKOUT/.pylintrc" "$ADDON" | sed "s|^$ADDON/||")
}
run_oca_checks() {
    (cd "$oca_layout" && "$VENV/bin/oca-checks-odoo-module" "$ADDON/__manifest__.py" | sed "s|^$ADDON/||")
}
run_oca_fixes() {
    (cd "$oca_layout" && "$VENV/bin/oca-checks-odoo-module" --fix "$ADDON/__manifest__.py" >/dev/null 2>&1) || true
    files '*.xml' '*.csv' |
        while IFS= read -rd '' file; do
            cmp -s "$file" "$oca_layout/$ADDON/$file" || cp "$oca_layout/$ADDON/$file" "$file"
        done
}
run_oca_po_checks() { files 'i18n/*.po' 'i18n/*.pot' | xargs -0r "$VENV/bin/oca-checks-po" --disable=po-pretty-format; }

if [ $fix = yes ]; then
    check "ruff check --fix" run_ruff_check --fix
    check "ruff format" run_ruff_format
    make_oca_layout
    check "oca-checks-odoo-module --fix" run_oca_fixes
    check "prettier --write" run_prettier --write
else
    check "ruff check" run_ruff_check
    check "ruff format" run_ruff_format --check --output-format=concise
    check "prettier" run_prettier --check
    make_oca_layout
    check "pylint-odoo" run_pylint
    check "oca-checks-odoo-module" run_oca_checks
    check "oca-checks-po" run_oca_po_checks
fi
[ ${#failed[@]} -eq 0 ] || die "found by: $(IFS=, && echo "${failed[*]}")"
say "nothing found"
