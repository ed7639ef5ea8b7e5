"""The service as FastAPI has it: routes, problems in place of FastAPI's own errors, and the gate before all of it."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from reconciler import __version__
from reconciler.model.fields import Json
from reconciler.service.account import Account
from reconciler.service.batching import batching
from reconciler.service.contract import openapi_of, problem_answer
from reconciler.service.gate import Gate, Line
from reconciler.service.problems import ProblemError, of_framework, of_validation
from reconciler.service.reading import reading
from reconciler.service.settings import Settings
from reconciler.service.submitting import submitting
from reconciler.service.telling import telling
from reconciler.service.writing import writing
from reconciler.wire.paths import HEALTH

if TYPE_CHECKING:
    from reconciler.store.account import Store

_ABOUT = """The account of a customer of a hosting company: settings, requests and facts.

Every answer that is no success is a problem (RFC 9457). Every request but that for the health of the service needs a
token; its scopes are `read`, `write:SECTION` and `submit:KIND`."""


class Health(BaseModel):
    """That the service works, and the account can be read."""

    status: str = "ok"


def build_app(account: Account, settings: Settings, failed: Callable[[Exception], None]) -> FastAPI:
    """Return what answers those whom the gate lets in; ``failed`` is told each mistake of ours."""
    routers = (
        reading(account, settings),
        writing(account),
        batching(account),
        submitting(account, settings),
        telling(account, settings),
    )
    app = FastAPI(
        title="Hosting account",
        version=__version__,
        description=_ABOUT,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers=_handlers([route for router in routers for route in router.routes], failed),
        generate_unique_id_function=lambda route: route.name,
    )

    @app.get(HEALTH, responses={503: problem_answer(503)}, tags=["health"])
    def tell_health() -> Health:
        """Tell whether the service works; from any address, and without a token."""
        account.view()
        return Health()

    # The gate has asked for the token already; this is how the contract says so.
    token = Depends(HTTPBearer(auto_error=False, description="A token that the company made."))
    for router in routers:
        app.include_router(router, dependencies=[token])
    return app


def build_service(
    open_store: "Callable[[], Store]",
    settings: Settings,
    *,
    heard: Callable[[Line], None],
    said: Callable[[str], None],
    failed: Callable[[Exception], None],
    now: Callable[[], float] = monotonic,
) -> Gate:
    """Return the whole service of what ``open_store`` opens.

    ``heard`` is told each request, ``said`` why the account can't be read or written, ``failed`` each mistake of ours.
    """
    account = Account(open_store, said)
    return Gate(build_app(account, settings, failed), account, settings, heard, failed, now)


def openapi() -> Json:
    """Return the contract, which is the same for every account."""

    def nothing() -> "Store":
        raise NotImplementedError("the contract needs no account")

    account = Account(nothing, lambda _: None)
    return openapi_of(build_app(account, Settings(), lambda _: None))


def _handlers(routes: Sequence[BaseRoute], failed: Callable[[Exception], None]) -> dict[Any, Any]:
    def own(_request: Request, error: ProblemError) -> Response:
        return error.response()

    def framework(request: Request, error: HTTPException) -> Response:
        problem = of_framework(error)
        if error.status_code == 405 and (allowed := _allowed(request, routes)):
            problem.headers["Allow"] = ", ".join(allowed)
        return problem.response()

    def validation(_request: Request, error: RequestValidationError) -> Response:
        return of_validation(error).response()

    def mistake(_request: Request, error: Exception) -> Response:
        failed(error)
        return ProblemError("failed", "Please report it.").response()

    return {
        ProblemError: own,
        HTTPException: framework,
        RequestValidationError: validation,
        Exception: mistake,
    }


def _allowed(request: Request, routes: Sequence[BaseRoute]) -> list[str]:
    """Return what can be done at a path, whose methods are several routes; the framework names those of the first."""
    here = [route for route in routes if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in here for method in route.methods or ()})
