"""An account whose history a test makes."""

from pathlib import Path

import pytest

from .world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A new repository with an account in it."""
    return World(tmp_path / "account", tmp_path / "home")
