"""The beat: a holder that lives is seen to live, one that is silent may be taken over, and it notices."""

import time
from collections.abc import Callable

import pytest

from hand_made import plan_of
from program import Repository
from reconciler.model.errors import LockedError
from reconciler.record.beat import beat_ref
from reconciler.record.times import Times
from reconciler.record.writing import Intent
from record.world import NUMBER, Folder, a, create, desired, who

WWW = "record/example.org/www/A"
QUICK = Times(renewal=0.05, silence=0.6, look=0.05, fresh=0.0)
BEAT = beat_ref(NUMBER)


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true, for seconds at most."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def elsewhere(folder: Folder) -> None:
    """Begin an apply on another machine, where nobody sees its process from here."""
    folder.begin(plan_of(create(WWW, a("www"))), by=who(name="Erika", host="ci-1", machine="another"))


def watch(folder: Folder, told: list[float] | None = None) -> None:
    """Watch the holder, as whoever wants to resume does."""
    seen: list[float] = [] if told is None else told
    folder.record.watch(folder.record.read(), folder.clock, QUICK, seen.append)


def test_one_commit_replaced(inside: Folder, repo: Repository) -> None:
    """However often it is renewed, the branch holds one commit, which says whose sign of life it is."""
    intent = inside.begin(plan_of(create(WWW, a("www"))))
    seen = set()
    with inside.record.beat(intent, inside.clock, QUICK):
        until(lambda: bool(seen.add(inside.git().read_ref(BEAT)) or len(seen - {None}) >= 3))
    assert repo.git("rev-list", "--count", BEAT) == "1"
    assert f"Reconciler-Intent: {intent.commit}" in repo.git("log", "-1", "--format=%B", BEAT)
    quiet = inside.git().read_ref(BEAT)
    time.sleep(0.2)
    assert inside.git().read_ref(BEAT) == quiet


def test_a_short_apply_never_beats(inside: Folder) -> None:
    """The intent is fresh enough; nothing is written for an apply of some seconds."""
    intent = inside.begin(plan_of(create(WWW, a("www"))))
    with inside.record.beat(intent, inside.clock, Times()) as beat:
        assert beat.lost() == ""
    assert inside.git().read_ref(BEAT) is None


def test_a_holder_that_beats_is_left_alone(inside: Folder) -> None:
    """Exit 5 as soon as a renewal is seen, with the holder's name."""
    elsewhere(inside)
    state = inside.record.read()
    assert state.pending and state.applied.head
    with (
        inside.record.beat(Intent(state.pending, state.applied.head, state.applied), inside.clock, QUICK),
        pytest.raises(LockedError, match=r"Erika on ci-1.*seen to beat"),
    ):
        inside.record.watch(state, inside.clock, Times(silence=30, look=0.05), lambda _: None)


def test_a_silent_holder_may_be_taken_over(inside: Folder) -> None:
    """After so many seconds of silence by the observer's own clock, who is told meanwhile how long it has been."""
    elsewhere(inside)
    told: list[float] = []
    began = time.monotonic()
    watch(inside, told)
    assert time.monotonic() - began >= QUICK.silence
    assert told and told == sorted(told) and told[-1] < QUICK.silence


def test_a_process_that_is_gone_needs_no_wait(inside: Folder) -> None:
    """On its own machine that is proof."""
    inside.begin(plan_of(create(WWW, a("www"))), by=who(pid=2**22 + 1))
    told: list[float] = []
    watch(inside, told)
    assert told == []


def test_a_holder_that_ends_meanwhile(inside: Folder) -> None:
    """Watching ends as soon as the record moves on."""
    elsewhere(inside)
    state = inside.record.read()
    assert state.pending and state.applied.head
    intent = Intent(state.pending, state.applied.head, state.applied)

    def end(_: float) -> None:
        if inside.record.read().pending:
            inside.record.finish(intent, (), (), desired(), inside.clock)

    inside.record.watch(state, inside.clock, Times(silence=60, look=0.01), end)
    assert inside.record.read().pending is None


def test_whoever_was_taken_over_notices_and_stops(inside: Folder) -> None:
    """Before its next batch; and it beats no more."""
    intent = inside.begin(plan_of(create(WWW, a("www"))))
    with inside.record.beat(intent, inside.clock, QUICK) as beat:
        assert beat.lost() == ""
        inside.record.take_over(inside.record.read(), who(name="Max"), "", inside.clock)
        assert "taken this apply over" in beat.lost()
        time.sleep(0.1)
        quiet = inside.git().read_ref(BEAT)
        time.sleep(0.2)
        assert inside.git().read_ref(BEAT) == quiet
