"""Configurations as people write them, and what the rules find in them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from reconciler.check.rules import check
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.state import Desired

TODAY = date(2026, 11, 24)
ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"


def written(folder: Path, files: Mapping[str, str]) -> Desired:
    """Return what the files desire; ``account.yaml`` is added where there is none."""
    for name, text in {"account.yaml": ACCOUNT, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_desired(WorkTree(folder))


def found(folder: Path, files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Return what the rules find in the files."""
    try:
        return check(written(folder, files), TODAY)
    except DiagnosticsError as error:
        return error.diagnostics


def in_zone(folder: Path, text: str, zone: str = "example.org") -> list[str]:
    """Return the codes of what the rules find in one zone."""
    return sorted(one.code for one in found(folder, {f"zones/{zone}.yaml": text}))
