"""Requests: what was asked for, and how something is asked for, exactly once."""

from base64 import b64decode
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action
from reconciler.model.kind import Kind
from reconciler.model.money import Quote
from reconciler.ports import Write
from reconciler.service.account import Account, View
from reconciler.service.conditions import Expected, etag, expected
from reconciler.service.contract import (
    ETAG,
    SUBMITTED,
    Claim,
    Cursor,
    IfNone,
    IfNoneMatch,
    Limit,
    Name,
    RequestKind,
    answers,
    pages,
)
from reconciler.service.judging import demand_address, value_of
from reconciler.service.problems import ProblemError
from reconciler.service.reading import page_of
from reconciler.service.scopes import READ, scope_of
from reconciler.service.settings import Settings
from reconciler.service.visits import visit_of
from reconciler.service.writing import written
from reconciler.wire.paths import VERSION, address_of, request_path
from reconciler.wire.requests import Attachment, RequestEntry, RequestPage, SubmitBody

_SUBMITTED = {**ETAG, "Location": {"description": "Where it can be seen.", "schema": {"type": "string"}}}


def submitting(account: Account, settings: Settings) -> APIRouter:
    """Return the routes of requests."""
    router = APIRouter(prefix=VERSION, tags=["requests"])
    most = settings.limits.page

    @router.get(
        "/requests",
        response_model=RequestPage,
        responses=pages("list_requests"),
    )
    def list_requests(
        request: Request, cursor: Cursor = None, limit: Limit = most, known: IfNoneMatch = None
    ) -> Response:
        """List all requests that the account knows in pages."""
        visit_of(request).demand(READ)
        view = account.view()
        revision, names = _revision(view), sorted(view.contents.requests)
        return page_of(names, revision, lambda name: _entry(view, name), cursor, min(limit, most), known)

    @router.get("/requests/{kind}/{reference:path}", response_model=RequestEntry, responses=answers(404))
    def show_request(request: Request, kind: RequestKind, reference: Name) -> Response:
        """Show one request, and what became of it."""
        visit_of(request).demand(READ)
        view, address = account.view(), address_of(_request_kind(kind).name, reference)
        if address not in view.contents.requests:
            raise ProblemError("not-found", "The account knows no such request.")
        return JSONResponse(_entry(view, address))

    @router.put(
        "/requests/{kind}/{reference:path}",
        status_code=201,
        response_model=RequestEntry,
        responses=answers(404, 409, 412, 428, headers=_SUBMITTED, links=SUBMITTED, status=201),
    )
    def submit(
        request: Request,
        kind: RequestKind,
        reference: Name,
        body: SubmitBody,
        claim: Claim = None,
        if_none_match: IfNone = None,
    ) -> Response:
        """Ask for something (`If-None-Match: *`): a reference is used once, whatever it was used for."""
        visit, sort = visit_of(request), _request_kind(kind)
        visit.demand(scope_of(sort))
        expected(None, if_none_match)
        address = address_of(kind, reference)
        demand_address(sort, address, new=True)
        write = Write(
            Action.SUBMIT,
            address,
            None,
            value_of(address, body.value),
            body.key,
            quote=_quote(body.quote),
            attachments=dict(_attachment(number, one) for number, one in enumerate(body.attachments)),
        )
        written(account, write, visit, claim, Expected(new=True))
        view = account.view()
        headers = {"Location": request_path(address), "ETag": etag(view.contents.versions[address])}
        return JSONResponse(_entry(view, address), 201, headers)

    return router


def _request_kind(name: str) -> Kind:
    """Return a kind of requests; raises ``ProblemError``."""
    kind = KINDS.get(name)
    if kind is None or not kind.is_request:
        known = ", ".join(kind.name for kind in KINDS.values() if kind.is_request)
        raise ProblemError("not-found", f"The kinds of requests are {known}.")
    return kind


def _revision(view: View) -> str:
    """Return what changes with any request, or with what became of it."""
    return str(
        max((view.contents.revisions.get(kind.name, 0) for kind in KINDS.values() if kind.is_request), default=0)
    )


def _entry(view: View, address: Address) -> dict[str, Any]:
    asked, kind = view.contents.requests[address], KINDS[kind_of(address)]
    return {
        "address": address,
        "value": kind.to_json(kind.readable(view.contents.state[address])),
        "status": asked.status,
        "at": asked.at.isoformat(),
        "note": asked.note,
        "quote": asked.quote.to_json() if asked.quote else None,
    }


def _quote(data: dict[str, str] | None) -> Quote | None:
    try:
        return None if data is None else Quote.from_json(data)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise ProblemError("wrong", "The price is not as the account's price lists say prices.") from None


def _attachment(number: int, given: Attachment) -> tuple[str, bytes]:
    try:
        content = b64decode(given.content, validate=True)
    except ValueError:
        raise ProblemError("wrong", f"attachments.{number}: It is not in base64.") from None
    if sha256(content).hexdigest() != given.sha256:
        raise ProblemError("wrong", f"attachments.{number}: Its SHA-256 is another.")
    return given.sha256, content
