"""An account folder with an embedded account that somebody also changes by hand, for tests of adopting."""

import difflib
from collections.abc import Mapping
from pathlib import Path

from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.edit.adopt import Adoption
from reconciler.model.plan import Choice, Options, Plan
from reconciler.pipeline.applying import apply
from reconciler.pipeline.editing import adopt
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from reconciler.store.account import Store
from reconciler.store.by_hand import delete, set_fields

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"


class Place:
    """A folder whose files were applied; the record lies beside the account, outside of any repository."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder = folder
        self.write({"account.yaml": ACCOUNT, **files})
        self.before = self.texts()
        self.session = Session(folder, {"SECRET": "a-long-secret"}, SystemClock())
        self.apply()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files as git would."""
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(text.encode())

    def apply(self) -> None:
        """Apply what the files say."""
        apply(self.session, plan(self.session, Options()), Approval(), lambda _: None)

    @property
    def store(self) -> Store:
        """The account."""
        return Store(self.folder / "account.db")

    def by_hand(self, entry: str, /, **fields: str) -> None:
        """Change an entry in the account, or make it."""
        set_fields(self.store, entry, fields)

    def gone(self, *addresses: str) -> None:
        """Delete entries from the account."""
        for address in addresses:
            delete(self.store, address)

    def plan(self) -> Plan:
        """Return the plan for the files as they are."""
        return plan(self.session, Options()).plan

    def adopt(self, *patterns: str, drift: bool = False, unmanaged: bool = False, write: bool = True) -> Adoption:
        """Adopt what is chosen: without patterns and sorts, everything."""
        return adopt(self.session, Choice(patterns, drift, unmanaged), write)

    def texts(self) -> dict[str, str]:
        """Return every file of the folder."""
        paths = sorted(self.folder.rglob("*.yaml"))
        return {str(path.relative_to(self.folder)): path.read_bytes().decode() for path in paths}

    def changes(self, file: str) -> str:
        """Return the lines of a file that differ from those that were applied."""
        after = self.texts().get(file, "")
        lines = difflib.unified_diff(self.before.get(file, "").splitlines(), after.splitlines(), lineterm="", n=0)
        return "".join(f"{line}\n" for line in lines if line[:2] not in ("--", "++", "@@"))
