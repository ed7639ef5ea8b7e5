"""A row is measured on a real account, a real server and the real peer, and only if what was timed is right."""

from collections.abc import Iterator
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

SMALL = Workload(2, 20)


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty place for workloads."""
    with pytest.MonkeyPatch.context() as changed:
        place = tmp_path_factory.mktemp("bench")
        for module in (workloads, trial):
            changed.setattr(module, "PLACE", place)
        yield place


def test_a_plan_is_timed_beside_octodns_and_the_floor() -> None:
    """Ours, cold and warm, the peer's and the floor's: each is run, and ours says what ``--full`` says."""
    found = dns_rows.plans(SMALL, Times(1, 1))
    assert set(found.series) == {"octoDNS", "cold", "warm", "floor cold", "floor warm"}
    assert all(cost > 0 for name in found.series for cost in found.column(name))


def test_an_apply_is_timed_only_if_nothing_is_left_afterwards() -> None:
    """One in ten record sets changes, and the record and the server agree with the files when it is done."""
    found = dns_rows.apply(SMALL, Times(1, 0), every=10)
    assert found.facts["changes"] == 4
    assert len(found.column("apply")) == len(found.column("plan")) == 1


def test_what_a_writer_brings_into_a_zone_is_compared_with_what_can_be_sent() -> None:
    """Both bring in as many record sets, over the wire, which the server answers for."""
    facts = dns_rows.updates(SMALL, count=30, turns=1).facts
    assert facts["share of sender"] == pytest.approx(facts["writer"] / facts["sender"])


@pytest.mark.parametrize(
    ("times", "order"),
    [(Times(5, 1), "oopooo"), (Times(5, 3), "poopoopo"), (Times(2, 2), "popo"), (Times(3, 0), "ooo")],
)
def test_a_peer_runs_among_ours(times: Times, order: str) -> None:
    """So a machine that becomes slower or faster meanwhile does so for both."""
    said: list[str] = []
    times.each(lambda _: said.append("o"), lambda: said.append("p"))
    assert "".join(said) == order


def test_a_cache_is_put_aside_for_a_cold_plan(tmp_path: Path) -> None:
    """It is empty then, as often as that is asked for, and becomes again what it was when it was remembered."""
    there, file = Trial(tmp_path), tmp_path / "cache" / "index"
    for text in ("one", "other"):
        there.forget()
        assert not file.exists()
        file.parent.mkdir()
        file.write_text(text)
    there.keep()
    there.recall()
    assert file.read_text() == "other"


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
