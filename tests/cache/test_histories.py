"""A cached plan equals an uncached one over random histories, in small; `make anger-cache` goes on for an hour."""

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from cache.histories import Histories, Life, told
from nameservers import Bind

OTHER = ("www", "A", 60, ("192.0.2.66",))


@pytest.fixture
def life(bind: Bind, tmp_path: Path) -> Life:
    """An account on BIND, all of it applied and read again by a plan."""
    life = Life(tmp_path, bind)
    life.check()
    return life


def test_random_histories(bind: Bind) -> None:
    """Whatever happens to files, server, record and cache: what is planned doesn't depend on what was kept."""
    quick = settings(max_examples=3, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(partial(Histories, bind), settings=quick)


def test_an_older_serial_that_a_plan_has_seen_once(life: Life) -> None:
    """A server that was set back is read, although what it is set back to was once known by that serial."""
    before = life.bind.serial(life.zones["one"])
    life.bind.set(life.zones["one"], "hand", "A", 60, "192.0.2.8")
    life.check()
    life.bind.remove_zone(life.zones["one"])
    life.make("one", before, OTHER)
    life.check()
    assert OTHER[3][0] in life.run("plan").out


def test_a_zone_that_was_seen_to_be_gone(life: Life) -> None:
    """One that is made in its place is read, even if it has the serial that was seen last."""
    before = life.bind.serial(life.zones["one"])
    life.bind.remove_zone(life.zones["one"])
    assert told(life.run("plan", "--json")) == told(life.full("plan", "--json"))
    life.make("one", before, OTHER)
    life.check()
    assert OTHER[3][0] in life.run("plan").out


def test_what_a_serial_can_not_show(life: Life) -> None:
    """Other content under the very SOA that was seen last is the one thing that only a full read finds.

    So the law has teeth: it would find a plan that believes too much.
    """
    before = life.bind.serial(life.zones["one"])
    life.bind.remove_zone(life.zones["one"])
    life.make("one", before, OTHER)
    assert "unchanged by serial" in json.loads(life.run("plan", "--json").out)["read"]
    with pytest.raises(AssertionError):
        life.check()
    assert told(life.run("plan", "--full", "--json")) == told(life.full("plan", "--json"))
    life.check()
