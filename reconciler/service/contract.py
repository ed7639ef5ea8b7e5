"""What the OpenAPI document says beside what FastAPI finds out by itself: problems, headers, names of kinds."""

from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Path, Query
from pydantic.json_schema import models_json_schema

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.model.fields import Json
from reconciler.service.kinds_told import with_values
from reconciler.service.problems import SORTS
from reconciler.wire.paths import CLAIM_HEADER, KEY_HEADER, ONLY
from reconciler.wire.problem import MEDIA_TYPE, Problem
from reconciler.wire.values import COMPONENTS

_REF = f"{COMPONENTS}{{model}}"
#: The answers that every request but that for the health of the service may get.
ALWAYS: Final = (400, 401, 403, 413, 415, 422, 429, 500, 503)
ETAG: Json = {"ETag": {"description": "The version, for If-Match and If-None-Match.", "schema": {"type": "string"}}}

SettingKind = Annotated[
    str,
    Path(
        examples=["notification"],
        json_schema_extra={"enum": [kind.name for kind in KINDS.values() if not kind.is_request]},
    ),
]
RequestKind = Annotated[
    str, Path(json_schema_extra={"enum": [kind.name for kind in KINDS.values() if kind.is_request]})
]
FactKind = Annotated[str, Path(json_schema_extra={"enum": list(FACTS)})]
Zone = Annotated[str, Path(examples=["example.org"], description="As it stands in addresses.")]
Name = Annotated[
    str,
    Path(
        min_length=1,
        max_length=1000,
        examples=["newsletter"],
        description=f"What follows the kind in the address; `{ONLY}` for a kind of which there is only one.",
    ),
]
Cursor = Annotated[str | None, Query(max_length=4000, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, description="How many entries at most; the service may have its own limit.")]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", max_length=200, examples=["*"], description="The ETag, or `*`.")
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", max_length=4000, description="The ETag that is known already.")
]
IfNone = Annotated[str | None, Header(alias="If-None-Match", max_length=200, description="`*`: it must not exist yet.")]
Key = Annotated[
    str,
    Header(
        alias=KEY_HEADER,
        pattern="^[!-~]{8,200}$",
        description="The same key twice has one effect, and the same answer.",
    ),
]
Claim = Annotated[
    str | None,
    Header(
        alias=CLAIM_HEADER,
        pattern="^[!-~]([ -~]{0,198}[!-~])?$",
        description="Who claims what is written; nobody else may write it then.",
    ),
]
#: Where what was written is seen, changed and deleted.
_SAME = {"path.kind": "$request.path.kind", "path.name": "$request.path.name"}
_HELD = {**_SAME, "header.If-Match": "$response.header.ETag"}
WRITTEN: Json = {
    "show": {"operationId": "show_setting", "parameters": _SAME},
    "change": {"operationId": "put_setting", "parameters": _HELD},
    "delete": {"operationId": "delete_setting", "parameters": _HELD},
}
SUBMITTED: Json = {
    "show": {
        "operationId": "show_request",
        "parameters": {"path.kind": "$request.path.kind", "path.reference": "$request.path.reference"},
    }
}


def answers(
    *further: int, headers: Json | None = None, links: Json | None = None, status: int = 200
) -> dict[int | str, dict[str, Any]]:
    """Return what a route may answer: the usual problems, ``further`` ones, and success with headers and links."""
    found: dict[int | str, dict[str, Any]] = {
        code: problem_answer(code) for code in sorted({*ALWAYS, *further} - {304})
    }
    if 304 in further:
        found[304] = {"description": "It is still as the reader knows it.", "headers": ETAG}
    if headers:
        found[status] = {"headers": headers} | ({"links": links} if links else {})
    return found


def pages(operation: str, *path: str) -> dict[int | str, dict[str, Any]]:
    """Return what a route of pages may answer, with the link to the next; ``path`` names the parameters that stay."""
    same = {f"path.{name}": f"$request.path.{name}" for name in path}
    after = {"next": {"operationId": operation, "parameters": {**same, "query.cursor": "$response.body#/next"}}}
    return answers(304, 404, 410, headers=ETAG, links=after)


def problem_answer(status: int) -> dict[str, Any]:
    """Return the answer with a status that is no success."""
    said = " ".join(title for code, title in SORTS.values() if code == status)
    answer: dict[str, Any] = {
        "description": said,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model=Problem.__name__)}}},
    }
    if status in (429, 503):
        answer["headers"] = {"Retry-After": {"description": "In how many seconds.", "schema": {"type": "integer"}}}
    return answer


def openapi_of(app: FastAPI) -> Json:
    """Return the contract as OpenAPI 3.1."""
    from fastapi.openapi.utils import get_openapi

    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, openapi_version="3.1.0"
    )
    _, definitions = models_json_schema([(Problem, "serialization")], ref_template=_REF)
    document["components"]["schemas"] = with_values(document["components"]["schemas"] | definitions["$defs"])
    return document
