"""Reads the recipes of ``CONTRIBUTING.md`` and carries them out on a copy of the package."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import reconciler
from program import BIN, Finished, environment, run

ROOT = Path(__file__).resolve().parents[2]

_STEP = re.compile(
    r"^<!-- (?:recipe: (?P<recipe>\w+) -->$"
    r"|(?P<what>file|change): (?P<path>\S+) -->\n(?P<fence>`{3,})\w+\n(?P<text>.*?)^(?P=fence)$)",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """A new file, or a change of one as lines that go (``-``), come (``+``) or stay."""

    path: str
    text: str
    is_change: bool


def read_recipes(page: str) -> Mapping[str, list[Step]]:
    """Return the steps of each recipe, by its name."""
    recipes: dict[str, list[Step]] = {}
    name = ""
    for found in _STEP.finditer(page):
        if found["recipe"]:
            name = found["recipe"]
        else:
            recipes.setdefault(name, []).append(Step(found["path"], found["text"], found["what"] == "change"))
    return recipes


def carry_out(step: Step, site: Path) -> None:
    """Write a step's file, or change it; a change whose lines aren't there is an assertion error."""
    path = site / step.path
    if not step.is_change:
        path.write_text(step.text, encoding="utf-8")
        return
    lines = step.text.splitlines(keepends=True)
    old = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
    new = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{step.path} doesn't hold, once:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@dataclass(frozen=True)
class Copy:
    """A copy of the package in ``site``, and an account folder to try it on."""

    site: Path
    folder: Path
    home: Path

    def follow(self, recipe: str) -> None:
        """Carry out a recipe of ``CONTRIBUTING.md``."""
        for step in read_recipes((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))[recipe]:
            carry_out(step, self.site)

    def write(self, name: str, text: str) -> None:
        """Write a file of the account."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def reconciler(self, *args: str) -> Finished:
        """Run the copy as the program."""
        command = [str(BIN / "python"), "-m", "reconciler.cli.main", *args]
        return run(command, self.folder, environment(self.home, PYTHONPATH=str(self.site)))

    def walls(self) -> Finished:
        """Run import-linter over the copy."""
        shutil.copy(ROOT / ".importlinter", self.site)
        return run([str(BIN / "lint-imports"), "--no-cache"], self.site, environment(self.home))


def copy_package(place: Path) -> Copy:
    """Return a fresh copy of the installed package, with an embedded account beside it."""
    made = Copy(place / "site", place / "account", place / "home")
    made.site.mkdir()
    shutil.copytree(
        Path(reconciler.__file__).parent, made.site / "reconciler", ignore=shutil.ignore_patterns("__pycache__")
    )
    made.write(
        "account.yaml",
        "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n",
    )
    return made
