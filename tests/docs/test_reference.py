"""The reference has a page for each kind, and what a page shows as its example is applied as it stands."""

import re
from pathlib import Path

import pytest

from docs.pages import ROOT
from program import Cli
from reconciler.check.examples import files_of
from reconciler.demo.filling import make_account
from reconciler.demo.firm import Firm
from reconciler.kinds import KINDS
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.address import kind_of
from table import SETTINGS

REFERENCE = ROOT / "docs" / "reference"
EXIT_PENDING = 2


@pytest.fixture
def folder(kind: str, tmp_path: Path) -> Path:
    """The example of a kind's page, laid out as a reader would."""
    page = (REFERENCE / f"{kind}.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^## Example\n\n```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for name, text in files_of(example).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", SETTINGS)
def test_an_example_is_applied_and_nothing_is_left_to_do(kind: str, folder: Path, cli: Cli) -> None:
    """The example plans, applies to a new account, and the next plan has no changes."""
    named = re.findall(r"secret: env/(\w+)", "".join(path.read_text("utf-8") for path in folder.rglob("*.yaml")))
    secrets = dict.fromkeys(named, "a long secret") | {"IBAN": "DE89370400440532013000"}

    planned = cli("plan", "--detailed-exitcode", cwd=folder)
    assert planned.code == EXIT_PENDING, planned.err
    applied = cli("apply", "--auto-approve", cwd=folder, env=secrets)
    assert applied.code == 0, applied.out + applied.err
    again = cli("plan", "--detailed-exitcode", cwd=folder)
    assert again.code == 0, again.out
    assert "warning[" not in again.out


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SETTINGS])
def test_an_example_of_a_request_is_submitted_on_the_demonstration_account(kind: str, folder: Path, cli: Cli) -> None:
    """What it asks for can be had there, and the next plan asks for nothing."""
    make_account(folder / "account.db", Firm())
    applied = cli("apply", "--auto-approve", cwd=folder)
    assert applied.code == 0, applied.out + applied.err
    again = cli("plan", "--detailed-exitcode", cwd=folder)
    assert again.code == 0, again.out
    assert f"{kind}/" in again.out
    assert "warning[" not in again.out


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_shows_its_kind_with_every_field(kind: str, folder: Path) -> None:
    """All the examples of a kind together declare each of its fields, and say something about themselves."""
    desired = load_desired(WorkTree(folder))
    shown = {address: value for address, value in desired.state.items() if kind_of(address) == kind}
    fields = {name for value in shown.values() for name in KINDS[kind].field_names(value)}

    assert fields >= KINDS[kind].defaults.keys()
    assert {name for address, name in desired.secrets if address in shown} == KINDS[kind].secret_fields
    assert any(address in desired.metas for address in shown)


def test_every_kind_has_its_page_in_the_index() -> None:
    """The index leads to each page, and there is no other page."""
    index = (REFERENCE / "README.md").read_text(encoding="utf-8")
    pages = {path.stem for path in REFERENCE.glob("*.md")} - {"README"}

    assert pages == set(KINDS)
    assert all(f"]({kind}.md)" in index for kind in KINDS)
