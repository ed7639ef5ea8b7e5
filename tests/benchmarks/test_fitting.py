"""The cost model says what things cost, and says itself how far it is off."""

import pytest
from cost_model import models
from experiments import FULL
from fitting import Model, Point, fit
from hypothesis import given
from hypothesis import strategies as st
from results import Measured, Results

COSTS = st.floats(1e-6, 1.0)
SHAPES = [(1, 1_000), (1, 10_000), (1, 100_000), (1_000, 100_000), (100, 3_000)]


@given(COSTS, COSTS, COSTS)
def test_what_costs_so_much_a_piece_is_told_so(start: float, zone: float, record: float) -> None:
    """Points that a model could have made give that model."""
    truth = Model({"start": start, "zones": zone, "records": record})
    amounts = [{"zones": float(zones), "records": float(records)} for zones, records in SHAPES]
    found = fit([Point(of, truth.says(of)) for of in amounts], ("zones", "records"))
    for of in amounts:
        assert found.says(of) == pytest.approx(truth.says(of), rel=1e-3)


def test_nothing_is_paid_back() -> None:
    """Noise can't make a sort cost less than nothing, which would make a model of large sizes absurd."""
    points = [Point({"zones": z, "records": r}, 1.0 + r / 1000 - z / 100) for z, r in ((1, 10), (5, 10), (9, 500))]
    assert fit(points, ("zones", "records")).costs["zones"] == 0


def test_points_of_one_shape_are_refused() -> None:
    """Where zones and records grow together nobody can tell which of them costs."""
    points = [Point({"zones": float(n), "records": 2.0 * n}, 1.0 + n) for n in (1, 2, 4)]
    with pytest.raises(ValueError, match="can't tell"):
        fit(points, ("zones", "records"))


def test_the_size_that_is_held_back_is_judged_and_not_fitted() -> None:
    """The model that is fitted to the other sizes is off there by what the page says."""
    results = Results(FULL.large.folder)
    for zones, records in (*SHAPES, (1, FULL.held_back)):
        cost = 0.5 + 0.001 * zones + 1e-5 * records
        held = records == FULL.held_back
        found = Measured({"cold": [{"cpu": cost * (1.1 if held else 1), "wall": 1, "peak": 1}]})
        results.experiments[f"plan-{zones}x{records // zones}"] = found
    (fitted,) = models(results, FULL)
    assert fitted.held_back is not None
    assert fitted.held_back[0] not in fitted.points
    assert fitted.error == pytest.approx(1 - 1 / 1.1)
