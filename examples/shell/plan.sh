#!/usr/bin/env bash
# Plans what a merge would do, and leaves report.md, plan.json and seal in the folder RECONCILER_OUT.
#
#   RECONCILER_OUT     where the files go
#   RECONCILER_FOLDER  the account folder (here)
#   RECONCILER_BASE    the branch of origin to merge into, such as main (none: what is checked out is planned)
#
# Ends as `reconciler plan --detailed-exitcode` does: 0 nothing to do, 2 changes, 3 refused, anything else an error.
set -euo pipefail
mkdir -p "${RECONCILER_OUT:?}"
arguments=()
if [ -n "${RECONCILER_BASE:-}" ]; then
    git -C "${RECONCILER_FOLDER:-.}" fetch --quiet --no-tags origin \
        "+refs/heads/$RECONCILER_BASE:refs/remotes/origin/$RECONCILER_BASE"
    arguments=(--merge-into "origin/$RECONCILER_BASE")
fi
code=0
reconciler -C "${RECONCILER_FOLDER:-.}" plan "${arguments[@]}" --markdown --limit 65000 --detailed-exitcode \
    --out "$RECONCILER_OUT/plan.json" >"$RECONCILER_OUT/report.md" || code=$?
if [ ! -s "$RECONCILER_OUT/report.md" ]; then
    echo "No plan could be made (exit code $code); the job says why." >"$RECONCILER_OUT/report.md"
fi
cat "$RECONCILER_OUT/report.md"
if [ -f "$RECONCILER_OUT/plan.json" ]; then
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["seal"] or "")' \
        "$RECONCILER_OUT/plan.json" >"$RECONCILER_OUT/seal"
fi
exit "$code"
