"""A row is measured on a real account, a real server and the real peer, and only if what was timed is right."""

from pathlib import Path

import dns_rows
import pytest
import trial
import workloads
from dns_rows import Times
from measuring import BenchError, Command, Sample, measured
from peers import terraform
from trial import Trial
from workloads import Workload


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for workloads."""
    for module in (workloads, trial):
        monkeypatch.setattr(module, "PLACE", tmp_path)
    return tmp_path


def test_a_plan_is_timed_beside_octodns_and_the_floor(place: Path) -> None:
    """Ours, cold and warm, the peer's and the floor's: each is run, and ours says what ``--full`` says."""
    found = dns_rows.plans(Workload(2, 20), Times(1, 1))
    assert set(found.series) == {"octoDNS", "cold", "warm", "floor cold", "floor warm"}
    assert all(cost > 0 for name in found.series for cost in found.column(name))


def test_a_timed_plan_that_says_something_else_is_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fast wrong answer isn't fast."""
    said = {
        "plan --json": '{"changes": []}',
        "plan --json --full": '{"changes": []}',
        "plan --full": "Read\n\nNo changes.\n",
    }
    monkeypatch.setattr(Trial, "run", lambda self, *words: Sample(1, 1, 1, said[" ".join(words)]))
    Trial(tmp_path).prove([Sample(1, 1, 1, "Proven otherwise\n\nNo changes.\n")])
    with pytest.raises(BenchError, match="isn't that of --full"):
        Trial(tmp_path).prove([Sample(1, 1, 1, "Read\n\nPlan: 1 to add.\n")])
    said["plan --json"] = '{"changes": [1]}'
    with pytest.raises(BenchError, match="in changes"):
        Trial(tmp_path).prove([Sample(1, 1, 1, "Read\n\nNo changes.\n")])


def test_a_command_that_fails_is_no_figure(tmp_path: Path) -> None:
    """What it printed is told, and nothing is counted."""
    with pytest.raises(BenchError, match=r"(?s)exit 3.*why"):
        measured(Command(["bash", "-c", "echo why >&2; exit 3"], tmp_path, {"PATH": "/bin:/usr/bin"}))


def test_terraform_is_left_out_where_it_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the figures that the task was given stand in, marked as such."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert terraform(10, tmp_path, {}) is None
