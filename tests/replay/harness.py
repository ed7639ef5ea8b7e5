"""The corpus as a repository of ours: commit after commit is checked out, planned, applied and planned again."""

import io
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.apply.approval import Approval
from reconciler.model.address import decode_part
from reconciler.model.errors import DiagnosticsError, RefusedError
from reconciler.model.plan import Options, Plan
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Planned, Session
from reconciler.store.account import Store
from reconciler.store.by_hand import set_fields
from ticking import standing

from .oracle import FOLDER, NOT_ZONES, Key, git

COMMITS = 200
ACCOUNT = """\
version: 1
account: K-104711
providers:
  default: {type: embedded, path: account.db}
dns: {directory: hostedzones, exclude: [octodns.yaml], defaults: {lenient: true}}
exclude: [config.yaml]
"""


@dataclass
class Replay:
    """An account folder that follows the corpus; ``environ`` has its credentials, ``account`` is its account.yaml."""

    corpus: Path
    folder: Path
    account: str = ACCOUNT
    environ: Mapping[str, str] = field(default_factory=dict)
    _there: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        subprocess.run(["git", "init", "-q", "-b", "main", str(self.folder)], check=True)
        git(self.folder, "config", "user.name", "Replay")
        git(self.folder, "config", "user.email", "replay@example.org")
        self.session = Session(self.folder, self.environ, standing())

    def commit(
        self,
        corpus_commit: str,
        guards: str = "enforce",
        vanished: tuple[str, ...] = (),
        *,
        keep: bool = False,
        only: frozenset[str] | None = None,
    ) -> None:
        """Make the folder hold what the corpus held at a commit, with tombstones for the zones that vanish.

        With ``keep`` those are let go without deleting; ``only`` names the zones that are followed.
        """
        self._check_out(corpus_commit, only)
        text = self.account + f"policy: {{guards: {guards!r}}}\n"
        if vanished:
            text += "removed:\n" + "".join(
                f"  zone/{zone}: {{reason: vanished, keep: {str(keep).lower()}}}\n" for zone in vanished
            )
        (self.folder / "account.yaml").write_text(text)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", f"As in {corpus_commit}")

    def _check_out(self, corpus_commit: str, only: frozenset[str] | None) -> None:
        """Make the zone folder hold a commit's files; those that are as they were aren't touched."""
        listed = (line.split() for line in git(self.corpus, "ls-tree", "-r", corpus_commit, f"{FOLDER}/").splitlines())
        wanted = {Path(path): blob for _mode, _type, blob, path in listed}
        if only is not None:
            wanted = {
                path: blob for path, blob in wanted.items() if path.stem.lower() in only or path.name in NOT_ZONES
            }
        for path in self._there.keys() - wanted.keys():
            (self.folder / path).unlink()
        new = {path: blob for path, blob in wanted.items() if self._there.get(path) != blob}
        for path, content in contents(self.corpus, new).items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(content)
        self._there = wanted

    def plan(self) -> Planned:
        """Return the plan for what the folder holds."""
        return plan(self.session, Options())

    def plan_if_loadable(self) -> Planned | None:
        """Return the plan, or None for files in which we find errors that octoDNS's lenient reading passes over."""
        try:
            return self.plan()
        except DiagnosticsError as error:
            assert {d.code for d in error.diagnostics if d.is_error} <= {"unknown-key", "wrong-type"}
            return None

    def apply(self, planned: Planned) -> set[Key]:
        """Carry the plan out and return the record sets that the account refused; raises ``RefusalError``."""
        if any(change.address.startswith("zone/") for change in planned.plan.refused):
            raise RefusalError("a zone without a tombstone")
        try:
            applied = apply(self.session, planned, Approval(), lambda _: None)
        except RefusedError as error:
            raise RefusalError(str(error)) from None
        assert applied.proof.is_whole
        failed = [outcome for outcome in applied.outcomes if outcome.status != "done"]
        assert all("CNAME" in o.detail or "Nothing of this batch" in o.detail for o in failed), failed[:3]
        return {key(outcome.change.address) for outcome in failed}

    def by_hand(self, address: str, **fields: str) -> None:
        """Change the live account as somebody in the portal would."""
        set_fields(Store(self.folder / "account.db"), address, fields)


class RefusalError(Exception):
    """A guard said no."""


def contents(corpus: Path, blobs: Mapping[Path, str]) -> dict[Path, bytes]:
    """Return the content of each blob; git is asked for all of them at once."""
    asked = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    command = ["git", "-C", str(corpus), "cat-file", "--batch"]
    told = io.BytesIO(subprocess.run(command, input=asked, check=True, capture_output=True).stdout)
    found = {}
    for path in blobs:
        size = int(told.readline().split()[2])
        found[path] = told.read(size)
        told.read(1)
    return found


def record_changes(found: Plan) -> dict[Key, str]:
    """Return the plan's changes of record sets in the oracle's terms."""
    return {
        key(change.address): change.action.value for change in found.changes if change.address.startswith("record/")
    }


def deleted_zones(found: Plan) -> set[str]:
    """Return the zones that the plan deletes, with all that is in them."""
    return {
        c.address.partition("/")[2] for c in found.changes if c.address.startswith("zone/") and c.action == "delete"
    }


def key(address: str) -> Key:
    """Return zone, name and type of a record's address, as the oracle names them."""
    _, zone, name, rtype = (decode_part(part) for part in address.split("/"))
    return zone, "" if name == "@" else name, rtype


def zone_files(corpus: Path, commit: str) -> set[str]:
    """Return the zones that have a file at a commit."""
    names = (Path(line).name for line in git(corpus, "ls-tree", "--name-only", commit, f"{FOLDER}/").splitlines())
    return {name.removesuffix(".yaml").lower() for name in names if name.endswith(".yaml") and name not in NOT_ZONES}


def first_parents(corpus: Path) -> list[str]:
    """Return the last commits of the corpus's main line, oldest first, with the one before them."""
    return git(corpus, "rev-list", "--first-parent", "-n", str(COMMITS + 1), "HEAD").split()[::-1]
