"""Fits what one thing more of each sort costs to measured points, by least squares of the relative errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """How much there was of each sort, and what it cost."""

    amounts: Mapping[str, float]
    cost: float


@dataclass(frozen=True)
class Model:
    """What one of each sort costs; ``start`` is what is paid once."""

    costs: Mapping[str, float]

    def says(self, amounts: Mapping[str, float]) -> float:
        """Return what so much of each sort should cost."""
        return sum(cost * amounts.get(sort, 1.0 if sort == "start" else 0.0) for sort, cost in self.costs.items())

    def error(self, point: Point) -> float:
        """Return by which part of what was measured the model is off."""
        return abs(self.says(point.amounts) / point.cost - 1)


def fit(points: Sequence[Point], sorts: Sequence[str]) -> Model:
    """Return the model of these points; a sort that would be paid back rather than cost anything costs nothing.

    Errors count as parts of what was measured, so that small sizes say as much as large ones.
    """
    left = ["start", *sorts]
    while True:
        rows = [[(p.amounts[s] if s != "start" else 1.0) / p.cost for s in left] for p in points]
        costs = _solved(rows, [1.0] * len(rows))
        lowest = min(range(len(left)), key=lambda place: costs[place])
        if costs[lowest] >= 0:
            return Model({"start": 0.0} | dict.fromkeys(sorts, 0.0) | dict(zip(left, costs, strict=True)))
        del left[lowest]


def _solved(rows: Sequence[Sequence[float]], values: Sequence[float]) -> list[float]:
    """Solve the normal equations by elimination with pivots."""
    size = range(len(rows[0]))
    table = [
        [sum(row[i] * row[j] for row in rows) for j in size]
        + [sum(row[i] * value for row, value in zip(rows, values, strict=True))]
        for i in size
    ]
    for column in size:
        pivot = max(size[column:], key=lambda place: abs(table[place][column]))
        table[column], table[pivot] = table[pivot], table[column]
        if not table[column][column]:
            raise ValueError("These points can't tell the sorts apart.")
        for other in size:
            if other != column:
                factor = table[other][column] / table[column][column]
                table[other] = [a - factor * b for a, b in zip(table[other], table[column], strict=True)]
    return [table[place][-1] / table[place][place] for place in size]
