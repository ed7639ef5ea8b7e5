"""What nobody declared inside a zone of ours, in whole runs on the embedded account."""

import json
from pathlib import Path

import pytest

from inside import Inside
from program import environment

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
WWW = "www: {type: A, value: 192.0.2.1}\n"
FOO = "record/example.org/foo"
EXIT_REFUSED = 3


@pytest.fixture
def run(tmp_path: Path) -> Inside:
    """An account with a zone that was applied."""
    folder = tmp_path / "account"
    (folder / "zones").mkdir(parents=True)
    (folder / "account.yaml").write_text(ACCOUNT)
    run = Inside(folder, environment(tmp_path / "home"))
    declare(run, WWW)
    assert run("apply", "--auto-approve").code == 0
    return run


def declare(run: Inside, text: str) -> None:
    (run.folder / "zones" / "example.org.yaml").write_text(text)


def test_what_cant_stand_beside_a_cname_holds_up_nothing_else(run: Inside) -> None:
    """It is refused alone, shown with ``!``, and comes once its place is free."""
    assert run("account", "set", f"{FOO}/TXT", "ttl=300", "value=theirs").code == 0
    declare(run, f"{WWW}foo: {{type: CNAME, value: www.example.org.}}\nmore: {{type: A, value: 192.0.2.3}}\n")
    planned = run("plan")
    assert planned.code == EXIT_REFUSED
    assert f"  ! {FOO}/CNAME" in planned.out
    assert f"refused: `{FOO}/TXT` stands at this name and nobody declared it, and a CNAME can't" in planned.out
    applied = run("apply", "--auto-approve")
    assert (applied.code, "1 added" in applied.out) == (EXIT_REFUSED, True)
    assert run("account", "delete", f"{FOO}/TXT").code == 0
    assert run("apply", "--auto-approve").code == 0
    assert run("plan").code == 0


def test_nothing_comes_beside_a_cname_of_nobodys(run: Inside) -> None:
    """The other way round the same."""
    assert run("account", "set", f"{FOO}/CNAME", "ttl=300", "value=a.example.net.").code == 0
    declare(run, f"{WWW}foo: {{type: TXT, value: ours}}\nmore: {{type: A, value: 192.0.2.3}}\n")
    found = json.loads(run("plan", "--json").out)
    assert [change["address"] for change in found["changes"]] == ["record/example.org/more/A"]
    assert [change["address"] for change in found["refused"]] == [f"{FOO}/TXT"]
    assert run("apply", "--auto-approve").code == EXIT_REFUSED
    assert json.loads(run("plan", "--json").out)["changes"] == []


def test_a_zone_says_what_goes_with_it(run: Inside) -> None:
    """Before it goes, on the terminal and as JSON."""
    assert run("account", "set", f"{FOO}/TXT", "ttl=300", "value=theirs").code == 0
    (run.folder / "zones" / "example.org.yaml").unlink()
    (run.folder / "removed.yaml").write_text("removed:\n  zone/example.org: {reason: moved}\n")
    assert "covers: 2 record sets, 1 of them unmanaged: foo/TXT\n" in run("plan").out
    (change,) = json.loads(run("plan", "--json").out)["changes"]
    assert change["content"] == {"count": 2, "unmanaged": [f"{FOO}/TXT"]}
