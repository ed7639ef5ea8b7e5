"""A repository with an account whose history the test knows: every commit and what it made of each address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from program import Repository, environment
from reconciler.apply.approval import Approval
from reconciler.model.change import Cause
from reconciler.model.plan import Options
from reconciler.model.receipt import Receipt
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Planned, Session
from reconciler.store.account import Store
from reconciler.store.by_hand import set_fields
from ticking import Ticking

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
ERIKA, MAX = "Erika Mustermann <erika@example.org>", "Max Beispiel <max@example.org>"


@dataclass
class World:
    """An account in a repository; ``records`` are the TTLs of its A records by name, as they are in the work tree."""

    path: Path
    home: Path
    clock: Ticking = field(default_factory=lambda: Ticking(datetime(2026, 11, 26, 9, tzinfo=UTC), timedelta(seconds=1)))
    records: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.repo = Repository(self.path, environment(self.home))
        self.repo.git("init", "--quiet", "-b", "main")
        self.repo.write({"account.yaml": ACCOUNT})

    def write(self, **records: int | None) -> None:
        """Set the TTL of some records in the file; None takes a record out."""
        self.records = {name: ttl for name, ttl in {**self.records, **records}.items() if ttl is not None}
        self.repo.write({"zones/example.org.yaml": zone(self.records)})

    def commit(self, message: str = "A change", author: str = ERIKA, **records: int | None) -> str:
        """Set records, commit and return the commit's id."""
        self.write(**records)
        self.repo.git("add", "--all")
        self.repo.git("commit", "--quiet", "--allow-empty", "--author", author, "-m", message)
        return self.repo.git("rev-parse", "HEAD")

    def switch(self, branch: str, *, new: bool = False) -> None:
        """Go to a branch, a new one or one that exists."""
        self.repo.git("switch", "--quiet", *(["-c"] if new else []), branch)
        self._look()

    def merge(self, branch: str, message: str = "Merge", author: str = ERIKA, **resolved: int | None) -> str:
        """Merge a branch with a merge commit that takes the union of both, and whatever ``resolved`` says."""
        self.repo.git("merge", "--quiet", "--no-ff", "--no-commit", "-s", "ours", branch)
        return self.commit(message, author, **resolved)

    def revert(self, commit: str) -> str:
        """Revert a commit."""
        self.repo.git("revert", "--no-edit", commit)
        self._look()
        return self.repo.git("rev-parse", "HEAD")

    @property
    def session(self) -> Session:
        """A run of the program here."""
        return Session(self.path, self.repo.env, self.clock)

    def plan(self) -> Planned:
        """Return what an apply would do."""
        return plan(self.session, Options())

    def apply(self, *only: str) -> Receipt | None:
        """Apply what is checked out, whatever it is, or only what some globs cover."""
        return apply(self.session, plan(self.session, Options(only=only)), Approval(), lambda _: None).receipt

    def by_hand(self, name: str, ttl: int) -> None:
        """Change a record in the account past git."""
        set_fields(Store(self.path / "account.db"), address(name), {"ttl": str(ttl)})

    def causes(self) -> Mapping[str, Cause | None]:
        """Return the cause of each change of a plan, by the record's name."""
        changes = (*self.plan().plan.changes, *self.plan().plan.refused)
        return {one.address.split("/")[2]: one.cause for one in changes if one.address.startswith("record/")}

    def _look(self) -> None:
        lines = (self.path / "zones/example.org.yaml").read_text().splitlines()
        names = [line.removesuffix(":") for line in lines if line.endswith(":")]
        ttls = [int(line.removeprefix("  ttl: ")) for line in lines if line.startswith("  ttl: ")]
        self.records = dict(zip(names, ttls, strict=True))


def address(name: str) -> str:
    """Return the address of an A record."""
    return f"record/example.org/{name}/A"


def zone(records: Mapping[str, int]) -> str:
    """Return the zone's file."""
    return (
        "".join(f"{name}:\n  type: A\n  ttl: {ttl}\n  value: 192.0.2.1\n" for name, ttl in sorted(records.items()))
        or "{}\n"
    )
