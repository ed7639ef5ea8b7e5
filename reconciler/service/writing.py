"""What can be written: one setting or record set, or a batch of them in one transaction."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from reconciler.model.address import Address, live_id_address
from reconciler.model.change import Action
from reconciler.model.kind import Kind
from reconciler.model.outcome import Status
from reconciler.ports import Write, Written
from reconciler.service.account import Account
from reconciler.service.conditions import Expected, etag, expected
from reconciler.service.contract import ETAG, WRITTEN, Claim, IfMatch, IfNone, Key, Name, SettingKind, answers
from reconciler.service.judging import demand_address, secrets_of, setting_kind, value_of
from reconciler.service.problems import ProblemError
from reconciler.service.reading import entry_of
from reconciler.service.scopes import scope_of
from reconciler.service.visits import Visit, visit_of
from reconciler.wire.entries import Entry
from reconciler.wire.paths import VERSION, address_of, setting_path, settings_path
from reconciler.wire.writes import SettingBody

_CREATED = {**ETAG, "Location": {"description": "Where it is now.", "schema": {"type": "string"}}}


def writing(account: Account) -> APIRouter:
    """Return the routes that write."""
    router = APIRouter(prefix=VERSION, tags=["settings"])

    @router.put(
        "/settings/{kind}/{name:path}",
        response_model=Entry,
        responses=answers(404, 409, 412, 428, headers=ETAG, links=WRITTEN)
        | {201: {"model": Entry, "headers": _CREATED, "links": WRITTEN}},
    )
    def put_setting(
        request: Request,
        kind: SettingKind,
        name: Name,
        body: SettingBody,
        key: Key,
        claim: Claim = None,
        if_match: IfMatch = None,
        if_none_match: IfNone = None,
    ) -> Response:
        """Make one setting (`If-None-Match: *`), or put another value in place of its value (`If-Match`)."""
        visit, sort = visit_of(request), setting_kind(kind)
        visit.demand(scope_of(sort))
        wanted, address = expected(if_match, if_none_match), address_of(kind, name)
        demand_address(sort, address, new=False)
        if wanted.new and sort.natural_key:
            raise ProblemError("wrong", f"The account itself names what is new: POST to {settings_path(kind)}.")
        if not wanted.new:
            _demand_there(account, address)
        write = _write(sort, address, body, wanted, key)
        written(account, write, visit, claim, wanted)
        return _shown(account, address, 201 if write.action is Action.CREATE else 200)

    @router.post(
        "/settings/{kind}",
        status_code=201,
        response_model=Entry,
        responses=answers(404, 409, 412, headers=_CREATED, status=201),
    )
    def post_setting(request: Request, kind: SettingKind, body: SettingBody, key: Key, claim: Claim = None) -> Response:
        """Make a setting of a kind whose names are ids of the account's own (a contact, a whitelist entry)."""
        visit, sort = visit_of(request), setting_kind(kind)
        visit.demand(scope_of(sort))
        if not sort.natural_key:
            raise ProblemError("wrong", f"A {sort.title} has a name of its own: PUT it there.")
        write = _write(sort, live_id_address(kind, "new"), body, Expected(new=True), key)
        made = written(account, write, visit, claim, Expected(new=True))
        return _shown(account, live_id_address(kind, made.live_id or ""), 201)

    @router.delete("/settings/{kind}/{name:path}", status_code=204, responses=answers(404, 409, 412, 428))
    def delete_setting(
        request: Request, kind: SettingKind, name: Name, key: Key, claim: Claim = None, if_match: IfMatch = None
    ) -> Response:
        """Delete one setting; a zone takes its record sets with it."""
        visit, sort = visit_of(request), setting_kind(kind)
        visit.demand(scope_of(sort))
        wanted, address = expected(if_match, None), address_of(kind, name)
        demand_address(sort, address, new=False)
        write = Write(Action.DELETE, address, None, None, key, wanted.version)
        written(account, write, visit, claim, wanted)
        return Response(status_code=204)

    return router


def _demand_there(account: Account, address: Address) -> None:
    """Raise ``ProblemError`` where there is nothing to be changed."""
    if address not in account.view().contents.state:
        raise ProblemError("not-found", "The account has none of this name.")


def _write(kind: Kind, address: Address, body: SettingBody, wanted: Expected, key: str) -> Write:
    value = value_of(address, body.value)
    secrets = secrets_of(kind, value, body.secrets, new=wanted.new)
    action = Action.CREATE if wanted.new else Action.UPDATE
    return Write(action, address, None, value, key, wanted.version, secrets=secrets)


def written(account: Account, write: Write, visit: Visit, claim: str | None, wanted: Expected) -> Written:
    """Carry out one write and return what became of it; raises ``ProblemError`` unless it is done."""
    (answer,) = account.write((write,), who=visit.who, origin=str(visit.caller), managed_by=claim)
    if answer.status is Status.DONE:
        return answer
    if answer.status is not Status.CONFLICT:
        raise ProblemError("refused", answer.detail)
    version = account.view().contents.versions.get(write.address)
    if version is None and not wanted.new:
        raise ProblemError("not-found", answer.detail)
    headers = {"ETag": etag(version)} if version else {}
    raise ProblemError("stale", answer.detail, version=version, headers=headers)


def _shown(account: Account, address: Address, status: int) -> Response:
    view = account.view()
    if address not in view.contents.state:
        raise ProblemError("not-found", "It was written, and is no longer there.")
    headers = {"ETag": etag(view.contents.versions[address])}
    if status == 201:
        headers["Location"] = setting_path(address)
    return JSONResponse(entry_of(view, address), status, headers)
