"""A repository with a protected branch, and a branch that somebody else writes; both planned in this process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from program import Repository
from reconciler.model.plan import Options, Plan
from reconciler.pipeline import planning
from reconciler.pipeline.session import Planned, Session
from ticking import Ticking
from tiny import FILES

ACCOUNT = FILES["account.yaml"]
ALIAS = "    aliases:\n      sales: [info, partner@example.net]\n"


@dataclass
class Branches:
    """The account on ``main``, which is trusted, and ``change``, which is checked out."""

    repo: Repository
    environ: dict[str, str] = field(default_factory=dict)
    trusted: str = "main"
    folder: str = "."

    def begin(self, files: Mapping[str, str] = FILES) -> None:
        """Commit the account on main and begin a branch."""
        self.repo.commit("Begin", {f"{self.folder}/{name}": text for name, text in files.items()})
        self.repo.git("checkout", "--quiet", "-b", "change")

    @property
    def path(self) -> Path:
        """The account folder."""
        return self.repo.path / self.folder

    def change(self, name: str, old: str, new: str) -> None:
        """Replace text in a file and commit it on the branch."""
        text = (self.path / name).read_text("utf-8")
        assert old in text
        self.repo.commit(f"Change {name}", {f"{self.folder}/{name}": text.replace(old, new)})

    def settings(self, more: str) -> None:
        """Add lines to account.yaml and commit them on the branch."""
        self.change("account.yaml", ACCOUNT, ACCOUNT + more)

    def session(self, trusted: str | None = None) -> Session:
        """Return a session on what is checked out."""
        return Session(self.path, self.environ, Ticking(), self.trusted if trusted is None else trusted)

    def planned(self, trusted: str | None = None) -> Planned:
        """Return a plan with its sources."""
        return planning.plan(self.session(trusted), Options())

    def plan(self, trusted: str | None = None) -> Plan:
        """Return a plan."""
        return self.planned(trusted).plan


def said(plan: Plan, code: str = "in-force-after-merge") -> list[str]:
    """Return what the findings of a code say."""
    return [f"{found.span}: {found.detail}" for found in plan.findings if found.code == code]
