"""Writes the figures into ``docs/performance.md``, between its marks, and prints the same tables."""

import re
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from cost_model import WITHIN, models
from experiments import Scale
from results import Measured, Results
from rows import Cells, Row, rows

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"


def tables(results: Results, scale: Scale) -> dict[str, str]:
    """Return each part of the page that is made from figures, by the name of its mark."""
    return {
        "machine": machine(results),
        "table": comparison(results, rows(scale)),
        "spread": spread(results),
        "model": model(results, scale),
        "profile": profile(results, scale),
    }


def write(parts: dict[str, str], page: Path = PAGE) -> None:
    """Put each part between its marks."""
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        marks = rf"(<!-- bench: {name} -->\n).*?(<!-- end -->)"
        places = re.fullmatch(rf"(.*){marks}(.*)", text, re.DOTALL)
        if places is None:
            raise ValueError(f"{page} has no place for the part {name}.")
        text = f"{places[1]}{places[2]}{part}\n{places[3]}{places[4]}"
    page.write_text(text, encoding="utf-8")


def comparison(results: Results, shown: Sequence[Row]) -> str:
    """Return the table of what was compared, with what each row was to reach."""
    lines = [
        "| what | peer | floor | ours | spread of ours | ratio | to reach | beyond | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    notes = []
    for row in shown:
        cells = row.cells(results)
        lines.append(_line(row, cells))
        if cells and cells.note and cells.note not in notes:
            notes.append(cells.note)
    return "\n".join([*lines, *(f"\n{note}." for note in notes)])


def _line(row: Row, cells: Cells | None) -> str:
    goal = row.goal
    sign = "≥" if goal and goal.least else "≤"
    aims = (
        [f"{sign} {bound:g}" if bound is not None else "" for bound in (goal.reach, goal.beyond)] if goal else ["", ""]
    )
    if cells is None:
        return f"| {row.title} | | | | | | {aims[0]} | {aims[1]} | not measured |"
    costs = [_cost(column, cells.unit) for column in (cells.peer, cells.floor, cells.ours)]
    spread = f"{_plain(min(cells.ours))} to {_plain(max(cells.ours))}" if len(cells.ours) > 1 else ""
    shown = _plain(cells.value) if row.form == "ratio" else ""
    verdict = goal.verdict(cells.value) if goal else ""
    return f"| {row.title} | {' | '.join(costs)} | {spread} | {shown} | {aims[0]} | {aims[1]} | {verdict} |"


def _cost(column: Sequence[float], unit: str) -> str:
    if not column:
        return ""
    text = _plain(statistics.median(column))
    return f"×{text}" if unit == "×" else f"{text} {unit}".strip()


def _plain(value: float) -> str:
    """Return a figure with three digits that say something."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def machine(results: Results) -> str:
    """Return when and on what was measured, and with which versions; each line once."""
    lines: dict[str, list[str]] = {}
    for name, about in sorted(results.about.items()):
        lines.setdefault(about["text"], []).append(name)
    only = len(lines) == 1
    return "\n\n".join(text if only else f"{text} ({', '.join(names)})" for text, names in lines.items())


def spread(results: Results) -> str:
    """Return every series: how often it ran, and its CPU seconds, time by the clock and memory."""
    lines = [
        "| experiment | series | runs | CPU s: least, median, most | clock s | peak MiB |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in sorted(results.experiments.items()):
        for series in found.series:
            cpu, wall, peak = (found.column(series, figure) for figure in ("cpu", "wall", "peak"))
            three = ", ".join(_plain(value) for value in (min(cpu), statistics.median(cpu), max(cpu)))
            rest = f"{_plain(statistics.median(wall))} | {_plain(max(peak))}"
            lines.append(f"| {name} | {series} | {len(cpu)} | {three} | {rest} |")
    return "\n".join(lines)


def model(results: Results, scale: Scale) -> str:
    """Return the cost model, and how far off it is at the sizes that were held back."""
    return "\n".join(
        [
            "| run | costs | measured at | held back | model says | measured | off by | |",
            "|---|---|---|---|---|---|---|---|",
            *_models(results, scale),
        ]
    )


def profile(results: Results, scale: Scale) -> str:
    """Return where the time of a cold and of a warm plan goes, largest first."""
    facts = results.experiments.get(f"profile-{scale.large.name}", Measured()).facts
    rooms = {name.partition(": ")[2] for name in facts}
    parts = {room: [facts.get(f"{series}: {room}", 0.0) for series in ("cold", "warm")] for room in rooms}
    lines = [f"| {room} | {cold:.0%} | {warm:.0%} |" for room, (cold, warm) in sorted(parts.items(), key=_largest)]
    return "\n".join(["| where | cold | warm |", "|---|---|---|", *lines])


def _largest(entry: tuple[str, list[float]]) -> tuple[float, str]:
    return -max(entry[1]), entry[0]


def _models(results: Results, scale: Scale) -> Iterator[str]:
    for fitted in models(results, scale):
        costs = "; ".join(f"{_cost_of(sort, cost)}" for sort, cost in fitted.model.costs.items())
        line = f"| {fitted.what}, {fitted.unit} | {costs} | {', '.join(fitted.points)} |"
        if fitted.held_back and fitted.error is not None:
            name, point = fitted.held_back
            verdict = "reached" if fitted.error <= WITHIN else "missed"
            says = f"{_plain(fitted.model.says(point.amounts))} | {_plain(point.cost)} | {fitted.error:.0%}"
            yield f"{line} {name} | {says} | {verdict} |"
        else:
            yield f"{line} | | | | |"


def _cost_of(sort: str, cost: float) -> str:
    match sort:
        case "start":
            return f"{_plain(cost)} once"
        case "round trips' seconds":
            return f"{_plain(cost)} round trips, one after another"
    each = sort.removesuffix("s")
    return f"{cost * 1e3:.3g} ms a {each}" if cost >= 1e-3 else f"{cost * 1e6:.3g} µs a {each}"
