#!/usr/bin/env bash
# Shows the main job on examples/tiny in a temporary folder: plan, apply, a change by hand, drift, repair.
# Uses `reconciler` and `git` from PATH. Exits non-zero when any step ends otherwise than it should.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Nothing of the caller's own surroundings takes part: no CI, no git settings, throw-away passwords.
unset CI GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME="Erika Mustermann" GIT_AUTHOR_EMAIL=erika@example.org
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
for name in INFO ERIKA MAX; do
  password=$(head -c 18 /dev/urandom | base64)
  export "MAIL_$name=$password"
done

say() { printf '\n# %s\n' "$*"; }

# run CODE COMMAND...: shows the command, runs it, and insists on its exit code.
run() {
  local expected=$1 code=0
  shift
  printf '\n> %s\n' "$*"
  "$@" || code=$?
  if [ "$code" -ne "$expected" ]; then
    printf 'demo: `%s` ended with exit code %s, expected %s\n' "$*" "$code" "$expected" >&2
    exit 1
  fi
}

# nothing_left: insists that a plan has no changes; the exit code says so without reading the text.
nothing_left() {
  run 0 reconciler plan
  reconciler plan --detailed-exitcode >/dev/null
}

cp -R "$examples/tiny" "$work/tiny"
cd "$work/tiny"
rm -rf account.db* .reconciler
git init --quiet --initial-branch=main
git add --all
git commit --quiet --message="The account as we want it"

say "What git says, and what an apply would do"
run 0 reconciler plan

say "Do it; the first apply creates the account in account.db"
run 0 reconciler apply --auto-approve

say "Nothing is left to do"
nothing_left

say "Somebody changes the account by hand"
run 0 reconciler account set mailbox/info@example.org quota=10GiB

say "Who changed what? Exit code 2 says that there is drift"
run 2 reconciler drift

say "A plan shows drift apart and holds it"
run 0 reconciler plan

say "Repair it"
run 0 reconciler apply --include-drift --auto-approve

say "Nothing is left to do"
nothing_left

say "What was applied stands in git, beside the configuration"
run 0 git --no-pager log --oneline --first-parent reconciler/K-104711
