"""Whose a cache is: what another version of a library would read otherwise is read anew, wherever that library is."""

from pathlib import Path

import pytest

from program import BIN, environment, run

_TOLD = """
import sys
from reconciler.cache.program import program
print(program().hex(), *sorted(sys.modules.keys() & {"yaml", "dns", "pydantic", "importlib.metadata"}))
"""


def told(folder: Path, *places: Path) -> str:
    """Return what the program calls itself where Python looks for libraries in some places first."""
    done = run(
        [str(BIN / "python"), "-c", _TOLD], folder, {**environment(folder), "PYTHONPATH": ":".join(map(str, places))}
    )
    assert done.code == 0, done.err
    return done.out


def library(place: Path, name: str, info: str) -> Path:
    """Put a library in a place, with what its installer wrote down."""
    for folder in (name, info):
        (place / folder).mkdir(parents=True, exist_ok=True)
    (place / name / "__init__.py").write_text("raise RuntimeError('nobody imports it')\n")
    return place


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("yaml", "PyYAML-6.0.dist-info", "PyYAML-6.1.dist-info"),
        ("dns", "dnspython-2.8.0.dist-info", "dnspython-2.9.0.dist-info"),
        ("pydantic", "pydantic-2.0.egg-info", "pydantic-3.0.egg-info"),
    ],
)
def test_another_version_of_a_library_is_another_program(name: str, one: str, other: str, tmp_path: Path) -> None:
    """Where it is and which it is tell, without importing it, or the means to ask for its version."""
    found = library(tmp_path / "here", name, one)
    before = told(tmp_path, found)
    assert before == told(tmp_path, found) == told(tmp_path, found, library(tmp_path / "behind", name, other))
    assert len(before.split()) == 1
    (found / one).rename(found / other)
    assert len({before, told(tmp_path, found), told(tmp_path)}) == 3


def test_what_else_python_finds_is_of_no_concern(tmp_path: Path) -> None:
    """A library that reads nothing of what is kept may be any."""
    assert told(tmp_path, library(tmp_path / "here", "other", "other-1.0.dist-info")) == told(tmp_path)
