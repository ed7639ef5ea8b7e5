"""Traces of looks: an auditor sees who looked when, what they found, and how long nobody looked."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inside import Fixed, Inside
from program import Repository
from reconciler.model.errors import LockedError, RecordError
from reconciler.model.look import Look, Result
from reconciler.record.home import Home
from reconciler.record.looks import leave_look, looks_ref, read_looks
from reconciler.record.place import open_record
from reconciler.report.ink import plain
from reconciler.report.looks import looks_json, looks_lines
from record.world import NUMBER, config
from ticking import Ticking

BRANCH = "reconciler-drift/K-104711"
WWW = "record/example.org/www/A"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLEAN = Look(NOON.isoformat(), Result.CLEAN, "erika", "laptop", receipt=3)


def home(folder: Path) -> Home:
    return open_record(folder, config()).home


class TestHeartbeat:
    """`drift --heartbeat` leaves one commit for each look."""

    def test_only_if_asked_for(self, account: Inside, repo: Repository) -> None:
        """`drift` alone writes nothing, whatever it finds."""
        before = repo.git("for-each-ref")
        assert account("drift").code == 0
        account("account", "set", WWW, "values=203.0.113.66")
        assert account("drift").code == 2
        assert repo.git("for-each-ref") == before

    def test_it_says_when_who_what_and_no_value(self, www: Inside, repo: Repository) -> None:
        """The exit code and the words are those of the look; the trace stands in one small file."""
        url = "https://ci.example/run/7"
        done = www("drift", "--heartbeat", RECONCILER_RUN_URL=url)
        assert (done.code, done.out) == (2, www("drift").out)
        assert repo.git("ls-tree", "--name-only", BRANCH) == "look.json"
        found = json.loads(repo.git("show", f"{BRANCH}:look.json"))
        assert (found["result"], found["drift"], found["both"], found["receipt"]) == ("differs", 1, 0, 1)
        assert (found["run_url"], found["head"]) == (url, repo.git("rev-parse", "HEAD"))
        assert repo.git("log", "-1", "--format=%s", BRANCH) == "Look: differs (1 changed by hand, 0 in git, too)"
        assert not [text for text in ("203.0.113", "www") if text in repo.git("log", "-p", BRANCH)]

    def test_each_look_is_one_commit_more(self, account: Inside, repo: Repository) -> None:
        """It grows by a commit, and by nothing else that the one before didn't have."""
        for _ in range(3):
            assert account("drift", "--heartbeat").code == 0
        assert repo.git("rev-list", "--count", BRANCH) == "3"

    def test_an_account_that_cannot_be_read_leaves_a_trace(self, account: Inside, repo: Repository) -> None:
        """With the sort of error; the error itself and its exit code stay."""
        (repo.path / "account.db").write_bytes(b"no database" * 1000)
        done = account("drift", "--heartbeat")
        assert done.code == 1
        assert "account.db" in done.err
        found = json.loads(repo.git("show", f"{BRANCH}:look.json"))
        assert (found["result"], found["error"]) == ("unreadable", "AccountError")
        assert "account.db" not in repo.git("show", f"{BRANCH}:look.json")

    def test_where_no_trace_can_be_left_the_look_is_shown_and_it_fails(self, www: Inside, repo: Repository) -> None:
        """Whoever relies on the trace learns that there is none; a failed look names both errors."""
        repo.git("branch", BRANCH)
        done = www("drift", "--heartbeat")
        assert done.code == 1
        assert WWW in done.out
        assert (
            f"The branch {BRANCH} holds something other than traces of looks: a commit without look.json." in done.err
        )
        (repo.path / "account.db").write_bytes(b"no database" * 1000)
        both = www("drift", "--heartbeat").err
        assert "account.db" in both
        assert f"No trace of this look could be left: The branch {BRANCH}" in both

    def test_options_that_cannot_stand_together(self, account: Inside) -> None:
        """Usage errors, nothing written."""
        for args in (["--log", "--heartbeat"], ["--json", "--markdown"], ["--log", "--markdown"]):
            assert account("drift", *args).code == 64


