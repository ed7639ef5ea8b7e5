"""What is tested is what users get."""

import os
import sysconfig
from pathlib import Path

import reconciler


def test_the_installed_package_is_tested_and_not_the_work_tree() -> None:
    """``make test`` sets RECONCILER_EXPECT_WHEEL; a developer's own run may use an editable install."""
    if os.environ.get("RECONCILER_EXPECT_WHEEL") == "1":
        assert Path(reconciler.__file__).is_relative_to(sysconfig.get_path("purelib"))


def test_the_package_says_that_it_is_typed() -> None:
    """The classifier ``Typing :: Typed`` is a promise to type checkers (PEP 561)."""
    assert (Path(reconciler.__file__).parent / "py.typed").is_file()
