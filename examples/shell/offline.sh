#!/usr/bin/env bash
# Compares two commits for pull requests of forks: without the account, the record, a secret or the network. Leaves
# report.md in the folder RECONCILER_OUT.
#
#   RECONCILER_OUT     where the file goes
#   RECONCILER_FOLDER  the account folder (here)
#   RECONCILER_BASE    the commit or branch that the fork wants to be merged into
#
# Ends as `reconciler plan --detailed-exitcode` does: 0 nothing to do, 2 changes, 3 refused, anything else an error.
set -euo pipefail
mkdir -p "${RECONCILER_OUT:?}"
code=0
env -i PATH="$PATH" LANG=C.UTF-8 reconciler -C "${RECONCILER_FOLDER:-.}" plan --offline "${RECONCILER_BASE:?}...HEAD" \
    --markdown --detailed-exitcode >"$RECONCILER_OUT/report.md" || code=$?
cat "$RECONCILER_OUT/report.md"
exit "$code"
