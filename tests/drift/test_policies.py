"""Drift against the embedded account: what each policy makes of it, from the hand in the account to what is left."""

import json
from datetime import UTC, datetime

import pytest

from inside import Inside
from program import Repository

WWW, INFO = "record/example.org/www/A", "mailbox/info@example.org"
UNMANAGED = "record/example.org/by-hand/A"


def policy(repo: Repository, text: str) -> None:
    """Commit another policy."""
    account = (repo.path / "account.yaml").read_text().partition("policy:")[0]
    repo.commit("Policy", {"account.yaml": f"{account}policy:\n{text}"})


def live(account: Inside, address: str = WWW) -> str:
    return account("account", "show", address).out


class TestHold:
    """The default: shown, and left alone until somebody decides."""

    def test_held_drift_is_in_no_plan_no_seal_and_no_apply(self, www: Inside, repo: Repository) -> None:
        """A change of git beside it is applied, and what the hand did stays."""
        repo.commit("More room", {"mail.yaml": (repo.path / "mail.yaml").read_text().replace("5 GiB", "6 GiB")})
        planned = json.loads(www("plan", "--json").out)
        assert [change["address"] for change in planned["changes"]] == [INFO]
        assert [change["address"] for change in planned["drift"]] == [WWW]
        assert www("account", "set", WWW, "values=203.0.113.10").code == 0
        assert json.loads(www("plan", "--json").out)["seal"] == planned["seal"]
        assert www("account", "set", WWW, "values=203.0.113.66").code == 0
        done = www("apply", "--auto-approve")
        assert (done.code, "203.0.113.66" in live(www), "6 GiB" in live(www, INFO)) == (0, True, True)
        assert www("plan", "--detailed-exitcode").code == 0, "held drift is no pending change"
        assert www("drift").code == 2

    def test_include_drift_repairs_it_once(self, www: Inside) -> None:
        """On the word of whoever applies, recorded like any change; then there is none."""
        done = www("apply", "--auto-approve", "--include-drift")
        assert (done.code, "203.0.113.10" in live(www)) == (0, True), done.out + done.err
        assert www("drift").code == 0


class TestRevert:
    """What a hand did is undone by the next apply."""

    def test_it_is_planned_with_its_origin_and_still_drift(self, www: Inside, repo: Repository) -> None:
        """`drift` tells of it until then, as it would without the policy."""
        policy(repo, "  drift: revert\n")
        (change,) = json.loads(www("plan", "--json").out)["changes"]
        assert (change["address"], change["origin"]) == (WWW, "drift")
        assert www("drift").code == 2
        assert www("apply", "--auto-approve").code == 0
        assert ("203.0.113.10" in live(www), www("drift").code) == (True, 0)


class TestRefuse:
    """Nothing is applied while the account differs."""

    def test_plan_and_apply_end_with_3(self, www: Inside, repo: Repository) -> None:
        """Both name what was changed and the two ways out; nothing is written."""
        policy(repo, "  drift: refuse\n")
        before = repo.git("rev-parse", "reconciler/K-104711")
        for done in (www("plan"), www("apply", "--auto-approve")):
            assert done.code == 3
            assert "refused[drift-refused]" in done.out
            assert "--include-drift" in done.out
            assert "adopt --drift" in done.out
        assert repo.git("rev-parse", "reconciler/K-104711") == before
        assert www("drift").code == 2, "looking isn't refused"

    @pytest.mark.parametrize("way", ["include", "adopt"])
    def test_either_way_out_is_enough(self, www: Inside, repo: Repository, way: str) -> None:
        """Put it back, or let the files say it."""
        policy(repo, "  drift: refuse\n")
        if way == "adopt":
            assert www("adopt", "--drift").code == 0
            repo.commit("Keep it")
        done = www("apply", "--auto-approve", *(["--include-drift"] if way == "include" else []))
        assert done.code == 0, done.out
        assert www("plan").code == 0


class TestBoth:
    """What git changed, too, is never decided by a policy."""

    @pytest.mark.parametrize("what", ["hold", "revert", "refuse"])
    def test_it_shows_three_values_and_needs_its_own_approval(self, www: Inside, repo: Repository, what: str) -> None:
        """Whatever the policy, and also with `--include-drift`."""
        policy(repo, f"  drift: {what}\n")
        zone = (repo.path / "zones/example.org.yaml").read_text()
        repo.commit("Move www", {"zones/example.org.yaml": zone.replace("203.0.113.10", "203.0.113.7")})
        (found,) = json.loads(www("drift", "--json").out)["drift"]
        assert found["origin"] == "both"
        values = [json.dumps(found[name]) for name in ("applied", "desired", "live")]
        assert len(set(values)) == 3, values
        shown = www("drift").out.splitlines()
        assert shown[0].split() == ["ADDRESS", "FIELD", "APPLIED", "EXPECTED", "LIVE", "ORIGIN"]
        assert shown[1].split() == [WWW, "values", "203.0.113.10", "203.0.113.7", "203.0.113.66", "both"]
        assert www("apply", "--auto-approve", "--include-drift").code == 3
        assert "203.0.113.66" in live(www)
        assert www("apply", "--auto-approve", "--override", WWW).code == 0
        assert "203.0.113.7" in live(www)


