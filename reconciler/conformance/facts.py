"""Facts: each kind is listed whole and understood, and a file is what was announced."""

import base64
from collections.abc import Iterator
from hashlib import sha256

from pydantic import ValidationError

from reconciler.conformance.service import Service, demand, demand_that, etag_of, pages
from reconciler.conformance.settings import Step
from reconciler.facts import FACTS
from reconciler.wire.entries import FactPage
from reconciler.wire.paths import facts_path, file_path

_LIMIT = 100


def fact_steps(service: Service, kind: str) -> Iterator[Step]:
    """Yield what must hold of one kind of facts."""
    names: list[str] = []
    yield "all of them are listed, once, and understood", lambda: names.extend(_listed(service, kind))
    yield "what is known isn't sent again", lambda: _known(service, kind)
    if FACTS[kind].has_file:
        yield "a file is a PDF and what was announced", lambda: _file(service, names)


def _listed(service: Service, kind: str) -> list[str]:
    sort, found, totals = FACTS[kind], list[str](), set[int]()
    for _, page in pages(service, facts_path(kind), FactPage, _LIMIT):
        totals.add(page.total)
        for item in page.items:
            try:
                found.append(sort.model_validate(item).address)
            except ValidationError as error:
                where = ".".join(map(str, error.errors()[0]["loc"]))
                demand_that(False, f"a {kind} isn't one: {where} is missing or wrong")
    demand_that(totals == {len(found)}, f"the total is {sorted(totals)}, and {len(found)} came")
    demand_that(len(set(found)) == len(found), f"a {kind} came twice")
    return found


def _known(service: Service, kind: str) -> None:
    path = facts_path(kind)
    tag = etag_of(demand(service.get(path), 200, what=path), path)
    demand(service.get(path, {"If-None-Match": tag}), 304, what="what is known")


def _file(service: Service, names: list[str]) -> None:
    if not names:
        return
    path = file_path(names[0])
    answer = demand(service.get(path), 200, what=path)
    digest = base64.b64encode(sha256(answer.data).digest()).decode("ascii")
    demand_that(f"sha-256=:{digest}:" in answer.headers.get("content-digest", ""), "Content-Digest is missing or wrong")
    demand_that(answer.data.startswith(b"%PDF-"), "the file isn't a PDF")
