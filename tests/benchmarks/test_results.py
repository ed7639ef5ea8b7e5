"""What was measured is kept run by run, and judged against what the task asks."""

from pathlib import Path

import pytest
from experiments import FULL, QUICK, experiments
from measuring import BenchError, Sample
from page import comparison, profile, tables, write
from peers import differing
from profiles import room_of
from results import Measured, Results, paired
from rows import Goal, rows
from run import chosen

PARTS = ("machine", "table", "spread", "model", "profile")
MARKS = "\n".join(f"<!-- bench: {name} -->\nformer\n<!-- end -->\nbetween" for name in PARTS)


def sample(cpu: float, peak: float = 100.0) -> Sample:
    """Return what a process cost."""
    return Sample(cpu, cpu, peak)


def measured(**series: tuple[float, ...]) -> Measured:
    """Return an experiment with these CPU seconds."""
    found = Measured()
    for name, costs in series.items():
        for cost in costs:
            found.add(name, sample(cost))
    return found


def test_ratios_are_taken_run_by_run() -> None:
    """A machine that was slow for a while was slow for both."""
    found = measured(cold=(1.0, 3.0, 1.0), octoDNS=(10.0, 30.0, 10.0))
    assert found.ratio("cold", "octoDNS") == pytest.approx(0.1)


def test_a_peer_that_ran_once_stands_beside_each_run_of_ours() -> None:
    """octoDNS takes minutes where ours takes a second."""
    assert paired([1.0, 2.0, 3.0], [10.0]) == [0.1, 0.2, 0.3]
    assert paired([1.0], []) == []


def test_experiments_are_kept_one_by_one(tmp_path: Path) -> None:
    """A run that was broken off goes on with what is missing; the rest stays."""
    path = tmp_path / "figures.json"
    Results.of(path).put("start", measured(ours=(0.1,)), {"text": "then"})
    later = Results.of(path)
    later.put("http", Measured(facts={"requests": 3}), {"text": "now"})
    found = Results.of(path)
    assert found.experiments["start"].column("ours") == [0.1]
    assert found.experiments["http"].facts == {"requests": 3}
    assert {name: about["text"] for name, about in found.about.items()} == {"start": "then", "http": "now"}


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (Goal(0.06, 0.04), 0.04, "beyond"),
        (Goal(0.06, 0.04), 0.06, "reached"),
        (Goal(0.06, 0.04), 0.12, "missed by ×2.00"),
        (Goal(0.06), 0.01, "reached"),
        (Goal(0.7, 0.9, least=True), 0.95, "beyond"),
        (Goal(0.7, 0.9, least=True), 0.7, "reached"),
        (Goal(0.7, 0.9, least=True), 0.35, "missed by ×2.00"),
        (Goal(0), 0, "reached"),
        (Goal(0), 3, "missed by ×3.00"),
    ],
)
def test_a_row_says_how_it_stands_to_its_goal(goal: Goal, value: float, verdict: str) -> None:
    """Reached, beyond, or by how much it is missed: no figure is left without a word."""
    assert goal.verdict(value) == verdict


def test_each_row_of_the_task_has_a_goal_and_an_experiment() -> None:
    """No row can be forgotten: at full size all are there, and what isn't measured is said to be so."""
    shown = rows(FULL)
    assert len([row for row in shown if row.goal]) >= 22
    text = comparison(Results(Path("none")), shown)
    assert text.count("not measured") == len(shown)


def test_the_page_is_written_between_its_marks_only(tmp_path: Path) -> None:
    """What people wrote around the figures stays."""
    page, results = tmp_path / "page.md", Results(tmp_path / "figures.json")
    page.write_text(MARKS)
    results.put("plan-1x1000", measured(cold=(0.3, 0.3), octoDNS=(1.0, 1.0)), {"text": "today, here."})
    write(tables(results, FULL), page)
    text = page.read_text()
    assert text.count("between") == 5
    assert "former" not in text
    assert "| cold plan, 1 × 1,000 record sets | 1 s |  | 0.3 s | 0.3 to 0.3 | 0.3 | ≤ 0.3 | ≤ 0.18 | reached |" in text
    assert "today, here." in text


def test_a_page_without_a_mark_is_refused(tmp_path: Path) -> None:
    """Figures don't get lost silently."""
    page = tmp_path / "page.md"
    page.write_text("nothing")
    with pytest.raises(ValueError, match="no place for the part"):
        write({"table": "x"}, page)


def test_experiments_are_chosen_by_their_beginning() -> None:
    """``ROWS="plan-1x"`` is all plans of one zone; a name that doesn't exist is refused, with those that do."""
    known = experiments(FULL)
    assert set(chosen(known, ["plan-1x", "start"])) == {"start", *(n for n in known if n.startswith("plan-1x"))}
    assert set(chosen(known, ["plan-1x1000"])) == {"plan-1x1000"}
    assert chosen(known, []) == known
    with pytest.raises(SystemExit, match="No experiment begins with plam"):
        chosen(known, ["plam"])


@pytest.mark.parametrize("scale", [FULL, QUICK])
def test_what_the_model_needs_is_measured(scale: object) -> None:
    """The size that is held back is one of the experiments, and none of those that a row needs is missing."""
    known = experiments(scale)
    assert f"plan-1x{scale.held_back}" in known
    assert f"apply-1x{scale.held_back}" in known


def test_a_profile_is_told_by_room_and_library() -> None:
    """Whoever asks why a plan takes its time finds the room to look into."""
    assert room_of("/x/site-packages/reconciler/load/plain_zone.py") == "reconciler/load"
    assert room_of("/x/site-packages/yaml/events.py") == "yaml"
    assert room_of("<frozen importlib._bootstrap>") == "importing"
    assert room_of("/usr/lib/python3.11/re/_parser.py") == "Python's library"


def test_the_rooms_come_with_the_dearest_first(tmp_path: Path) -> None:
    """Parts of the cold and of the warm plan stand side by side."""
    facts = {"cold: reconciler/load": 0.6, "warm: reconciler/load": 0.1, "cold: yaml": 0.4, "warm: importing": 0.9}
    results = Results(tmp_path / "none", {"profile-1x100000": Measured(facts=facts)})
    lines = profile(results, FULL).splitlines()[2:]
    assert lines == ["| importing | 0% | 90% |", "| reconciler/load | 60% | 10% |", "| yaml | 40% | 0% |"]


def test_what_octodns_leaves_undone_is_counted_and_told(tmp_path: Path) -> None:
    """Its cost counts all the same; a reader has to know that it did less."""
    found = measured(apply=(2.0,), octoDNS=(100.0,))
    found.facts["left by octoDNS"] = differing("1 zones, 10 record sets differ\n")
    results = Results(tmp_path / "figures.json", {"apply-1x100000": found})
    assert "octoDNS left 10 record sets as they were." in comparison(results, rows(FULL))
    with pytest.raises(BenchError, match="Killed"):
        differing("Killed")
