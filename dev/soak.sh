#!/usr/bin/env bash
# Random runs with new seeds for MINUTES (default 30) or RUNS (default 5000), whichever ends first. Every run that fails
# is told with its seed, the steps that matter, and the command that repeats it; the others go on.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
[ -n "${IMAP_SYNC_RUNNING:-}" ] || tied "$CHECKOUT/dev/setup.sh" || exit
. "$CHECKOUT/dev/environment.sh"

end=$((SECONDS + ${MINUTES:-30} * 60))
left=${RUNS:-5000}
seed=${RANDOM_SEED:-$(date +%s)}
most=250
done=0
bad=()
log=$(mktemp "$CHECKOUT_CACHE/soak.XXXXXX")
trap 'rm -f "$log"' EXIT

while [ "$left" -gt 0 ] && [ $SECONDS -lt $end ]; do
    # one transaction holds a batch of runs: a long one gets slower and slower
    runs=$((left < most ? left : most))
    say "Runs of seeds $seed to $((seed + runs - 1)); $done done, $(((end - SECONDS) / 60)) minutes left"
    export REUSE=1 RANDOM_SEED=$seed RANDOM_RUNS=$runs RANDOM_DOVECOT_RUNS=$((runs / 20)) RANDOM_SECONDS=$((end - SECONDS))
    if ! "$CHECKOUT/dev/test.sh" tests/test_random_runs.py tests/test_random_dovecot.py -- \
        -q --tb=short --timeout=0 >"$log" 2>&1; then
        grep -E '^E ' "$log" || cat "$log"
        while read -r file failed; do
            bad+=("$file:$failed")
            echo "again: RANDOM_SEED=$failed RANDOM_RUNS=1 RANDOM_DOVECOT_RUNS=1 make test REUSE=1 TESTS=$file"
        done < <(sed -nE 's/^SUBFAILED\(seed=([0-9]+)\) (tests\/test_random_[a-z]+\.py).*$/\2 \1/p' "$log" | sort -u)
        [ ${#bad[@]} -gt 0 ] || die "the runs could not be made"
    fi
    left=$((left - runs))
    done=$((done + runs))
    seed=$((seed + runs))
done
[ ${#bad[@]} -eq 0 ] || die "${#bad[@]} of $done runs failed: ${bad[*]}"
say "$done runs, nothing found"