def test_private_values_are_masked_in_every_form(account: Inside) -> None:
    """A contact that somebody renamed is drift; neither its name before nor after is printed."""
    assert account("account", "set", "contact/~1", "name=Kanarienvogel", "phone=+49 511 98765432").code == 0
    for form in ([], ["--json"], ["--markdown"]):
        done = account("drift", *form)
        assert done.code == 2
        assert "contact/erika" in done.out
        assert not [text for text in ("Mustermann", "Kanarien", "123456", "98765432") if text in done.out + done.err]


class TestUnmanaged:
    """`--fail-on unmanaged` asks for a look at what nobody declared, too."""

    @pytest.fixture
    def with_record(self, account: Inside) -> Inside:
        """Somebody made a record set by hand."""
        assert account("account", "set", UNMANAGED, "ttl=300", "values=203.0.113.80").code == 0
        return account

    @pytest.mark.parametrize(
        ("what", "code"), [("report", 2), ("ignore", 0), ("delete", 2), ("refuse", 2)], ids=lambda x: str(x)
    )
    def test_each_policy(self, with_record: Inside, repo: Repository, what: str, code: int) -> None:
        """Only what policy ignores is nothing to speak of; without the option it is no drift."""
        policy(repo, f"  unmanaged: {{default: {what}}}\n")
        assert with_record("drift").code == 0
        found = with_record("drift", "--fail-on", "unmanaged")
        assert (found.code, "by-hand/A" in found.out) == (code, code == 2)
        assert (UNMANAGED in json.loads(with_record("drift", "--json").out)["unmanaged"]) == (code == 2)

    def test_its_words(self, with_record: Inside) -> None:
        """By zone or kind, with the way to keep it."""
        done = with_record("drift", "--fail-on", "unmanaged")
        assert "notification  domain_expiry" in done.out, "topics at another setting than the account's own default"
        with_record("adopt", "notification/*")
        done = with_record("drift", "--fail-on", "unmanaged")
        assert done.out == (
            "Unmanaged: 1 in record/example.org  by-hand/A\n"
            "\nDrift: 1 resource that nobody declared.\n"
            "Declare it with `reconciler adopt --unmanaged`, or delete it by hand.\n"
        )
        assert "**Unmanaged** 1 in `record/example.org`: `by-hand/A`" in (
            with_record("drift", "--fail-on", "unmanaged", "--markdown").out
        )


class TestIgnoreRules:
    """A rule leaves addresses alone until its last day, for plan, drift and adopt alike."""

    def test_until_its_last_day_and_not_after(self, www: Inside, repo: Repository) -> None:
        """It is told before, on the day and after, where the rule stands."""
        rule = f"{{match: '{WWW}', reason: the agency moves it, until: 2027-02-01}}"
        policy(repo, f"  ignore:\n    - {rule}\n")
        expected = {
            datetime(2027, 1, 1, tzinfo=UTC): (0, ["ignored"]),
            datetime(2027, 1, 25, tzinfo=UTC): (0, ["ignore-near", "ignored"]),
            datetime(2027, 2, 1, 23, tzinfo=UTC): (0, ["ignore-near", "ignored"]),
            datetime(2027, 2, 2, tzinfo=UTC): (2, ["ignore-passed"]),
        }
        for time, (code, codes) in expected.items():
            www.clock.time = time
            looked = www("drift", "--json")
            findings = json.loads(looked.out)["findings"]
            assert (looked.code, sorted(one["code"] for one in findings)) == (code, codes), time
            planned = json.loads(www("plan", "--json").out)
            assert bool(planned["drift"]) == (code == 2)
            adopted = www("adopt", "--drift", "--dry-run").out
            assert ("203.0.113.66" in adopted) == (code == 2)
        assert "account.yaml:7:7" in www("drift").out
        assert "until 2027-02-01, and no longer does" in www("plan").out

    def test_a_day_that_is_none_is_an_error_with_its_place(self, account: Inside, repo: Repository) -> None:
        """As anywhere else."""
        policy(repo, "  ignore:\n    - {match: 'record/*/*/A', reason: x, until: soon}\n")
        done = account("validate")
        assert (done.code, "account.yaml:7:" in done.err) == (1, True), done.err
