"""An intent without an outcome is the lock: one apply at a time, and everybody learns whose it is."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hand_made import plan_of
from program import Repository
from reconciler.model.errors import LockedError, PartialError
from reconciler.model.outcome import Outcome, ReadBack, Status
from reconciler.model.receipt import Receipt
from reconciler.record.holder import describe_holder, is_gone, this_machine
from reconciler.record.writing import Intent, Keys
from record.world import REF, Folder, a, create, delete, desired, own, who

WWW, MX, OLD = "record/example.org/www/A", "record/example.org/mx/A", "record/example.org/old/A"
GONE = 2**22 + 1  # above the largest process number that Linux gives


def taken(folder: Folder, by: str = "Max") -> Intent:
    """Return the intent of whoever takes over what is pending."""
    return folder.record.take_over(folder.record.read(), who(name=by), "", folder.clock)


def test_an_intent_blocks(folder: Folder) -> None:
    """While an apply has no outcome, nobody else begins, and nothing is written."""
    folder.begin(plan_of(create(WWW, a("www"))), by=who(run_url="https://ci.example.org/7"))
    head = folder.git().read_ref(REF)
    with pytest.raises(
        LockedError, match=r"Apply 1 of account K-104711 .* Erika on .*https://ci\.example\.org/7"
    ) as locked:
        folder.begin(plan_of(create(MX, a("mx"))))
    assert locked.value.exit_code == 5
    assert "--resume" in locked.value.help
    assert folder.git().read_ref(REF) == head


def test_what_is_pending(folder: Folder) -> None:
    """The intent can be read: the steps with their keys, and the state as it was before."""
    folder.apply(create(OLD, a("old")))
    config = folder.record.read().applied.config_commit
    folder.write(mail_yaml="mail: {example.org: {}}\n")
    folder.begin(plan_of(create(WWW, a("www")), delete(OLD, a("old"))))
    state = folder.record.read()
    assert state.pending is not None
    assert [(s.address, s.key, s.status) for s in state.pending.steps] == [
        (WWW, f"key of {WWW}", ""),
        (OLD, f"key of {OLD}", ""),
    ]
    assert (state.pending.phase, state.pending.number, state.applied.number) == ("intent", 2, 1)
    assert (set(state.applied.state), state.applied.config_commit) == ({OLD}, config)
    assert state.applied.head == folder.git().read_ref(REF)


def test_the_first_apply_pending(folder: Folder) -> None:
    """An intent that is the first of all leaves nothing applied, and the salt it made."""
    intent = folder.begin(plan_of(create(WWW, a("www"))))
    state = folder.record.read()
    assert (state.applied.state, state.applied.number, state.applied.config_commit) == ({}, 0, None)
    assert state.applied.salt == intent.applied.salt


def test_a_record_that_moved_on(inside: Folder) -> None:
    """A plan made before another apply was recorded can't begin: it must be made again."""
    stale, record, commit = inside.record.read(), inside.record, inside.snapshot()
    inside.apply(create(WWW, a("www")))
    plan = plan_of(create(MX, a("mx")))
    with pytest.raises(LockedError, match="recorded in the meantime"):
        record.begin(stale, plan, Keys("n", {MX: "k"}), commit, who(), inside.clock)
    assert set(inside.record.read().applied.state) == {WWW}


def test_a_race_that_is_lost(inside: Folder) -> None:
    """Who loses the race for the branch learns who won it."""
    before, commit = inside.record.read(), inside.snapshot()
    inside.begin(plan_of(create(WWW, a("www"))), by=who(name="Winner"))
    with pytest.raises(LockedError, match="Winner on"):
        inside.record.begin(before, plan_of(create(MX, a("mx"))), Keys("n", {MX: "k"}), commit, who(), inside.clock)


