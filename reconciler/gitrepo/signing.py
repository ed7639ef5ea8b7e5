"""Signed commits: where git is told to sign, nothing of ours stays unsigned, and a signature that fails is an error.

Whether and with which key is the user's word, in any configuration of git. Which *program* signs is taken from the
user's own configuration only: a repository's own may come from anybody.
"""

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from reconciler.gitrepo.process import failure, reach_out, run
from reconciler.model.errors import RecordError

_LIMIT = 120.0  # seconds; somebody may have to touch a key
_PROGRAMS = r"^gpg\.(.*\.)?(program|defaultkeycommand)$"


def wants_signature(git_dir: Path) -> bool:
    """Tell whether git is configured to sign commits here (``commit.gpgSign``)."""
    question = ("config", "--type=bool", "--get", "commit.gpgSign")
    answer = run(git_dir, {"GIT_DIR": str(git_dir)}, question)
    if answer.status not in (0, 1):
        raise failure(answer, "Git's configuration can't be read")
    return answer.out.strip() == b"true"


def write_signed(git_dir: Path, tree: str, parents: Sequence[str], message: str, person: str, when: datetime) -> str:
    """Write a signed commit and return its id; raises ``RecordError`` when it can't be signed."""
    _demand_own_programs(git_dir)
    name, _, mail = person.rpartition(" <")
    stamp = f"{int(when.timestamp())} +0000"
    environment = {"GIT_DIR": str(git_dir)}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": mail.rstrip(">"), f"GIT_{role}_DATE": stamp}
    command = ("-c", "i18n.commitEncoding=UTF-8", "commit-tree", "-S", *(word for p in parents for word in ("-p", p)))
    answer = reach_out(git_dir, environment, (*command, tree), _LIMIT, message.encode("utf-8", "replace"))
    if answer.status != 0:
        error = failure(answer, "The record can't be signed, as git is told to (commit.gpgSign)")
        raise RecordError(str(error), "See that `git commit --allow-empty` works here. Nothing was recorded.")
    return answer.out.decode().strip()


def _demand_own_programs(git_dir: Path) -> None:
    """Raise ``RecordError`` where the repository itself says which program to run."""
    question = ("config", "--show-scope", "--get-regexp", _PROGRAMS)
    answer = run(git_dir, {"GIT_DIR": str(git_dir)}, question)
    found = re.search(r"^(?:local|worktree)\t(\S+)", os.fsdecode(answer.out), re.MULTILINE)
    if found:
        raise RecordError(
            f"The repository's own configuration names a program that signs ({found[1]}); it isn't run.",
            "If it is yours, name it in your own: `git config --global`.",
        )
