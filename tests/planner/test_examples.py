"""What the planner finds, each as its page shows it: one side of the example causes the code, the other doesn't."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inside import Inside
from reconciler.check.examples import before_of, example, files_of
from reconciler.facts.domain import Domain
from reconciler.facts.package import Package
from reconciler.planner.booked import NEEDED
from reconciler.planner.codes import CODES
from reconciler.store.account import Store

SHOWN = [code for code in sorted(CODES) if example(code)]


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder that may not be there yet."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def limited(folder: Path) -> None:
    """Let the company book what is there in a package that books nothing by itself."""
    store = Store(folder / "account.db")
    booked = [Domain(domain=one.name, package="web-1") for one in store.read_facts({"domain"}).all(Domain)]
    store.put_facts(NEEDED, [Package(id="web-1", title="Web L", tariff="package/web-l"), *booked])
    store.close()


#: What the company does before the plan, for what has to do with it.
BY_COMPANY: Mapping[str, Callable[[Path], None]] = {"domain-not-booked": limited}


def found(folder: Path, code: str, block: str) -> set[str]:
    """Return the codes of what a plan finds in one side of an example, over what was applied before."""
    here = Inside(folder, {"HOME": str(folder), "PHONE_PASSWORD": "a long secret", "MAIL_INFO": "another one"})
    if before := before_of(block):
        write(folder, before)
        done = here("apply", "--auto-approve")
        assert done.code == 0, done.out + done.err
    BY_COMPANY.get(code, lambda _: None)(folder)
    write(folder, files_of(block))
    planned = here("plan", "--json")
    assert planned.code == 0, planned.out + planned.err
    return {finding["code"] for finding in json.loads(planned.out)["findings"]}


@pytest.mark.parametrize("code", SHOWN)
def test_an_example_is_true(code: str, tmp_path: Path) -> None:
    """The first half causes its code, the second half nothing at all."""
    shown = example(code)
    assert shown is not None
    assert code in found(tmp_path / "failing", code, shown.failing)
    assert found(tmp_path / "passing", code, shown.passing) == set()


def test_there_are_examples() -> None:
    """What needs more than the files to be found is shown, too."""
    assert set(SHOWN) >= {"deleted-still-used", "no-authority", "telephone-password-known"}
