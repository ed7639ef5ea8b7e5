"""An intent without an outcome is the lock: one apply at a time, and everybody learns whose it is."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hand_made import fields, plan_of
from program import Repository
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.errors import LockedError
from reconciler.model.fields import SecretVersion
from reconciler.model.plan import Note, Plan
from reconciler.model.receipt import Receipt
from reconciler.record.holder import describe_holder, is_running
from reconciler.record.record import Keys
from record.world import REF, Folder, a, create, delete, desired, own, update, who

WWW, MX, OLD = "record/example.org/www/A", "record/example.org/mx/A", "record/example.org/old/A"
GONE = 2**22 + 1  # above the largest process number that Linux gives


def resumed(folder: Folder, again: Plan) -> Receipt:
    """Return the receipt of an apply that is finished from a plan made again."""
    receipt = folder.record.resume(folder.record.read(), again, desired(), folder.clock)
    assert receipt is not None
    return receipt


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
from reconciler.record.record import Keys
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
    folder.record.demand_gone(pending, folder.clock.now())
    assert resumed(folder, plan_of(notes=(own(WWW, a("www")),))).number == 1
    assert folder.apply(create(MX, a("mx"))).number == 2
    assert set(folder.record.read().applied.state) == {WWW, MX}


def test_a_holder_that_was_killed(inside: Folder) -> None:
    """Once the holder's process is gone its own host knows it; any other host doesn't."""
    inside.begin(plan_of(create(WWW, a("www"))), by=who(pid=GONE))
    pending = inside.record.read().pending
    assert pending is not None
    inside.record.demand_gone(pending, inside.clock.now())
    assert not is_running(pending, pending.host)
    assert is_running(pending, "another-host")


def test_a_holder_that_lives(inside: Folder) -> None:
    """A living process may still write: nobody takes its apply over."""
    inside.begin(plan_of(create(WWW, a("www"))), by=who(pid=os.getppid()))
    pending = inside.record.read().pending
    assert pending is not None
    with pytest.raises(LockedError):
        inside.record.demand_gone(pending, inside.clock.now())
    assert is_running(_holder(pid=1), _holder().host)


def test_our_own_number() -> None:
    """A holder with our own process number was before us: numbers are given anew, as in a restarted container."""
    assert not is_running(_holder(pid=os.getpid()), _holder().host)


def test_resuming_what_was_done(folder: Folder) -> None:
    """After a crash, a plan made again tells what was done: that advances, with the interrupted apply's number."""
    folder.apply(create(OLD, a("old")))
    changes = create(WWW, a("www")), create(MX, a("mx")), delete(OLD, a("old"))
    folder.begin(plan_of(*changes), by=who(pid=GONE))
    again = plan_of(create(MX, a("mx")), notes=(own(WWW, a("www")), Note(OLD, Bookkeeping.DROP)))
    receipt = resumed(folder, again)
    state = folder.record.read()
    assert [step.status for step in receipt.steps] == ["done", "not done", "done"]
    assert (receipt.number, state.pending, set(state.applied.state)) == (2, None, {WWW})
    assert state.applied.provenance[WWW].receipt == 2


def test_resuming_before_anything_was_done(folder: Folder) -> None:
    """When nothing was done, nothing advances, and the next apply begins as usual."""
    changes = create(WWW, a("www")), create(MX, a("mx"))
    folder.begin(plan_of(*changes))
    assert [step.status for step in resumed(folder, plan_of(*changes)).steps] == ["not done"] * 2
    assert folder.record.read().applied.state == {}
    assert folder.apply(*changes).number == 2


def test_an_unconfirmed_secret_is_not_taken_as_written(folder: Folder) -> None:
    """A password whose write nobody confirmed stays planned, so that it is written again."""
    address = "mailbox/info@example.org"
    old, new = fields(password=SecretVersion(1)), fields(password=SecretVersion(2))
    folder.apply(create(address, old))
    folder.begin(plan_of(update(address, old, new)))
    resumed(folder, plan_of(update(address, old, new)))
    assert folder.record.read().applied.state[address] == old


def test_resuming_takes_over_nothing_else(folder: Folder) -> None:
    """What the interrupted apply didn't intend isn't taken into ownership on the way."""
    folder.begin(plan_of(create(WWW, a("www"))))
    resumed(folder, plan_of(notes=(own(WWW, a("www")), own(MX, a("mx")))))
    assert set(folder.record.read().applied.state) == {WWW}


def test_resuming_a_deleted_zone(folder: Folder) -> None:
    """The record sets of a zone that was deleted are dropped with it."""
    folder.apply(create("zone/example.org", fields()), create(WWW, a("www")))
    folder.begin(plan_of(delete("zone/example.org", fields())))
    gone = ("zone/example.org", WWW)
    resumed(folder, plan_of(notes=tuple(Note(address, Bookkeeping.DROP) for address in gone)))
    assert folder.record.read().applied.state == {}


def test_what_is_held_or_refused_now_is_not_done(folder: Folder) -> None:
    """A step that the new plan holds as drift or refuses wasn't done."""
    folder.begin(plan_of(create(WWW, a("www")), create(MX, a("mx"))))
    again = plan_of(drift=(create(WWW, a("www")),), refused=(create(MX, a("mx")),))
    assert [step.status for step in resumed(folder, again).steps] == ["not done"] * 2


def test_nothing_to_resume(folder: Folder) -> None:
    """Without a pending apply there is nothing to finish."""
    assert folder.record.resume(folder.record.read(), plan_of(), desired(), folder.clock) is None


def test_forgetting_is_repeated(folder: Folder) -> None:
    """What only the record would have learnt is planned again: nothing live tells that it was done."""
    folder.apply(create(WWW, a("www")))
    let_go = Change(WWW, Action.FORGET, Origin.ASKED, a("www"), None, seal="s")
    folder.begin(plan_of(let_go))
    assert [step.status for step in resumed(folder, plan_of(let_go)).steps] == ["not done"]
    assert set(folder.record.read().applied.state) == {WWW}


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
