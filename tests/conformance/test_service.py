"""`reconciler conformance URL` against the service on a real socket, and against services with one fault each."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from conformance.faulty import faulty
from inside import Inside
from reconciler.conformance.account import account_of
from reconciler.conformance.pages import page_steps
from reconciler.conformance.samples import sample
from reconciler.conformance.service import BrokenError, Service
from reconciler.conformance.settings import Life, Step
from reconciler.conformance.suite import NOT_TRIED
from reconciler.demo.filling import make_account
from reconciler.demo.firm import Firm
from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.service.settings import Settings
from service.serving import Served, serving
from told import PDF, tell

REFUSED = 3


def told(served: Served, folder: Path, *more: str) -> tuple[int, list[dict[str, str]]]:
    """Run the command and return how it ended and its steps."""
    here = Inside(folder, {"HOME": str(folder), "ACCOUNT_TOKEN": served.token})
    done = here("conformance", served.url, "--token", "env/ACCOUNT_TOKEN", "--json", *more)
    assert served.token not in done.out + done.err
    return done.code, json.loads(done.out).get("steps", [])


def test_the_service_keeps_the_contract(tmp_path: Path) -> None:
    """Every step of every chapter holds, nothing is left that would refuse the next run, and no kind is forgotten."""
    with serving(tmp_path / "account.db") as served:
        code, steps = told(served, tmp_path)
        assert [step for step in steps if step["broken"]] == []
        assert code == 0
        settings = {name for name, kind in KINDS.items() if not kind.is_request}
        assert {step["chapter"] for step in steps} >= settings
        without_files = {f"facts: {name}" for name, sort in FACTS.items() if sort.has_file}
        assert {step["chapter"] for step in steps if not step["tried"]} == NOT_TRIED.keys() | without_files
        left = served.get("/v1/settings/alias").json()["total"]
        assert left == 0


def test_an_account_that_holds_anything_else_is_refused(tmp_path: Path) -> None:
    """Nothing is written into it."""
    with serving(tmp_path / "account.db") as served:
        body = {"value": {"targets": ["erika@example.net"]}, "secrets": {}}
        assert served.put("/v1/settings/alias/sales@example.org", body, if_none_match="*").status_code == 201
        before = served.get("/v1/account").json()["revision"]
        assert told(served, tmp_path) == (REFUSED, [])
        assert served.get("/v1/account").json()["revision"] == before


def test_beside_other_things_nothing_is_left_but_a_request(tmp_path: Path) -> None:
    """All that was there is as it was, its secrets among it, and all that was made is gone."""
    make_account(tmp_path / "account.db", Firm(size=10))
    with serving(tmp_path / "account.db", Settings(private_addresses=True)) as served:
        before = served.account.store.read()
        code, steps = told(served, tmp_path, "--beside")
        after = served.account.store.read()
    assert ([step for step in steps if step["broken"]], code) == ([], 0)
    assert before is not None
    assert after is not None
    requests = after.requests.keys()
    assert {a: value for a, value in after.state.items() if a not in requests} == before.state
    assert [address.partition("-")[0] for address in requests] == ["support_request/conformance"]
    for kind in ("billing", "password/telephone"):
        assert after.versions[kind] == before.versions[kind]


def test_files_that_arent_there_arent_said_to_hold(tmp_path: Path) -> None:
    """Of a kind without any the line says that it wasn't tried; of another the first file that is there is."""
    tell(tmp_path, files={"invoice/2026-0001": PDF}).close()
    with serving(tmp_path / "account.db") as served:
        _, steps = told(served, tmp_path, "--beside")
    files = [(one["chapter"], one["step"], one["holds"]) for one in steps if one["step"].startswith("a file is")]
    assert files == [
        ("facts: document", "a file is a PDF and what was announced: none has a file", False),
        ("facts: invoice", "a file is a PDF and what was announced", True),
    ]


def test_a_token_stands_in_no_command_line(tmp_path: Path) -> None:
    """What looks like one isn't repeated."""
    done = Inside(tmp_path, {"HOME": str(tmp_path)})("conformance", "http://127.0.0.1:1", "--token", "s3cret-token")
    assert done.code == 64
    assert "s3cret-token" not in done.out + done.err


def broken(steps: Iterable[Step]) -> str:
    """Return the first step that doesn't hold."""
    for step, carry_out in steps:
        try:
            carry_out()
        except BrokenError:
            return step
    return ""


def life(service: Service) -> Iterable[Step]:
    """Return the life of an alias."""
    made = sample("alias", account_of(service), "example.org")
    assert made is not None
    return Life(service, made).steps()


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("without cursor", "4 in pages of 3 are all there, once"),
        ("without limit", "4 in pages of 3 are all there, once"),
        ("pages are cut", "1 in pages of 3 are all there, once"),
    ],
)
def test_faults_of_pages_are_found(fault: str, found: str, tmp_path: Path) -> None:
    """A filter that is ignored and a page that is cut are no whole collection."""
    with faulty(tmp_path, fault) as service:
        assert broken(page_steps(service, "example.org")) == found


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("without keys", "made again under the same key it is made once"),
        ("without conditions", "a stale write is refused, with the present version"),
        ("answers are lost", ""),
    ],
)
def test_faults_of_writes_are_found(fault: str, found: str, tmp_path: Path) -> None:
    """What forgets a key or a condition does things twice, or to what nobody saw; a lost answer loses nothing."""
    with faulty(tmp_path, fault) as service:
        assert broken(life(service)) == found