RACER = """
import sys, time
from pathlib import Path
from record.world import Folder, a, create, who
from hand_made import plan_of
from reconciler.record.writing import Keys
from reconciler.model.errors import LockedError
folder, number = Folder(Path(sys.argv[1])), sys.argv[2]
folder.clock.nonces = 1000 * int(number)
record, commit, plan = folder.record, sys.argv[3], plan_of(create("record/example.org/www/A", a("www")))
state = record.read()
print("ready", flush=True)
sys.stdin.readline()
try:
    record.begin(state, plan, Keys("n", {c.address: "k" for c in plan.changes}), commit, who(name=number), folder.clock)
    print("won")
except LockedError as error:
    print("locked" if "process" in str(error) else "late")
"""


def test_twenty_at_once(inside: Folder, repo: Repository) -> None:
    """Of twenty processes that begin at once exactly one does; the others are told who holds it."""
    commit = inside.snapshot()
    tests = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", RACER, str(inside.path)]
    environ = {**os.environ, "PYTHONPATH": tests}
    racers = [
        subprocess.Popen([*command, str(n), commit], stdin=-1, stdout=-1, text=True, env=environ) for n in range(20)
    ]
    for racer in racers:
        assert racer.stdout and racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    results = [racer.communicate()[0].strip() for racer in racers]
    assert sorted(results) == ["locked"] * 19 + ["won"]
    pending = inside.record.read().pending
    assert pending and pending.who == str(results.index("won"))
    assert repo.git("rev-list", "--count", "--first-parent", REF) == "2"


KILLED = """
import os, signal, sys
from pathlib import Path
from record.world import Folder, a, create
from hand_made import plan_of
Folder(Path(sys.argv[1])).begin(plan_of(create("record/example.org/www/A", a("www"))))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_between_intent_and_outcome(folder: Folder) -> None:
    """A program killed after its intent leaves the lock; on its host the next one sees that it is gone, and resumes."""
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder.path)], env=environ, check=False)
    assert done.returncode < 0
    with pytest.raises(LockedError):
        folder.begin(plan_of(create(MX, a("mx"))))
    pending = folder.record.read().pending
    assert pending is not None
    assert is_gone(pending.holder, this_machine())
    receipt = folder.record.finish(taken(folder), (own(WWW, a("www")),), (), desired(), folder.clock)
    assert (receipt.number, receipt.who, receipt.holder.who) == (1, "Erika", "Max")
    assert folder.apply(create(MX, a("mx"))).number == 2
    assert set(folder.record.read().applied.state) == {WWW, MX}


def test_whose_end_can_be_seen() -> None:
    """A process is provably gone on its own machine only; a host of the same name proves nothing."""
    here = this_machine()
    assert is_gone(_holder(machine=here).holder, here)
    assert not is_gone(_holder(machine="another").holder, here)
    assert not is_gone(_holder().holder, "")


def test_a_holder_that_lives() -> None:
    """A living process may still write, also one of another user; one with our own number was before us."""
    here = this_machine()
    assert not is_gone(_holder(machine=here, pid=os.getppid()).holder, here)
    assert not is_gone(_holder(machine=here, pid=1).holder, here)
    assert is_gone(_holder(machine=here, pid=os.getpid()).holder, here)


def test_a_takeover_is_an_intent_of_its_own(folder: Folder) -> None:
    """It tells who goes on, keeps the keys and what was applied before, and is what the next one meets."""
    folder.apply(create(OLD, a("old")))
    before = folder.record.read().applied
    folder.begin(plan_of(create(WWW, a("www")), delete(OLD, a("old"))))
    taken(folder)
    state = folder.record.read()
    assert state.pending is not None
    assert [step.key for step in state.pending.steps] == [f"key of {WWW}", f"key of {OLD}"]
    assert (state.applied.state, state.applied.config_commit) == (before.state, before.config_commit)
    with pytest.raises(LockedError, match=r"Apply 2 .* was taken over and has not ended: Max on "):
        folder.begin(plan_of(create(MX, a("mx"))))
    taken(folder, "Moritz")
    again = folder.record.read()
    assert again.pending is not None and [one.who for one in again.pending.taken] == ["Max", "Moritz"]
    assert again.applied.config_commit == before.config_commit


def test_only_one_takes_over(folder: Folder) -> None:
    """Of two who see the same interrupted apply one takes it over; the other learns who did."""
    folder.begin(plan_of(create(WWW, a("www"))))
    seen = folder.record.read()
    taken(folder)
    with pytest.raises(LockedError, match="Max on"):
        folder.record.take_over(seen, who(name="Moritz"), "", folder.clock)


def test_nobody_takes_over_what_has_ended(folder: Folder) -> None:
    """Who comes late finds nothing to take over, and has written nothing."""
    intent = folder.begin(plan_of(create(WWW, a("www"))))
    seen = folder.record.read()
    folder.record.finish(intent, (), (), desired(), folder.clock)
    head = folder.git().read_ref(REF)
    for state in (seen, folder.record.read()):
        with pytest.raises(LockedError, match="in the meantime"):
            folder.record.take_over(state, who(), "", folder.clock)
    assert folder.git().read_ref(REF) == head


def test_who_was_taken_over_records_nothing(folder: Folder) -> None:
    """A holder that wakes up after a takeover can't write its outcome, and says whose the apply is now: exit 6."""
    intent = folder.begin(plan_of(create(WWW, a("www"))))
    taken(folder)
    head = folder.git().read_ref(REF)
    with pytest.raises(PartialError, match=r"taken over.*Max on") as stopped:
        folder.record.finish(intent, (own(WWW, a("www")),), (), desired(), folder.clock)
    assert stopped.value.exit_code == 6
    assert folder.git().read_ref(REF) == head


