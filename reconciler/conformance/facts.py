"""Facts: each kind is listed whole and understood, and a file is what was announced."""

import base64
from collections.abc import Iterator, Sequence
from hashlib import sha256

from pydantic import ValidationError

from reconciler.conformance.service import Service, UntriedError, demand, demand_that, etag_of, pages
from reconciler.conformance.settings import Step
from reconciler.facts import FACTS
from reconciler.model.fact import Fact
from reconciler.web.answer import Answer
from reconciler.wire.entries import FactPage
from reconciler.wire.paths import facts_path, file_path

_LIMIT = 100


def fact_steps(service: Service, kind: str) -> Iterator[Step]:
    """Yield what must hold of one kind of facts."""
    found: list[Fact] = []
    yield "all of them are listed, once, and understood", lambda: found.extend(_listed(service, kind))
    yield "what is known isn't sent again", lambda: _known(service, kind)
    if FACTS[kind].has_file:
        yield "a file is a PDF and what was announced", lambda: _file(service, found)


def _listed(service: Service, kind: str) -> list[Fact]:
    sort, found, totals = FACTS[kind], list[Fact](), set[int]()
    for _, page in pages(service, facts_path(kind), FactPage, _LIMIT):
        totals.add(page.total)
        for item in page.items:
            try:
                found.append(sort.model_validate(item))
            except ValidationError as error:
                where = ".".join(map(str, error.errors()[0]["loc"]))
                demand_that(False, f"a {kind} isn't one: {where} is missing or wrong")
    demand_that(totals == {len(found)}, f"the total is {sorted(totals)}, and {len(found)} came")
    demand_that(len({fact.address for fact in found}) == len(found), f"a {kind} came twice")
    return found


def _known(service: Service, kind: str) -> None:
    path = facts_path(kind)
    tag = etag_of(demand(service.get(path), 200, what=path), path)
    demand(service.get(path, {"If-None-Match": tag}), 304, what="what is known")


def _file(service: Service, found: Sequence[Fact]) -> None:
    # One whose file is announced has it; any of the others may have none.
    for fact in sorted(found, key=lambda one: not one.checksum[0]):
        (announced, _), path = fact.checksum, file_path(fact.address)
        answer = service.get(path)
        if answer.status != 404 or announced:
            _demand_file(demand(answer, 200, what=path), announced)
            return
    raise UntriedError("none has a file" if found else "there is none")


def _demand_file(answer: Answer, announced: str) -> None:
    digest = sha256(answer.data)
    encoded = base64.b64encode(digest.digest()).decode("ascii")
    demand_that(
        f"sha-256=:{encoded}:" in answer.headers.get("content-digest", ""), "Content-Digest is missing or wrong"
    )
    demand_that(announced in ("", digest.hexdigest()), "the file isn't the one whose SHA-256 the account tells")
    demand_that(answer.data.startswith(b"%PDF-"), "the file isn't a PDF")
