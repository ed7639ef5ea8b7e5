"""Findings that are silenced by name: with a reason, until a day, and never an error."""

from pathlib import Path

import pytest

from check.written import ACCOUNT, TODAY, found, written
from program import Cli
from reconciler.check.rules import check
from reconciler.model.errors import DiagnosticsError
from reconciler.model.findings import joined

ZONE = {
    "zones/example.org.yaml": "'': {type: MX, value: 10 mx.example.org.}\nmx: {type: CNAME, value: a.example.net.}\n"
}
RULE = "policy: {{silence: [{{code: mx-to-cname, match: {match}, reason: the new server comes{until}}}]}}\n"


def silenced(match: str = "record/example.org/@/MX", until: str = "") -> dict[str, str]:
    rule = RULE.format(match=match, until=f", until: {until}" if until else "")
    return {**ZONE, "account.yaml": ACCOUNT + rule}


def shown(folder: Path, files: dict[str, str]) -> list[str]:
    from dataclasses import replace

    desired = written(folder, files)
    whole = replace(desired, findings=joined(desired.findings, check(desired, TODAY)))
    return [one.code for one in whole.unsilenced(TODAY)]


def test_what_a_rule_covers_is_not_shown(tmp_path: Path) -> None:
    """The code and the address decide; `*` covers one part of an address."""
    assert shown(tmp_path / "a", dict(ZONE)) == ["mx-to-cname"]
    assert shown(tmp_path / "b", silenced()) == []
    assert shown(tmp_path / "c", silenced("record/*/@/MX")) == []


@pytest.mark.parametrize("match", ["record/example.org/*", "record/example.com/*/MX"])
def test_a_rule_that_covers_nothing_is_told(match: str, tmp_path: Path) -> None:
    """A mistyped rule doesn't look as if it worked."""
    assert sorted(shown(tmp_path, silenced(match))) == ["mx-to-cname", "silence-unused"]


def test_a_rule_holds_until_its_day(tmp_path: Path) -> None:
    """It nears its end, and then what it covered is shown again."""
    assert shown(tmp_path / "a", silenced(until="2026-12-01")) == ["silence-near"]
    assert sorted(shown(tmp_path / "b", silenced(until="2026-11-23"))) == ["mx-to-cname", "silence-passed"]


def test_an_error_is_never_silenced(tmp_path: Path) -> None:
    """Whatever the policy says, it stops the plan, and the rule is told as one that silences nothing."""
    rule = "policy: {silence: [{code: cname-at-apex, match: record/*/*/*, reason: why not}]}\n"
    files = {"account.yaml": ACCOUNT + rule, "zones/example.org.yaml": "'': {type: CNAME, value: a.example.net.}\n"}
    assert sorted(one.code for one in found(tmp_path / "a", files)) == ["cname-at-apex", "silence-unused"]
    with pytest.raises(DiagnosticsError):
        check(written(tmp_path / "b", files), TODAY)


def test_a_rule_needs_a_reason(tmp_path: Path) -> None:
    """Nobody can silence anything without saying why."""
    rule = "policy: {silence: [{code: mx-to-cname, match: record/*/*/*}]}\n"
    assert [one.code for one in found(tmp_path, {**ZONE, "account.yaml": ACCOUNT + rule})] == ["missing-key"]


def test_a_branch_cannot_silence(cli: Cli, tmp_path: Path, repo_with_trust: Path) -> None:
    """The rules of the trusted ref count: what a branch adds silences nothing before it is merged."""
    done = cli("plan", "--trusted-ref", "main", cwd=repo_with_trust)
    assert "mx-to-cname" in done.out
    assert "in-force-after-merge" in done.out
    assert "1 finding silenced" in cli("validate", cwd=repo_with_trust).out


@pytest.fixture
def repo_with_trust(tmp_path: Path) -> Path:
    """A repository on a branch whose only change is a rule that silences."""
    import subprocess

    folder = tmp_path / "repo"
    written(folder, dict(ZONE))

    def git(*args: str) -> None:
        who = ("-c", "user.name=Erika", "-c", "user.email=erika@example.org")
        subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "Zone")
    git("checkout", "-qb", "quiet")
    written(folder, silenced())
    git("commit", "-qam", "Silence")
    return folder
