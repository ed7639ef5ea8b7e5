"""The README, the Makefile and CI say the same."""

import os
import re
import subprocess

import pytest

from architecture.source import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_ci_runs_what_the_readme_tells_a_newcomer_to_run() -> None:
    """The README's ``make`` lines for tests and checks are those of ``.ci/run``, word by word."""
    told = set(re.findall(r"^(make (?:servers|test|check)\b[^#\n]*?) *(?:#.*)?$", _read("README.md"), re.MULTILINE))
    done = set(re.findall(r"^(make .*)$", _read(".ci/run"), re.MULTILINE))
    assert "make test" in told
    assert told <= done == {"make servers", "make test", "make check"}


def test_the_hosted_workflow_runs_the_same_script() -> None:
    """There is one way to check a change."""
    assert re.findall(r"run: (.*)", _read(".github/workflows/ci.yml")) == ["bash .ci/run"]


@pytest.mark.parametrize("target", TARGETS[1].split() if TARGETS else [])
def test_make_alone_lists_every_target(target: str) -> None:
    """Typing ``make`` tells what can be done; ``system`` is a step of others."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True, env=env).stdout
    assert target == "system" or re.search(rf"^  make {target}\s+\S", shown, re.MULTILINE)
