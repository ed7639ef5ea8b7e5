"""Who comes without a token, or with what can't be understood, is told so as everybody is, and learns nothing."""

from collections.abc import Iterator

from reconciler.conformance.service import Service, demand, demand_that
from reconciler.conformance.settings import Step
from reconciler.model.fields import Json
from reconciler.wire.paths import ACCOUNT, BATCHES, HEALTH, VERSION

_NO_TOKEN = {"Authorization": ""}


def stranger_steps(service: Service) -> Iterator[Step]:
    """Yield what must hold for everybody."""
    yield "the health of the service needs no token", lambda: _health(service)
    yield "everything else needs one", lambda: _no_token(service)
    yield "a token that isn't known is refused", lambda: _wrong_token(service)
    yield "what isn't there is a problem, too", lambda: _absent(service)
    yield "a body that can't be understood is refused", lambda: _wrong_body(service)


def _health(service: Service) -> None:
    demand(service.get(HEALTH, _NO_TOKEN), 200, what=HEALTH)


def _no_token(service: Service) -> None:
    for path in ("/account", "/settings/alias", "/requests", "/facts/invoice"):
        answer = demand(service.get(VERSION + path, _NO_TOKEN), 401, what=f"{path} without a token")
        demand_that("www-authenticate" in answer.headers, "401 comes without WWW-Authenticate")


def _wrong_token(service: Service) -> None:
    headers = {"Authorization": "Bearer conformance-no-such-token"}
    demand(service.get(ACCOUNT, headers), 401, what="an unknown token")


def _absent(service: Service) -> None:
    for path in ("/nothing", "/settings/nothing", "/settings/alias/nobody@example.invalid", "/facts/nothing"):
        demand(service.get(VERSION + path), 404, what=path)


def _wrong_body(service: Service) -> None:
    bodies: list[Json] = [{"writes": "none"}, {"writes": []}, [], {"writes": [{"action": "explode"}]}]
    for body in bodies:
        demand(service.send("POST", BATCHES, body), 400, 422, 428, what="a batch that is none")
