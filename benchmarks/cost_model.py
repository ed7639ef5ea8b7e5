"""What a zone, a record set, a change and a round trip cost: fitted to points, checked against one held back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from experiments import Scale
from fitting import Model, Point, fit
from results import Measured, Results

#: The model's promise: a size that it wasn't fitted to costs what it says, within this part.
WITHIN = 0.20


@dataclass(frozen=True)
class Fitted:
    """A model of one kind of run, the points that it is fitted to, and the one that was held back."""

    what: str
    unit: str
    model: Model
    points: Mapping[str, Point]
    held_back: tuple[str, Point] | None

    @property
    def error(self) -> float | None:
        """By which part it is off at the size that was held back."""
        return self.model.error(self.held_back[1]) if self.held_back else None


def models(results: Results, scale: Scale) -> Iterator[Fitted]:
    """Return each model for which enough was measured."""
    plan, apply = f"plan-1x{scale.held_back}", f"apply-1x{scale.held_back}"
    for series in ("cold", "warm"):
        points = _points(results, "plan-", partial(_of_plan, series))
        yield from _fitted(f"{series} plan", "CPU s", ("zones", "records"), points, plan)
    yield from _fitted("apply", "CPU s", ("records", "changes"), _points(results, "apply-1x", _of_apply), apply)
    if found := results.experiments.get("http"):
        yield from _fitted("warm plan over HTTP", "s", ("round trips' seconds",), _of_http(found), "100 ms")


def _points(results: Results, beginning: str, point: Callable[[str, Measured], Point | None]) -> Mapping[str, Point]:
    made = {name: point(name, found) for name, found in results.experiments.items() if name.startswith(beginning)}
    return {name: found for name, found in made.items() if found}


def _shape(name: str) -> tuple[int, int]:
    zones, records = name.split("-")[1].split("x")
    return int(zones), int(records)


def _of_plan(series: str, name: str, found: Measured) -> Point | None:
    zones, records = _shape(name)
    cost = found.median(series)
    return Point({"zones": zones, "records": zones * records}, cost) if cost else None


def _of_apply(name: str, found: Measured) -> Point | None:
    _, records = _shape(name)
    cost = found.median("apply")
    return Point({"records": records, "changes": found.facts["changes"]}, cost) if cost else None


def _of_http(found: Measured) -> Mapping[str, Point]:
    """Return the time by the clock, by the seconds that each round trip waits."""
    walls = {0: "warm, 0 ms", 20: "warm", 100: "warm, 100 ms", 200: "warm, 200 ms"}
    made = {delay: found.median(series, "wall") for delay, series in walls.items()}
    return {f"{d} ms": Point({"round trips' seconds": d / 1000}, wall) for d, wall in made.items() if wall}


def _fitted(
    what: str, unit: str, sorts: tuple[str, ...], points: Mapping[str, Point], held_back: str
) -> Iterator[Fitted]:
    used = {name: point for name, point in points.items() if name != held_back}
    if len(used) > len(sorts):
        kept = (held_back, points[held_back]) if held_back in points else None
        yield Fitted(what, unit, fit(tuple(used.values()), sorts), used, kept)
