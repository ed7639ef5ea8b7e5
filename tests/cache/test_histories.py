"""A cached plan equals an uncached one over random histories, in small; `make anger-cache` goes on for an hour."""

from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from cache.histories import Histories
from nameservers import Bind


def test_random_histories(bind: Bind) -> None:
    """Whatever happens to files, server, record and cache: what is planned doesn't depend on what was kept."""
    quick = settings(max_examples=3, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(partial(Histories, bind), settings=quick)
