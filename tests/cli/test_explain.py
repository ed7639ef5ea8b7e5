"""`explain` and `schema`: every code has a page, every file a schema."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import reconciler
from program import Cli
from reconciler.check.examples import example, files_of
from reconciler.check.rules import check
from reconciler.cli.explain import all_codes
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.errors import DiagnosticsError
from reconciler.planner.codes import CODES as PLANNER

TODAY = date(2026, 11, 24)
SOURCE = Path(reconciler.__file__).parent
_USED = (
    re.compile(r'\b(?:Diagnostic|Refusal|diagnostic|refusal)\(\s*"([a-z]+(?:-[a-z0-9]+)*)"'),
    re.compile(r'\.(?:error|warning|add)\(\s*"([a-z]+(?:-[a-z0-9]+)*)"'),
    re.compile(r'\bcode="([a-z]+(?:-[a-z0-9]+)*)"'),
)


def used_codes() -> set[str]:
    texts = [path.read_text("utf-8") for path in SOURCE.rglob("*.py")]
    return {code for text in texts for pattern in _USED for code in pattern.findall(text)}


def test_every_code_is_explained() -> None:
    """Whatever code the program may show, `explain` knows it."""
    assert len(used_codes()) > 30
    assert used_codes() - all_codes().keys() == set()


def test_no_code_is_explained_twice() -> None:
    """Each code belongs to one room."""
    from reconciler.check.codes import CODES as CHECK
    from reconciler.edit.codes import CODES as EDIT
    from reconciler.gitrepo.codes import CODES as GIT
    from reconciler.load.codes import CODES as LOAD

    assert len(all_codes()) == len(CHECK) + len(LOAD) + len(PLANNER) + len(EDIT) + len(GIT)


def test_page(cli: Cli, tmp_path: Path) -> None:
    """A page has the code, what it means, and the example."""
    done = cli("explain", "forward-loop", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("# forward-loop\n\nMail is sent on in a circle.\n")
    assert "This fails:" in done.out
    assert "This passes:" in done.out


def test_list(cli: Cli, tmp_path: Path) -> None:
    """Without a code all are listed, sorted."""
    done = cli("explain", cwd=tmp_path)
    assert [row.split()[0] for row in done.out.splitlines()] == sorted(all_codes())


def test_did_you_mean(cli: Cli, tmp_path: Path) -> None:
    """A mistyped code gets the nearest one."""
    assert "Did you mean `unknown-key`?" in cli("explain", "unkown-key", cwd=tmp_path).err


def codes_of(folder: Path, files: Mapping[str, str]) -> set[str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    try:
        desired = load_desired(WorkTree(folder))
        return {one.code for one in (*desired.findings, *check(desired, TODAY))}
    except DiagnosticsError as error:
        return {one.code for one in error.diagnostics}


@pytest.mark.parametrize("code", [code for code in sorted(all_codes() - PLANNER.keys()) if example(code)])
def test_examples_are_true(code: str, tmp_path: Path) -> None:
    """What a page shows as failing fails with its code, and what it shows as passing is without any finding."""
    shown = example(code)
    assert shown is not None
    assert code in codes_of(tmp_path / "failing", files_of(shown.failing))
    assert codes_of(tmp_path / "passing", files_of(shown.passing)) == set()


def test_no_example_without_code() -> None:
    """An example that belongs to no code would never be shown."""
    folder = SOURCE / "check" / "examples"
    assert {path.stem for path in folder.glob("*.md")} - all_codes().keys() == set()


def test_schemas(cli: Cli, tmp_path: Path) -> None:
    """The schemas are printed, written and compared."""
    names = cli("schema", cwd=tmp_path).out.split()
    assert "plan.schema.json" in names
    assert json.loads(cli("schema", "plan.schema.json", cwd=tmp_path).out)["$schema"].endswith("2020-12/schema")
    assert cli("schema", "--out", "made", cwd=tmp_path).code == 0
    assert cli("schema", "--check", "made", cwd=tmp_path).code == 0
    (tmp_path / "made" / "plan.schema.json").write_text("{}")
    stale = cli("schema", "--check", "made", cwd=tmp_path)
    assert (stale.code, stale.out) == (1, "stale: made/plan.schema.json\n")
