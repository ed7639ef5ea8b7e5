"""Accounts written in memory for the tests of the loader, and their diagnostics in short."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from reconciler.load.desired import load_desired
from reconciler.load.tree import Entry
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.state import Desired

TODAY = date(2026, 11, 24)
ACCOUNT = """\
version: 1
account: K-104711
providers:
  default: {type: embedded, path: account.db}
"""


@dataclass
class MemoryTree:
    """Files in memory."""

    files: Mapping[str, str | bytes]
    others: Mapping[str, Entry] = field(default_factory=dict)
    label: str = "memory"

    def paths(self) -> Mapping[str, Entry]:
        """Return all paths."""
        return {**dict.fromkeys(self.files, "file"), **self.others}

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        content = self.files[path]
        return content if isinstance(content, bytes) else content.encode()


def account(more: str = "") -> str:
    """Return an account.yaml with something added."""
    return ACCOUNT + more


def load(files: Mapping[str, str | bytes] | str, **others: Entry) -> Desired:
    """Return what files desire; a single text is the file resources.yaml."""
    given = {"resources.yaml": files} if isinstance(files, str) else files
    return load_desired(MemoryTree({"account.yaml": ACCOUNT, **given}, others))


def errors(files: Mapping[str, str | bytes] | str, **others: Entry) -> list[Diagnostic]:
    """Return the errors that files have; none where they load."""
    try:
        load(files, **others)
    except DiagnosticsError as error:
        return [found for found in error.diagnostics if found.is_error]
    return []


def the_error(files: Mapping[str, str | bytes] | str, **others: Entry) -> Diagnostic:
    """Return the only error that files have."""
    found = errors(files, **others)
    assert len(found) == 1, found
    return found[0]


def codes(files: Mapping[str, str | bytes] | str, **others: Entry) -> list[str]:
    """Return the codes of the errors, in the order of their places."""
    return [found.code for found in errors(files, **others)]


def zone(text: str, options: str = "") -> Mapping[str, str]:
    """Return the file of example.org, and options of it."""
    more = {"resources.yaml": f"zones:\n  example.org: {options}\n"} if options else {}
    return {"zones/example.org.yaml": text, **more}
