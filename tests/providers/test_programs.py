"""Programs of a server: run without a shell, with nothing of our environment, and not for long."""

import os
from pathlib import Path

import pytest

from reconciler.model.errors import AccountError
from reconciler.providers._programs import run


def test_a_program_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No secret that lies in it, and no setting that another program obeys."""
    monkeypatch.setenv("TSIG_KEY", "c2VjcmV0")
    said = run("env")
    assert said.status == 0
    assert {part.partition("=")[0] for part in said.text.split(" ")} == {"PATH", "LANG"}


def test_words_are_words() -> None:
    """Nothing is expanded, split or carried out."""
    assert run("printf", "%s|", "$HOME", "a b", "`id`", "*").text == "$HOME|a b|`id`|*|"


def test_what_it_says_is_one_neutral_line() -> None:
    """Both streams, as text that can't act."""
    said = run("sh", "-c", "printf 'one\\n\\033[31mtwo\\n'; echo three >&2; exit 3")
    assert (said.status, said.text) == (3, "one \\x1b[31mtwo three")


def test_it_may_not_take_forever() -> None:
    """It is ended, and that is no success."""
    said = run("sleep", "60", seconds=0.05)
    assert (said.status, said.text) == (-1, "no answer within 0.05 seconds")


def test_only_programs_of_the_system_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one that somebody put in front of them."""
    (tmp_path / "rndc-of-mine").write_text("#!/bin/sh\n")
    (tmp_path / "rndc-of-mine").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(AccountError, match="rndc-of-mine isn't installed"):
        run("rndc-of-mine")