def test_verdicts_of_reading_back(folder: Folder) -> None:
    """The outcome holds what was sent and what was read back; only what is done advances."""
    sent = create(MX, a("mx"))
    folder.begin(plan_of(create(WWW, a("www")), sent, create(OLD, a("old"))))
    found = {WWW: ReadBack(Status.DONE), OLD: ReadBack(Status.UNKNOWN, "It can't be read.")}
    outcomes = (Outcome(sent, Status.DONE),)
    notes = (own(WWW, a("www")),)
    receipt = folder.record.finish(taken(folder), notes, outcomes, desired(), folder.clock, found)
    assert [(s.status, s.detail) for s in receipt.steps] == [
        ("done", ""),
        ("done", ""),
        ("unknown", "It can't be read."),
    ]
    assert set(folder.record.read().applied.state) == {WWW, MX}


def test_who_only_reads_is_told(folder: Folder) -> None:
    """Reading says that an apply is under way, whose and for how long, and stops nobody."""
    assert folder.record.read().at_work(folder.clock.now()) == ""
    folder.begin(plan_of(create(WWW, a("www"))), by=who(name="E\x1b[2J", host="ci"))
    told = folder.record.read().at_work(folder.clock.now())
    assert re.match(r"apply 1 has been under way for 1 minute \(E\S+ on ci\)$", told) and told.isprintable()


def _holder(**given: object) -> Receipt:
    values = {
        "number": 12,
        "phase": "intent",
        "account": "K-1",
        "origin": "o",
        "seal": "s",
        "context": "c",
        "nonce": "n",
    }
    values |= {"who": "Erika", "host": "ci-1", "pid": GONE, "started": "2026-11-24T12:00:00+00:00"}
    return Receipt(**{**values, "config_commit": "1" * 40, "version": "0", **given})  # type: ignore[arg-type]  # names as in Receipt


@pytest.mark.parametrize(
    ("later", "age"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=20), "20 days"),
        (-timedelta(hours=1), "0 seconds"),
    ],
)
def test_age(later: timedelta, age: str) -> None:
    """The age is told in the largest whole unit; a clock that is behind makes it nothing."""
    message, _ = describe_holder(_holder(), datetime(2026, 11, 24, 12, tzinfo=UTC) + later)
    assert message == f"Apply 12 of account K-1 has begun and not ended: Erika on ci-1, process {GONE}, {age} ago."


def test_hostile_holders() -> None:
    """Whatever stands in the intent is harmless as text, and a time that is none isn't an error."""
    hostile = _holder(who="E\x1b[2J", host="h\u202e", run_url="u\n", started="yesterday")
    message, _ = describe_holder(hostile, datetime(2026, 11, 24, tzinfo=UTC))
    assert message.isascii() and message.isprintable() and "an unknown time ago" in message