class TestAtOnce:
    """Who comes second stands on the first: no look is lost."""

    def test_many_at_the_same_time(self, repo: Repository) -> None:
        """Each trace is on the branch once, in one line."""
        repo.commit("Begin", {"account.yaml": ""})

        def leave(number: int) -> None:
            leave_look(home(repo.path), NUMBER, replace(CLEAN, who=f"number {number}"), Ticking())

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(leave, range(12)))
        found = read_looks(home(repo.path), NUMBER)
        assert sorted(look.who for look in found) == sorted(f"number {number}" for number in range(12))
        assert repo.git("rev-list", "--merges", BRANCH) == ""

    def test_somebody_comes_between_the_look_and_the_swap(self, repo: Repository) -> None:
        """It is put on top of theirs; whoever is overtaken for ever gives up and says so."""

        class Overtaken(Home):
            times = 1

            def swap(self, ref: str, new: str, old: str | None) -> bool:
                if Overtaken.times:
                    Overtaken.times -= 1
                    leave_look(home(self.folder), NUMBER, replace(CLEAN, who="faster"), Ticking())
                return super().swap(ref, new, old)

        repo.commit("Begin", {"account.yaml": ""})
        here = home(repo.path)
        slow = Overtaken(here.folder, here.around, here.ref)
        leave_look(slow, NUMBER, replace(CLEAN, who="slower"), Ticking())
        assert [look.who for look in read_looks(here, NUMBER)] == ["slower", "faster"]
        Overtaken.times = 1000
        with pytest.raises(LockedError, match="faster"):
            leave_look(slow, NUMBER, CLEAN, Ticking())


class TestReading:
    """What is on the branch is believed only if it is what we write."""

    @pytest.mark.parametrize(
        "text",
        [
            "", "[]", "{}", "null", '"x"', "{" * 100_000,
            json.dumps({**CLEAN.to_json(), "format": 2}),
            json.dumps({**CLEAN.to_json(), "when": "yesterday"}),
            json.dumps({**CLEAN.to_json(), "when": "2026-11-24T12:00:00"}),
            json.dumps({**CLEAN.to_json(), "result": "fine"}),
            json.dumps({**CLEAN.to_json(), "drift": "3"}),
        ],
    )  # fmt: skip
    def test_anything_else_is_named(self, repo: Repository, text: str) -> None:
        """One sentence, never half a list."""
        repo.git("checkout", "-q", "--orphan", BRANCH)
        repo.commit("Look: clean", {"look.json": text})
        with pytest.raises(RecordError, match="other than traces"):
            read_looks(home(repo.path), NUMBER)

    def test_the_newest_so_many(self, repo: Repository) -> None:
        """Newest first; a folder in the place of the file is no look."""
        repo.commit("Begin", {"account.yaml": ""})
        for number in range(4):
            leave_look(home(repo.path), NUMBER, replace(CLEAN, receipt=number), Ticking())
        assert [look.receipt for look in read_looks(home(repo.path), NUMBER, 2)] == [3, 2]
        assert read_looks(home(repo.path), "another") == ()
        repo.git("checkout", "-q", BRANCH)
        (repo.path / "look.json").unlink()
        repo.commit("A folder", {"look.json/x": ""})
        with pytest.raises(RecordError, match="a commit without look"):
            read_looks(home(repo.path), NUMBER)

    @given(st.builds(replace, st.just(CLEAN), who=st.text(), host=st.text(), drift=st.integers(0), error=st.text()))
    def test_what_is_written_is_read(self, look: Look) -> None:
        """Whatever people are called."""
        assert Look.from_json(json.loads(json.dumps(look.to_json()))) == look


class TestLog:
    """`drift --log` shows the looks and the gaps between them, from git alone."""

    def test_gaps_are_visible(self, account: Inside, repo: Repository) -> None:
        """The time since the look before stands beside each, the longest in the last line."""
        assert "Nobody has left a trace" in account("drift", "--log").out
        for hours in (0, 6, 80):
            account.clock.time = NOON + timedelta(hours=hours)
            account("drift", "--heartbeat")
        account.clock.time = NOON + timedelta(hours=81, minutes=5)
        (repo.path / "account.db").write_bytes(b"")
        lines = account("drift", "--log").out.splitlines()
        assert [line.split("  ")[0:2] for line in lines[1:3]] == [
            ["2026-11-27 20:00", "3 d 2 h"],
            ["2026-11-24 18:00", "6 h 0 min"],
        ]
        assert lines[-1] == (
            "3 looks since 2026-11-24 12:00, the last 1 h 5 min ago, the longest gap 3 d 2 h until 2026-11-27 20:00."
        )
        found = json.loads(account("drift", "--log", "--json").out)
        assert [look["after"] for look in found["looks"]] == [74 * 3600, 6 * 3600, None]
        assert (found["longest_gap"], found["since_last"]) == (74 * 3600, 3900)

    def test_nothing_in_a_trace_acts(self) -> None:
        """Somebody else may have written it."""
        evil = replace(CLEAN, who="\x1b[2J", run_url="x\n::error::y", error="\u202eevil")
        text = plain(looks_lines((evil, CLEAN), NOON))
        assert not [bad for bad in ("\x1b", "\n::error::", "\u202e") if bad in text]
        assert looks_json((), NOON)["since_last"] is None
        assert looks_ref(NUMBER) == f"refs/heads/{BRANCH}"
        assert Fixed().now().tzinfo is UTC
