"""The account under several processes, and under a process that dies."""

import subprocess
import sys
from pathlib import Path

import pytest

from accounts import Account

HERE = Path(__file__).resolve().parent.parent

#: Kills itself before its n-th SQL statement, as `kill -9` would; 0 lets it live, and it says how many there were.
DIE = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from accounts import Account

account, left = Account(Path(sys.argv[1])), int(sys.argv[3])
batch = [account.create("zone/example.org")]
batch += [account.create(f"record/example.org/h{n}/A", value="203.0.113.10") for n in range(400)]

def count(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

account.booked()
account.store._connection.set_trace_callback(count)
account.write(*batch)
print(-left)
"""

#: Adds one to a mailbox's name, again and again, each time bound to the name and version that it read.
COUNT = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
import accounts
from accounts import Account, some
from reconciler.model.outcome import Status

account, info, won = Account(Path(sys.argv[1]), timeout=30), "mailbox/info@example.org", 0
accounts._KEYS = iter(f"{sys.argv[3]}-{n}" for n in range(10**6))
while won < 25:
    contents = account.store.read()
    name = dict(contents.state[info])["name"]
    after = some(name=str(int(name) + 1))
    write = account.update(info, some(name=name), after, version=contents.versions[info])
    (answer,) = account.write(write)
    assert answer.status in (Status.DONE, Status.CONFLICT), answer
    won += answer.status is Status.DONE
account.store.close()
"""


def _start(script: str, *args: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", script, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.9, 1.0])
def test_a_process_that_is_killed_leaves_all_or_nothing(tmp_path: Path, part: float) -> None:
    """Wherever it dies in a batch, up to its COMMIT, the file is as before, is read at once, and takes the batch."""
    statements = _lives(tmp_path / "other.db")
    path = tmp_path / "account.db"
    Account(path).booked().store.close()
    before = Account(path).state
    died = _start(DIE, path, HERE, 1 + round(part * (statements - 1)))
    out, err = died.communicate(timeout=60)
    assert (died.returncode, out, err) == (-9, "", "")
    assert Account(path).state == before
    _lives(path)
    assert len([a for a in Account(path).state if a.startswith("record")]) == 400


def _lives(path: Path) -> int:
    """Carry out the batch and return how many SQL statements that took."""
    Account(path).booked().store.close()
    process = _start(DIE, path, HERE, 0)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    return int(out)


def test_a_commit_outlives_its_process(tmp_path: Path) -> None:
    """What was answered `done` is there, though the process died before it closed the file."""
    path = tmp_path / "account.db"
    script = DIE.replace("print(-left)", "os.kill(os.getpid(), signal.SIGKILL)")
    died = _start(script, path, HERE, 0)
    died.communicate(timeout=60)
    assert died.returncode == -9
    assert len([a for a in Account(path).state if a.startswith("record")]) == 400


def test_two_processes_never_overwrite_each_other(account: Account) -> None:
    """Both add 25 to one number, each write bound to what it read: no addition is lost."""
    account.done(account.create("mailbox/info@example.org", name="0"))
    account.store.close()
    both = [_start(COUNT, account.path, HERE, name) for name in ("one", "two")]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out, err) == (0, "", "")
    assert dict(account.state["mailbox/info@example.org"])["name"] == "50"


def test_two_processes_may_create_the_account_at_once(tmp_path: Path) -> None:
    """One makes the tables, the other finds them."""
    path = tmp_path / "account.db"
    script = "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; from accounts import Account\n"
    script += "Account(Path(sys.argv[1]), timeout=30).booked(sys.argv[3])"
    domains = [f"d{n}.example" for n in range(4)]
    for process in [_start(script, path, HERE, domain) for domain in domains]:
        assert process.communicate(timeout=60) == ("", "")
    assert {f"mail_domain/{domain}" for domain in domains} <= Account(path).state.keys()
