#!/usr/bin/env bash
# Let a customer write to the mailbox of the demo that is running.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
PYTHONPATH=$CHECKOUT/dev exec "$CHECKOUT/dev/python.sh" -m demo.deliver "$CHECKOUT_CACHE/demo/running.json"
