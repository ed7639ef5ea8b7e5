"""``reconciler serve`` and ``reconciler token``: an account over HTTP, and who may reach it."""

import json
import re
import signal
import subprocess
from pathlib import Path

import httpx2
import pytest

from accounts import Account
from inside import Inside
from program import BIN, environment


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """A folder with an account, in which the program runs inside this process."""
    Account(tmp_path / "account.db").booked().store.close()
    return Inside(tmp_path)


def test_an_account_is_served_until_it_is_told_to_stop(inside: Inside) -> None:
    """It takes a free port, says where, logs who asks what, and ends with 0."""
    token = inside("token", "make", "ci", "--scope", "read").out.strip()
    env = environment(inside.folder / "home")
    command = [str(BIN / "reconciler"), "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=inside.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            headers = {"authorization": f"Bearer {token}"}
            told = httpx2.get(f"{url}/v1/account", headers=headers, trust_env=False).json()
        finally:
            process.send_signal(signal.SIGTERM)
        _, logged = process.communicate()
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", url)
    assert told["number"] == "K-104711"
    assert process.returncode == 0
    assert re.fullmatch(r"\S+Z 127\.0\.0\.1 ci GET /v1/account 200\n", logged)


@pytest.mark.parametrize(
    ("host", "more", "warned"),
    [
        ("0.0.0.0", (), True),
        ("0.0.0.0", ("--trusted-proxy", "10.0.0.0/8"), False),
        ("127.0.0.1", (), False),
    ],
)
def test_tokens_in_the_clear_are_warned_of(inside: Inside, host: str, more: tuple[str, ...], warned: bool) -> None:
    """On an address that everybody reaches, unless a proxy is named before it."""
    command = [str(BIN / "reconciler"), "serve", "--host", host, "--port", "0", "--quiet", *more]
    env = environment(inside.folder / "home")
    with subprocess.Popen(
        command, cwd=inside.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        process.terminate()
        _, said = process.communicate()
    assert said.startswith(f"Warning: {url} is reached from everywhere without TLS, so tokens cross") is warned
    assert said.count("\n") == warned


def test_a_token_is_shown_once_listed_and_revoked(inside: Inside) -> None:
    """Only its making tells its text."""
    made = inside("token", "make", "ci", "--scope", "read", "--scope", "write:dns")
    text = made.out.strip()
    assert (made.code, made.err) == (0, "")
    assert len(text) > 40
    listed = inside("token", "list")
    assert listed.out.startswith("ci  made ")
    assert "read, write:dns" in listed.out
    assert text not in listed.out
    assert inside("token", "revoke", "ci").out == "ci: revoked; whoever still uses it is refused\n"
    (known,) = json.loads(inside("token", "list", "--json").out)["tokens"]
    assert (known["name"], known["scopes"], known["revoked"] is None) == ("ci", ["read", "write:dns"], False)
    assert text.encode() not in b"".join(path.read_bytes() for path in inside.folder.glob("account.db*"))


def test_all_scopes_of_a_sort_are_one_word(inside: Inside) -> None:
    """``write:*`` is every section that there is now."""
    inside("token", "make", "ci", "--scope", "write:*", "--scope", "submit:*", "--json")
    (known,) = json.loads(inside("token", "list", "--json").out)["tokens"]
    assert {"write:dns", "write:mail", "write:passwords", "submit:order"} <= set(known["scopes"])
    assert "read" not in known["scopes"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("token", "make", "ci"), "--scope"),
        (("token", "make", "ci", "--scope", "wrote:dns"), "There is no scope 'wrote:dns'"),
        (("token", "make", "ci", "--scope", "read:*"), "There is no scope 'read:*'"),
        (("token", "make", "", "--scope", "read"), "name"),
        (("token", "make", "a\nb", "--scope", "read"), "name"),
        (("serve", "--port", "0", "--trusted-proxy", "10.0.0.1/8"), "--trusted-proxy"),
        (("serve", "--port", "0", "--host", "192.0.2.1"), "Can't listen on 192.0.2.1 port 0"),
        (("serve", "--port", "70000"), "70000"),
    ],
)
def test_what_makes_no_sense_is_a_mistake_of_usage(inside: Inside, args: tuple[str, ...], said: str) -> None:
    """64, and nothing is served or made."""
    done = inside(*args)
    assert (done.code, done.out) == (64, "")
    assert said in done.err


@pytest.mark.parametrize(
    "args",
    [("serve", "--port", "0"), ("token", "list"), ("token", "make", "x", "--scope", "read"), ("token", "revoke", "x")],
)
def test_without_an_account_nothing_is_made(tmp_path: Path, args: tuple[str, ...]) -> None:
    """Neither an account, nor a file for one."""
    done = Inside(tmp_path)(*args)
    assert (done.code, done.out) == (1, "")
    assert "There is no account" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_token_that_is_unknown_cant_be_revoked(inside: Inside) -> None:
    """A typing mistake would leave the real one in force."""
    done = inside("token", "revoke", "cl")
    assert done.code == 1
    assert "There is no token cl" in done.err


def test_without_the_extra_its_name_is_said(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to install it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    done = inside("serve", "--port", "0")
    assert done.code == 64
    assert "reconciler[service]" in done.err
