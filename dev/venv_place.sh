# Which virtual environment belongs to this Odoo, this Python and these requirements. Sourced after odoo_place.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034 # they are used where this is sourced

requirement_files=("$CHECKOUT/requirements.txt" "$CHECKOUT/dev/requirements-test.txt")
# Somebody else's Odoo brings its own libraries along.
[ "$ODOO_IS_OURS" = no ] || requirement_files+=("$CHECKOUT/dev/requirements-odoo.txt")
requirement_args=("${requirement_files[@]/#/--requirement=}")

VENV=$CACHE/python-$({
    echo "$BASE_PYTHON $(readlink -f "$(command -v "$BASE_PYTHON" || true)") $ODOO_PATHS"
    cat "${requirement_files[@]}"
} | short_hash)
