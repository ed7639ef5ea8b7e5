"""A small world for the record: a clock, an account folder, desired states and plans in a few words."""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hand_made import change, plan_of, records
from reconciler.gitrepo.objects import blob_id
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.account import AccountConfig
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.fields import Value
from reconciler.model.meta import Meta
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Note, Plan
from reconciler.model.receipt import Receipt
from reconciler.model.span import Span
from reconciler.model.state import Desired
from reconciler.record.holder import Who, this_machine
from reconciler.record.place import open_record
from reconciler.record.record import Record
from reconciler.record.writing import Intent, Keys
from ticking import Ticking

NUMBER = "K-104711"
BRANCH = f"reconciler/{NUMBER}"
REF = f"refs/heads/{BRANCH}"
ACCOUNT = f"version: 1\naccount: {NUMBER}\nproviders:\n  default: {{type: embedded, path: account.db}}\n"


def config(account: str = NUMBER, ref: str | None = None, remote: str | None = None) -> AccountConfig:
    """Return an account.yaml."""
    given = {name: value for name, value in (("ref", ref), ("remote", remote)) if value}
    record = {"record": given} if given else {}
    providers = {"default": {"type": "embedded", "path": "account.db"}}
    return AccountConfig.model_validate({"version": 1, "account": account, "providers": providers, **record})


def desired(*protected: Address, **places: str) -> Desired:
    """Return a desired state of which only places and protection matter to the record."""
    return Desired(
        config=config(),
        state={},
        places={address: Span(file, 1, 1) for address, file in places.items()},
        metas={address: Meta(protect=True) for address in protected},
    )


def a(name: str, *texts: str) -> Value:
    """Return a record set of type A; ``name`` only makes it readable."""
    return records("A", 3600, *(texts or ("192.0.2.1",)))


def create(address: Address, after: Value, **more: object) -> Change:
    """Return a creation."""
    return change(address, Action.CREATE, Origin.ASKED, None, after, **more)


def update(address: Address, before: Value, after: Value, **more: object) -> Change:
    """Return an update."""
    return change(address, Action.UPDATE, Origin.ASKED, before, after, **more)


def delete(address: Address, before: Value, **more: object) -> Change:
    """Return a deletion."""
    return change(address, Action.DELETE, Origin.ASKED, before, None, **more)


def own(address: Address, value: Value) -> Note:
    """Return the note that something becomes ours as it is."""
    return Note(address, Bookkeeping.OWN, value)


def who(**given: object) -> Who:
    """Return whoever runs this test."""
    here = {"host": socket.gethostname(), "pid": os.getpid(), "machine": this_machine()}
    return Who(**{"name": "Erika", **here, **given})  # type: ignore[arg-type]  # names as in Who


@dataclass
class Folder:
    """An account folder and its record."""

    path: Path
    clock: Ticking = field(default_factory=Ticking)
    environ: Mapping[str, str] = field(default_factory=dict)

    def write(self, **files: str | None) -> None:
        """Write files (``__`` stands for ``/``, ``_yaml`` for the suffix), or remove them."""
        for name, text in files.items():
            path = self.path / name.replace("__", "/").replace("_yaml", ".yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")

    def files(self) -> dict[str, str]:
        """Return what a loader would have read: every YAML file, with its blob id."""
        found = (
            p for p in self.path.rglob("*.yaml") if not any(n.startswith(".") for n in p.relative_to(self.path).parts)
        )
        return {p.relative_to(self.path).as_posix(): blob_id(p.read_bytes()) for p in found}

    @property
    def record(self) -> Record:
        """The record, opened anew."""
        return open_record(self.path, config())

    def snapshot(self, files: Mapping[str, str] | None = None) -> str:
        """Return the configuration commit of the files as they are."""
        return self.record.snapshot(
            self.files() if files is None else files,
            lambda path: (self.path / path).read_bytes(),
            self.environ,
            self.clock,
        )

    def begin(self, plan: Plan, commit: str | None = None, by: Who | None = None) -> Intent:
        """Begin an apply of a plan."""
        record = self.record
        keys = Keys(self.clock.nonce(), {one.address: f"key of {one.address}" for one in plan.changes})
        return record.begin(record.read(), plan, keys, commit or self.snapshot(), by or who(), self.clock)

    def apply(
        self,
        *changes: Change,
        notes: Sequence[Note] = (),
        failed: Sequence[Address] = (),
        desired: Desired | None = None,
        commit: str | None = None,
    ) -> Receipt:
        """Apply changes, of which those to ``failed`` addresses fail."""
        plan = plan_of(*changes, notes=tuple(notes))
        intent = self.begin(plan, commit)
        outcomes = [Outcome(c, Status.FAILED if c.address in failed else Status.DONE, "", c.live_id) for c in changes]
        return self.record.finish(intent, plan.notes, outcomes, desired or _desired(), self.clock)

    def git(self) -> GitRepo:
        """Return the repository in which the record is."""
        repo = self.record.home.readable()
        assert repo is not None
        return repo

    def content(self) -> dict[str, bytes]:
        """Return every file of the record's newest commit."""
        git = self.git()
        head = self.record.home.known(REF)
        assert head is not None
        entries = git.entries(head)
        blobs = git.read_blobs(blob for _, blob in entries.values())
        return {path: blobs[blob] for path, (_, blob) in entries.items()}


_desired = desired
