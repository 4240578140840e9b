#!/usr/bin/env bash
# Stop the PostgreSQL that all checkouts share, also when somebody uses it.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

compgen -G "$CACHE/postgresql-*" >/dev/null || exit 0
exec python3 "$CHECKOUT/dev/postgres.py" stop
