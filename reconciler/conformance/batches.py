"""Batches: one transaction each, whatever is wrong with any of their writes."""

from collections.abc import Iterator

from reconciler.conformance.samples import MARK
from reconciler.conformance.service import Service, demand, demand_that, model_of
from reconciler.conformance.settings import Step
from reconciler.model.fields import Json
from reconciler.wire.entries import Entry
from reconciler.wire.paths import BATCHES, setting_path
from reconciler.wire.writes import BatchAnswer


def batch_steps(service: Service, domain: str) -> Iterator[Step]:
    """Yield the steps of two aliases that live and die together."""
    first, second = (f"alias/{MARK}-{name}@{domain}" for name in ("first", "second"))
    made = [_create(service, first), _create(service, second)]
    yield "one write that can't be keeps all of them away", lambda: _all_or_nothing(service, first, domain)
    yield "two are made together", lambda: _done(service, made)
    yield "the same batch again is answered as before, and does nothing", lambda: _done(service, made)
    yield "a stale write in it keeps all of them as they are", lambda: _stale(service, first, second)
    yield "a write without a condition is refused", lambda: _unconditional(service, first)
    yield "they go together", lambda: _done(service, [_delete(service, first), _delete(service, second)])


def _create(service: Service, address: str) -> Json:
    after = {"targets": ["a@example.net"]}
    return {"action": "create", "address": address, "if_none_match": "*", "after": after, "key": service.key()}


def _delete(service: Service, address: str) -> Json:
    return {"action": "delete", "address": address, "if_match": "*", "key": service.key()}


def _update(service: Service, address: str, if_match: str) -> Json:
    after = {"targets": ["b@example.net"]}
    return {"action": "update", "address": address, "if_match": if_match, "after": after, "key": service.key()}


def _all_or_nothing(service: Service, good: str, domain: str) -> None:
    bad = {**_create(service, f"alias/{MARK}-bad@{domain}"), "after": {"targets": []}}
    answer = service.send("POST", BATCHES, {"writes": [_create(service, good), bad]})
    demand(answer, 400, 409, 422, what="a batch with a wrong value")
    demand(service.get(setting_path(good)), 404, what="the other write of a refused batch")


def _done(service: Service, writes: list[Json]) -> None:
    answer = demand(service.send("POST", BATCHES, {"writes": writes}), 200, what="a batch")
    found = model_of(answer, BatchAnswer, "a batch").answers
    demand_that([one.status for one in found] == ["done"] * len(writes), "not every write of a batch is done")


def _stale(service: Service, first: str, second: str) -> None:
    writes = [_update(service, first, "*"), _update(service, second, "no-such-version")]
    demand(service.send("POST", BATCHES, {"writes": writes}), 412, what="a batch with a stale write")
    entry = model_of(service.get(setting_path(first)), Entry, first)
    demand_that(entry.value.get("targets") == ["a@example.net"], "a part of a refused batch was carried out")


def _unconditional(service: Service, address: str) -> None:
    write = {name: value for name, value in _update(service, address, "*").items() if name != "if_match"}
    demand(service.send("POST", BATCHES, {"writes": [write]}), 428, what="a write without a condition in a batch")
