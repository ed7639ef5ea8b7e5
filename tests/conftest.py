"""What every test may ask for: the installed program, a git repository, the corpus of real history."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from program import Cli, Repository, environment, run

pytest_plugins = ["nameservers.fixtures"]

CORPUS = "RECONCILER_CORPUS"
#: Set where each run must draw the same examples.
SAME = "RECONCILER_SAME_EXAMPLES"
LEFT_OUT = "The corpus is absent: tests on real history did NOT run. Set RECONCILER_CORPUS to moj-dns-history.bundle."


def pytest_configure(config: pytest.Config) -> None:
    """Give tests that run inside this process the same neutral surroundings as the program they start."""
    # Not by CI, which is taken away below, before the workers begin.
    settings.register_profile("reconciler", deadline=None, derandomize=SAME in os.environ, print_blob=True)
    settings.load_profile("reconciler")
    for name in [n for n in os.environ if n == "CI" or n.startswith("GIT_")]:
        del os.environ[name]
    os.environ.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    if (place := os.environ.get(CORPUS)) and not Path(place).is_file():
        raise pytest.UsageError(f"{CORPUS} names {place}, which is no file.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what needs the corpus first, because it takes longest; where there is none, leave it out.

    The summary says so, so that it can't go unnoticed.
    """
    needing = [item for item in items if "corpus" in getattr(item, "fixturenames", ())]
    others = [item for item in items if item not in needing]
    if os.environ.get(CORPUS):
        items[:] = needing + others
    else:
        config.hook.pytest_deselected(items=needing)
        items[:] = others


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the corpus is absent."""
    if not os.environ.get(CORPUS):
        terminalreporter.section("CORPUS ABSENT", sep="!", red=True, bold=True)
        terminalreporter.line(LEFT_OUT, red=True, bold=True)


@pytest.fixture
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """The installed program, run as a process with an empty home and without CI in its environment."""
    return Cli(tmp_path_factory.mktemp("home"))


@pytest.fixture
def repo(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """An empty git repository in ``tmp_path / "repo"``, on branch main."""
    made = Repository(tmp_path / "repo", environment(tmp_path_factory.mktemp("home")))
    made.path.mkdir()
    made.git("init", "--quiet")
    return made


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the real history (405 zones in ``hostedzones``, 986 commits), made once; don't write to it."""
    place = tmp_path_factory.mktemp("corpus")
    env = environment(place / "home")
    done = run(["git", "clone", "--quiet", os.environ[CORPUS], str(place / "clone")], place, env)
    assert done.code == 0, done.err
    return place / "clone"


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """A script, and the file that shows that it ran."""
    script, trace = tmp_path / "trap", tmp_path / "ran"
    script.write_text(f"#!/bin/sh\necho $0 >> {trace}\n")
    script.chmod(0o755)
    return script, trace
