"""Every dependency has a job, and every lock is whole."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from architecture.source import ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = {canonicalize_name(Requirement(line).name): Requirement(line) for line in PROJECT["dependencies"]}
OPTIONAL = {
    canonicalize_name(Requirement(line).name)
    for extra in ("octodns", "service")
    for line in PROJECT["optional-dependencies"][extra]
}
EXTRA = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]


def _imported() -> set[str]:
    """Return the distributions that the package imports."""
    names = {name.split(".")[0] for module in modules() for name in module.imports(at_load=False)}
    owners = packages_distributions()
    outside = names - set(sys.stdlib_module_names) - {"reconciler"}
    return {canonicalize_name(owner) for name in outside for owner in owners.get(name, [name])}


def _locked(name: str) -> dict[str, str]:
    """Return the pinned version of each distribution in a lock."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {canonicalize_name(n): v for n, v in re.findall(r"^([\w.-]+)==(\S+) \\$", text, re.MULTILINE)}


def test_every_direct_dependency_is_used() -> None:
    """A dependency that nothing imports is a risk without a use."""
    assert {*DIRECT, *OPTIONAL} - _imported() == set()


def test_everything_imported_is_a_direct_dependency() -> None:
    """What comes along by accident may go away by accident; pydantic_core and starlette are other halves."""
    assert _imported() - {*DIRECT, *OPTIONAL} - {"pydantic-core", "starlette"} == set()


def test_the_lock_for_users_pins_every_dependency_as_declared() -> None:
    """``requirements/run.txt`` satisfies ``pyproject.toml``."""
    locked = _locked("run")
    assert [str(r) for name, r in DIRECT.items() if not r.specifier.contains(locked.get(name, "0"))] == []


def test_the_lock_for_developers_is_the_same_and_more() -> None:
    """``requirements/dev.txt`` pins what users get, and the tools of the workshop."""
    run, dev = _locked("run"), _locked("dev")
    assert run.items() <= dev.items()
    assert [str(r) for r in EXTRA if not r.specifier.contains(dev.get(canonicalize_name(r.name), "0"))] == []


@pytest.mark.parametrize("name", ["run", "dev", "fuzz"])
def test_a_lock_names_no_index_and_hashes_everything(name: str) -> None:
    """Where packages come from is the machine's business; what they are is ours."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^\S+==\S+.*(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)*", text, re.MULTILINE)
    assert pins and all("--hash=sha256:" in pin for pin in pins)


def test_every_direct_dependency_is_explained() -> None:
    """``docs/dependencies.md`` says of each what it does and why it and not another."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    assert [name for name in (*DIRECT, *OPTIONAL) if f"| {name} |" not in page] == []
