#!/usr/bin/env bash
# Looks whether the account was changed by hand, and leaves report.md in the folder RECONCILER_OUT.
#
#   RECONCILER_OUT        where the file goes
#   RECONCILER_FOLDER     the account folder (here)
#   RECONCILER_FAIL_ON    drift (the default), or unmanaged: also what nobody declared
#   RECONCILER_HEARTBEAT  yes: leave a trace of this look in git, which needs the right to push
#
# Ends as `reconciler drift` does: 0 clean, 2 drift, anything else an error.
set -euo pipefail
mkdir -p "${RECONCILER_OUT:?}"
arguments=(--fail-on "${RECONCILER_FAIL_ON:-drift}")
if [ "${RECONCILER_HEARTBEAT:-}" = yes ]; then arguments+=(--heartbeat); fi
code=0
reconciler -C "${RECONCILER_FOLDER:-.}" drift --markdown "${arguments[@]}" >"$RECONCILER_OUT/report.md" || code=$?
cat "$RECONCILER_OUT/report.md"
exit "$code"
