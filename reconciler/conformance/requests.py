"""A request is made once: under its key as often as one likes, under another key or as another kind never again."""

from collections.abc import Iterator

from reconciler.conformance.samples import MARK
from reconciler.conformance.service import Service, demand, demand_that, model_of, pages
from reconciler.conformance.settings import Step
from reconciler.model.fields import Json
from reconciler.web.answer import Answer
from reconciler.wire.account import AccountInfo
from reconciler.wire.paths import REQUESTS, request_path
from reconciler.wire.requests import RequestEntry, RequestPage

_VALUE = {"subject": "A test of conformance", "text": "Nothing needs to be done."}


def request_steps(service: Service, info: AccountInfo) -> Iterator[Step]:
    """Yield the steps of one support request, which costs nothing and can't be taken back."""
    address = f"support_request/{MARK}-{service.nonce}"
    path, key = request_path(address), service.key()
    yield "all requests are listed, once", lambda: demand_that(address not in _listed(service), "it is there already")
    yield "a request without a condition is refused", lambda: _unconditional(service, path)
    yield "it is submitted, and listed", lambda: _submitted(service, address, path, key)
    yield "the same again is the same request", lambda: _same(service, path, key)
    yield "another one of its reference is refused", lambda: _taken(service, path)
    if "payment" in info.kinds:
        other = request_path(f"payment/{address.partition('/')[2]}")
        yield "its reference is taken for every kind", lambda: _taken_by_another(service, other)


def _listed(service: Service) -> list[str]:
    found = [item.address for _, page in pages(service, REQUESTS, RequestPage, 50) for item in page.items]
    demand_that(len(set(found)) == len(found), "a request is listed twice")
    return found


def _submit(service: Service, path: str, key: str, value: Json = _VALUE) -> Answer:
    return service.send("PUT", path, {"key": key, "value": value}, {"If-None-Match": "*"}, key)


def _unconditional(service: Service, path: str) -> None:
    body = {"key": service.key(), "value": _VALUE}
    demand(service.send("PUT", path, body), 428, what="a request without a condition")
    demand(service.get(path), 404, what="a request that was refused")


def _submitted(service: Service, address: str, path: str, key: str) -> None:
    entry = model_of(demand(_submit(service, path, key), 201, what="a request"), RequestEntry, path)
    demand_that(entry.address == address and entry.value.get("subject") == _VALUE["subject"], "it is another request")
    demand_that(address in _listed(service), "a request was submitted and isn't listed")


def _same(service: Service, path: str, key: str) -> None:
    before = model_of(demand(service.get(path), 200, what=path), RequestEntry, path)
    again = model_of(demand(_submit(service, path, key), 200, 201, what="the same request"), RequestEntry, path)
    demand_that(again.at == before.at, "the same request was submitted a second time")


def _taken(service: Service, path: str) -> None:
    demand(_submit(service, path, service.key()), 409, 412, what="a second request of one reference")


def _taken_by_another(service: Service, path: str) -> None:
    value = {"amount": "1.00 EUR", "purpose": "A test of conformance"}
    demand(_submit(service, path, service.key(), value), 400, 409, 412, 422, what="a reference of another kind")
    demand(service.get(path), 404, what="a request whose reference was taken")
