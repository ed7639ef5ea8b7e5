"""A forked run of the program is a run like any other: the same words, codes, files, folder and environment."""

from pathlib import Path

import pytest

from program import BIN, environment, reconciler, run
from tiny import FILES, SECRETS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An account folder."""
    for name, text in FILES.items():
        path = tmp_path / "account" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "account"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("validate",), 0),
        (("plan", "--detailed-exitcode"), 2),
        (("apply", "--auto-approve"), 1),
        (("blaze",), 64),
        (("validate", "-C", "nowhere"), 64),
    ],
)
def test_it_says_and_ends_as_a_start_does(folder: Path, tmp_path: Path, args: tuple[str, ...], code: int) -> None:
    """Output, error output and exit code are those of the installed script."""
    env = environment(tmp_path / "home")
    started = run([str(BIN / "reconciler"), *args], folder, env)

    assert reconciler(*args, cwd=folder, env=env) == started
    assert started.code == code


def test_what_it_writes_stays_and_the_next_run_knows_nothing_of_it_but_the_files(folder: Path, tmp_path: Path) -> None:
    """One run's environment and memory are gone with it."""
    env = environment(tmp_path / "home")

    assert reconciler("apply", "--auto-approve", cwd=folder, env={**env, **SECRETS}).code == 0
    assert (folder / "account.db").exists()
    assert not (folder / "account.db-wal").exists()
    assert "No changes." in reconciler("plan", cwd=folder, env=env).out


def test_an_environment_that_says_how_python_starts_gets_a_start(folder: Path, tmp_path: Path) -> None:
    """What can't be had by forking is not forked: here the interpreter says what it imports."""
    env = environment(tmp_path / "home", PYTHONPROFILEIMPORTTIME="1")

    assert "import time:" in reconciler("--version", cwd=folder, env=env).err
