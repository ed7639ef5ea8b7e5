"""Every way to say no, in one table, as problem details (RFC 9457)."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from reconciler.model.text import neutral
from reconciler.wire.problem import MEDIA_TYPE, TYPE, Problem
from reconciler.wire.writes import Answer

#: Each sort of problem, with its status and its constant title.
SORTS: Final[Mapping[str, tuple[int, str]]] = {
    "malformed": (400, "What was sent can't be read."),
    "unauthenticated": (401, "A token is needed."),
    "not-admitted": (403, "This address is not in the account's whitelist."),
    "forbidden": (403, "The token may not do this."),
    "not-found": (404, "There is nothing here."),
    "wrong-method": (405, "This can't be done here."),
    "too-slow": (408, "What was sent took too long."),
    "refused": (409, "The account refuses this."),
    "changed": (410, "The collection changed between two pages."),
    "stale": (412, "It is not as it was expected to be."),
    "too-large": (413, "What was sent is too large."),
    "wrong-media-type": (415, "What was sent is not JSON."),
    "wrong": (422, "What was sent is not what is expected here."),
    "unconditional": (428, "A write must say what it expects."),
    "too-many": (429, "Too many requests."),
    "failed": (500, "The service made a mistake."),
    "unavailable": (503, "The account can't be read or written now."),
}

#: Which sort an error of the framework's own is.
_BY_STATUS = {400: "malformed", 404: "not-found", 405: "wrong-method", 413: "too-large"}


class ProblemError(Exception):
    """An answer that is no success."""

    def __init__(
        self,
        sort: str,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        version: str | None = None,
        errors: Sequence[str] = (),
        answers: Sequence[Answer] = (),
    ) -> None:
        """Be of a ``sort`` that stands in ``SORTS``; ``detail`` says in a sentence what to do."""
        super().__init__(sort, detail)
        status, title = SORTS[sort]
        self.headers = dict(headers or {})
        self.problem = Problem(
            type=TYPE + sort,
            title=title,
            status=status,
            detail=detail,
            version=version,
            errors=list(errors),
            answers=list(answers),
        )

    def response(self) -> Response:
        """Return the answer."""
        text = self.problem.model_dump_json(exclude_defaults=True, ensure_ascii=True)
        return Response(text, self.problem.status, self.headers, MEDIA_TYPE)


def of_framework(error: HTTPException) -> ProblemError:
    """Return the problem that FastAPI or Starlette found."""
    sort = _BY_STATUS.get(error.status_code, "failed" if error.status_code >= 500 else "malformed")
    detail = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
    return ProblemError(sort, detail, headers=error.headers)


def of_validation(error: RequestValidationError) -> ProblemError:
    """Return everything that is wrong with what was sent, without what was sent."""
    return ProblemError("wrong", "Each error names its place.", errors=sentences(error.errors()))


def sentences(errors: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return pydantic's errors as sentences; nothing of the values stands in them, which may be secret."""
    return [neutral(f"{'.'.join(map(str, error['loc']))}: {error['msg']}".removeprefix(": ")) for error in errors]
