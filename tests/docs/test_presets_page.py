"""What the page of presets shows as a zone is what the account holds after applying it."""

import re
from pathlib import Path

import pytest

from docs.pages import ROOT
from opened import outside
from program import Cli
from reconciler.load.desired import load_desired
from reconciler.load.presets.preset import presets
from reconciler.load.tree import WorkTree
from reconciler.model.state import State
from reconciler.ports import Scope

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
PAGE = (ROOT / "docs" / "presets.md").read_text(encoding="utf-8")
PAIR = re.compile(r"^```yaml\n(zones:\n.*?)^```\n\n```yaml\n(# The records.*?)^```$", re.MULTILINE | re.DOTALL)
SERVERS_OWN = ("/@/SOA", "/@/NS")
SHOWN = PAIR.findall(PAGE[PAGE.index("<!-- Made by") :])


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in {"account.yaml": ACCOUNT, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def declared(folder: Path) -> State:
    """Return the record sets that a folder desires."""
    state = load_desired(WorkTree(folder)).state
    return {address: value for address, value in state.items() if address.startswith("record/")}


@pytest.mark.parametrize(("use", "zone"), SHOWN, ids=[re.findall(r"[\w-]+(?=\]|:\n  )", use)[-1] for use, _ in SHOWN])
def test_the_zone_shown_is_the_zone_applied(use: str, zone: str, tmp_path: Path, cli: Cli) -> None:
    """``use:`` as shown is applied to a new account; its zone is then exactly what the page shows, and stays so."""
    used = write(tmp_path / "used", {"zones.yaml": use})
    shown = declared(write(tmp_path / "shown", {"zones/example.org.yaml": zone}))

    applied = cli("apply", "--auto-approve", cwd=used)
    assert applied.code == 0, applied.out + applied.err
    assert cli("plan", "--detailed-exitcode", cwd=used).code == 0

    config = load_desired(WorkTree(used)).config
    live = outside(config, used).reader().read(Scope(frozenset({"example.org"}))).state
    served = {a: value for a, value in live.items() if a.startswith("record/") and not a.endswith(SERVERS_OWN)}
    assert served == shown


def test_every_preset_is_shown() -> None:
    """Each has its chapter, with its whole zone at least once, and once more with options where there are any."""
    for label, preset in presets().items():
        chapter = PAGE.partition(f"\n## {label}\n")[2].partition("\n## ")[0]
        assert len(PAIR.findall(chapter)) == 1 + bool(preset.content.example)
        assert all(f"| `{name}` |" in chapter for name in preset.content.options)
