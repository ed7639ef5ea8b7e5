#!/usr/bin/env bash
# Applies what was approved, and nothing else; leaves report.md in the folder RECONCILER_OUT.
#
#   RECONCILER_OUT     where the file goes
#   RECONCILER_FOLDER  the account folder (here)
#   RECONCILER_SEAL    the approved seal, as plan.sh left it (none: what the forge says was approved in pull requests)
#
# Ends as `reconciler apply` does: 0 applied or nothing to do, 3 refused, 4 the plan is no longer that one,
# 5 somebody else applies, 6 partly applied, anything else an error.
set -euo pipefail
mkdir -p "${RECONCILER_OUT:?}"
approval=(--from-forge)
if [ -n "${RECONCILER_SEAL:-}" ]; then
    approval=(--seal "$RECONCILER_SEAL")
fi
code=0
reconciler -C "${RECONCILER_FOLDER:-.}" apply "${approval[@]}" >"$RECONCILER_OUT/apply.txt" || code=$?
cat "$RECONCILER_OUT/apply.txt"
{
    printf '````text\n'
    cat "$RECONCILER_OUT/apply.txt"
    printf '````\n'
} >"$RECONCILER_OUT/report.md"
exit "$code"
