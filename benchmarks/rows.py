"""The rows of the table: what each compares, and what it is to reach; the figures come from the experiments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import peers
from experiments import FULL, Scale
from results import Measured, Results, paired
from workloads import Workload


@dataclass(frozen=True)
class Goal:
    """What a row is to reach, and what would be beyond that; ``least`` where more is better."""

    reach: float
    beyond: float | None = None
    least: bool = False

    def verdict(self, value: float) -> str:
        """Say how a value stands to it."""
        if self.beyond is not None and self._keeps(value, self.beyond):
            return "beyond"
        if self._keeps(value, self.reach):
            return "reached"
        off = self.reach / value if self.least else value / self.reach if self.reach else value
        return f"missed by ×{off:.2f}"

    def _keeps(self, value: float, bound: float) -> bool:
        return value >= bound if self.least else value <= bound


@dataclass(frozen=True)
class Cells:
    """What a row shows: ours, the peer's and the floor's cost in ``unit``, and the ``value`` that the goal is about."""

    value: float
    ours: Sequence[float] = ()
    peer: Sequence[float] = ()
    floor: Sequence[float] = ()
    unit: str = "s"
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One row: what it is called, what is compared, and its goal, where the task sets one for this size."""

    title: str
    form: str
    cells: Callable[[Results], Cells | None]
    goal: Goal | None = None


def ratio(title: str, experiment: str, series: str, goal: Goal | None, peer: str = "octoDNS", floor: str = "") -> Row:
    """Return a row of CPU seconds beside a peer's, run by run."""

    def cells(results: Results) -> Cells | None:
        found = results.experiments.get(experiment, Measured())
        value = found.ratio(series, peer)
        ours, other, least = (found.column(name) for name in (series, peer, floor or f"floor {series}"))
        left = found.facts.get("left by octoDNS")
        note = f"octoDNS left {left:.0f} record sets as they were" if left else ""
        return None if value is None else Cells(value, ours, other, least, note=note)

    return Row(title, "ratio", cells, goal)


def memory(title: str, experiment: str, series: str, goal: Goal) -> Row:
    """Return a row of peak memory beside octoDNS's."""

    def cells(results: Results) -> Cells | None:
        found = results.experiments.get(experiment, Measured())
        value = found.ratio(series, "octoDNS", "peak")
        ours, peer, floor = (found.column(name, "peak") for name in (series, "octoDNS", f"floor {series}"))
        return None if value is None else Cells(value, ours, peer, floor, unit="MiB")

    return Row(title, "ratio", cells, goal)


def growth(title: str, smaller: str, larger: str, series: str, goal: Goal) -> Row:
    """Return a row of how a cost grows from one size to another, ours and the peer's."""

    def cells(results: Results) -> Cells | None:
        small, large = (results.experiments.get(name, Measured()) for name in (smaller, larger))
        grown = {}
        for name in (series, "octoDNS", f"floor {series}"):
            before, after = small.median(name), large.median(name)
            grown[name] = [after / before] if before and after else []
        ours, peer, floor = grown.values()
        return Cells(ours[0], ours, peer, floor, unit="×") if ours else None

    return Row(title, "growth", cells, goal)


