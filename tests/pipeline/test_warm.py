"""A plan over what earlier runs left: it costs what has changed, and of the rest nothing is looked into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cache.histories import Life
from nameservers import Bind
from planner.in_groups import looked_into
from reconciler.cache.cache import Cache
from reconciler.cache.files import folder_of
from reconciler.cli.clock import SystemClock
from reconciler.model.plan import Options
from reconciler.pipeline import planning
from reconciler.pipeline.session import Planned, Session


@pytest.fixture
def life(bind: Bind, tmp_path: Path) -> Iterator[Life]:
    """An account with two zones on a name server, applied and planned once."""
    life = Life(tmp_path, bind)
    assert life.run("plan").code == 0
    yield life
    for name in life.there:
        bind.remove_zone(life.zones[name])


def planned(life: Life) -> Planned:
    """Return the plan of a run of its own."""
    cache = Cache(folder_of(life.here.path, life.env))
    return planning.plan(Session(life.here.path, life.env, SystemClock(), cache=cache), Options())


def into(made: Planned) -> set[str]:
    """Return the zones whose record sets, places or provenance were looked into."""
    applied = made.state.applied
    states = made.desired.state, made.desired.places, made.live.state, applied.state, applied.provenance
    return {name for name in looked_into(*states) if name.startswith("record/")}


def test_where_nothing_has_changed_nothing_is_looked_into(life: Life) -> None:
    """Files by their bytes, zones by their serials, the record by its blobs, findings by what they go by."""
    made = planned(life)
    assert "0 zones transferred, 2 unchanged by serial" in made.plan.read
    assert (made.plan.changes, made.plan.notes, made.plan.drift) == ((), (), ())
    assert into(made) == set()


def test_a_commit_costs_the_zones_that_it_touches(life: Life) -> None:
    """Only what it changes is looked into, for the plan and for the commit that asks for it."""
    life.files["one"]["www"] = ("A", 300, "192.0.2.77")
    life.write()
    made = planned(life)
    (change,) = made.plan.changes
    assert change.cause is not None
    assert change.cause.commit == life.here.git("rev-parse", "HEAD")
    assert into(made) == {f"record/{life.zones['one']}"}
