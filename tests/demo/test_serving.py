"""``serve --demo``: the account of a firm that doesn't exist, over HTTP, as a new user tries it."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from inside import Inside
from program import BIN, environment

_SAID = re.compile(
    r"(?P<url>http://127\.0\.0\.1:[0-9]+)\n"
    r"export ACCOUNT_TOKEN=(?P<token>\S+)\n"
    r"reconciler init --url (?P=url) --token env/ACCOUNT_TOKEN\n"
)


@contextmanager
def demo(folder: Path, lines: int, *more: str) -> Iterator[str]:
    """Serve the demonstration account in a folder until the block ends; yield the first lines that it prints."""
    command = [str(BIN / "reconciler"), "serve", "--demo", "--port", "0", "--quiet", *more]
    with subprocess.Popen(
        command, cwd=folder, env=environment(folder / "home"), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield "".join(process.stdout.readline() for _ in range(lines))
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0


def test_a_new_user_adopts_the_account_over_http(tmp_path: Path) -> None:
    """The lines that it prints are those that are typed in another terminal: ``init`` ends with nothing to do.

    A second start serves the same account, and tells no token of it.
    """
    folder = tmp_path / "mine"
    folder.mkdir()
    with demo(tmp_path, 3, "--size", "60") as printed:
        said = _SAID.fullmatch(printed)
        assert said is not None, printed
        run = Inside(folder, {"ACCOUNT_TOKEN": said["token"]})
        adopted = run("init", "--url", said["url"], "--token", "env/ACCOUNT_TOKEN")
        assert adopted.code == 0, adopted.out + adopted.err
        assert "No changes." in adopted.out
        planned = run("plan", "--json", "--detailed-exitcode")
        assert (planned.code, json.loads(planned.out)["changes"]) == (0, [])
        headers = {"authorization": f"Bearer {said['token']}"}
        assert httpx2.get(f"{said['url']}/v1/account", headers=headers, trust_env=False).json()["number"] == "K-104711"
        assert httpx2.get(f"{said['url']}/v1/account", trust_env=False).status_code == 401
    with demo(tmp_path, 1) as printed:
        again = httpx2.get(f"{printed.strip()}/v1/account", headers=headers, trust_env=False)
        assert again.status_code == 200


@pytest.mark.parametrize("size", ["9", "100001", "many"])
def test_a_size_that_can_not_be_made_is_a_usage_error(tmp_path: Path, size: str) -> None:
    """It says which sizes there are, and makes nothing."""
    refused = Inside(tmp_path)("serve", "--demo", "--size", size)

    assert refused.code == 64
    assert "--size" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_made_anew(tmp_path: Path) -> None:
    """A file that is no account stays as it is, and is refused as without ``--demo``."""
    (tmp_path / "account.db").write_text("mine")

    refused = Inside(tmp_path)("serve", "--demo", "--port", "0")
    assert refused.code == 1
    assert (tmp_path / "account.db").read_text() == "mine"