def beside_terraform(size: int, goal: Goal | None, series: str = "cold") -> Row:
    """Return a row of a plan of everything beside Terraform's of as many resources."""

    def cells(results: Results) -> Cells | None:
        found = results.experiments.get(f"all-{size}", Measured())
        peer, note = found.column("Terraform"), ""
        if not peer:
            peer, note = [peers.TERRAFORM_ELSEWHERE[size]], "Terraform's figure is from another machine"
        values = paired(found.column(series), peer)
        return Cells(sorted(values)[len(values) // 2], found.column(series), peer, note=note) if values else None

    return Row(f"{series} plan of {size:,} resources of all kinds, embedded", "ratio", cells, goal)


def per_change(found: Measured) -> float | None:
    """Return what one change more costs in an apply, in CPU seconds."""
    with_changes, without = found.median("apply"), found.median("apply of nothing")
    return max(1e-6, (with_changes - without) / found.facts["changes"]) if with_changes and without else None


def growth_per_change(smaller: int, larger: int) -> Row:
    """Return the row of how the cost of one change grows with the account."""

    def cells(results: Results) -> Cells | None:
        small, large = (per_change(results.experiments.get(f"all-{n}", Measured())) for n in (smaller, larger))
        return Cells(large / small, [large / small], unit="×") if small and large else None

    title = f"cost of a change in apply, {smaller:,} → {larger:,} resources"
    return Row(title, "growth", cells, Goal(1.3))


def throughput(title: str, sender: str, goal: Goal | None) -> Row:
    """Return a row of record sets a second that our writer brings into a zone, beside a sender that only sends."""

    def cells(results: Results) -> Cells | None:
        facts = results.experiments.get("updates", Measured()).facts
        return Cells(facts[f"share of {sender}"], [facts["writer"]], [facts[sender]], unit="/s") if facts else None

    return Row(title, "ratio", cells, goal)


def number(
    title: str, experiment: str, value: Callable[[dict[str, float]], float], goal: Goal, form: str = "count"
) -> Row:
    """Return a row of something counted."""

    def cells(results: Results) -> Cells | None:
        found = results.experiments.get(experiment)
        return Cells(value(found.facts), [value(found.facts)], unit="") if found else None

    return Row(title, form, cells, goal)


#: What the task asks of each plan, by experiment and series: the ratio to octoDNS's CPU seconds.
_GOALS = {
    ("plan-1x100000", "cold"): Goal(0.06, 0.04),
    ("plan-1x10000", "cold"): Goal(0.07, 0.045),
    ("plan-1x1000", "cold"): Goal(0.30, 0.18),
    ("plan-1000x100", "cold"): Goal(0.06, 0.045),
    ("changed-1x100000", "changed"): Goal(0.012, 0.008),
    ("plan-1x100000", "warm"): Goal(0.003, 0.0015),
    ("plan-1000x100", "warm"): Goal(0.005, 0.003),
    ("commit-1000x100", "commit"): Goal(0.007, 0.004),
    ("apply-1x100000", "apply"): Goal(0.02, 0.012),
}
_TERRAFORM_GOALS = {1_000: Goal(0.15), 10_000: Goal(0.04)}


def rows(scale: Scale) -> tuple[Row, ...]:
    """Return the rows of a scale, in the order of the table."""
    large, many = scale.large, Workload(scale.many, 100)
    sizes = sorted(scale.zones_of, reverse=True)

    def plan(title: str, experiment: str, series: str) -> Row:
        return ratio(title, experiment, series, _GOALS.get((experiment, series)))

    found = [plan(f"cold plan, 1 × {n:,} record sets", f"plan-1x{n}", "cold") for n in sizes]
    found += [
        plan(f"cold plan, {many.zones:,} × 100", f"plan-{many.name}", "cold"),
        plan(f"configuration cached, live zone changed, 1 × {large.records:,}", f"changed-{large.name}", "changed"),
        *(plan(f"warm plan, nothing changed, 1 × {n:,}", f"plan-1x{n}", "warm") for n in sizes),
        plan(f"warm plan, {many.zones:,} × 100", f"plan-{many.name}", "warm"),
        ratio(
            f"plan of a commit that touches 10 of {many.zones:,} zones",
            f"commit-{many.name}",
            "commit",
            _GOALS.get((f"commit-{many.name}", "commit")),
            floor="floor warm",
        ),
        plan(f"apply 1 % of {large.records:,}", f"apply-{large.name}", "apply"),
        throughput("update throughput in one zone, of a sender of full messages", "sender", Goal(0.7, 0.9, least=True)),
        throughput("the same, of a sender that demands as much of the zone", "sender that demands", None),
        ratio("start-up, `--version`", "start", "ours --version", Goal(0.2, 0.15), "octoDNS --version"),
        ratio("start-up, `--help`", "start", "ours --help", Goal(0.5, 0.4), "octoDNS --help"),
    ]
    if scale is FULL:
        found += [
            memory("peak memory, 1 × 100,000, cold", "plan-1x100000", "cold", Goal(0.25)),
            memory("peak memory, 1 × 100,000, configuration cached", "changed-1x100000", "changed", Goal(0.18)),
            growth("growth of a cold plan, 10,000 → 100,000", "plan-1x10000", "plan-1x100000", "cold", Goal(10.5)),
            growth("growth of a warm plan, 1,000 → 100,000", "plan-1x1000", "plan-1x100000", "warm", Goal(2)),
            growth_per_change(1_000, 10_000),
        ]
    for size in scale.everything:
        found += [beside_terraform(size, _TERRAFORM_GOALS[size]), beside_terraform(size, None, "warm")]
    return (*found, *_over_http(scale.http))


def _over_http(size: int) -> tuple[Row, ...]:
    def changes(facts: dict[str, float]) -> float:
        readings = 2 * facts["warm: requests"]
        return max(facts["apply: writes"], facts["apply: requests"] - readings) / facts["apply: changes"]

    return (
        number(
            f"HTTP, plan of {size:,} resources: requests beside one per page and kind",
            "http",
            lambda f: f["cold: requests"] - f["cold: pages"],
            Goal(3),
        ),
        number(
            "HTTP, warm plan: collections asked for without a condition",
            "http",
            lambda f: f["warm: unconditional"],
            Goal(0),
        ),
        number("HTTP, requests per applied change", "http", changes, Goal(1.1)),
        number(
            "HTTP, requests refused for their rate", "http", lambda f: f["cold: refused"] + f["warm: refused"], Goal(0)
        ),
    )
