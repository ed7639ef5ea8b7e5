"""Writes that belong together: carried out in one transaction, all of them or none."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.outcome import Status
from reconciler.ports import Write, Written
from reconciler.service.account import Account
from reconciler.service.contract import Claim, answers
from reconciler.service.judging import write_of
from reconciler.service.problems import ProblemError
from reconciler.service.scopes import scope_of
from reconciler.service.visits import visit_of
from reconciler.wire.paths import VERSION
from reconciler.wire.writes import Answer, Batch, BatchAnswer, WriteBody


def batching(account: Account) -> APIRouter:
    """Return the route of batches."""
    router = APIRouter(prefix=VERSION, tags=["batches"])

    @router.post("/batches", response_model=BatchAnswer, responses=answers(409, 412, 428))
    def carry_out_batch(request: Request, body: Batch, claim: Claim = None) -> Response:
        """Carry out writes in one transaction: all of them, or none."""
        visit = visit_of(request)
        for scope in sorted(_scopes(body)):
            visit.demand(scope)
        batch = _batch(account, body)
        became = account.write(batch, who=visit.who, origin=str(visit.caller), managed_by=claim)
        versions = account.view().contents.versions
        found = [_answer(one, versions.get(_row(write, one))) for write, one in zip(batch, became, strict=True)]
        if any(one.status is Status.CONFLICT for one in became):
            raise ProblemError("stale", "Nothing was written; each answer has the present version.", answers=found)
        if any(one.status is not Status.DONE for one in became):
            raise ProblemError("refused", "Nothing was written; each answer says why.", answers=found)
        return JSONResponse(BatchAnswer(answers=found).model_dump(mode="json"))

    return router


def _scopes(body: Batch) -> set[str]:
    """Return the scopes that a batch needs; a kind that there isn't is judged with all else that is wrong."""
    kinds = {kind_of(write.address) for write in body.writes}
    return {scope_of(KINDS[kind]) for kind in kinds & KINDS.keys()}


def _batch(account: Account, body: Batch) -> tuple[Write, ...]:
    """Return the writes of a batch; raises ``ProblemError`` with all that is wrong with any of them."""
    contents = account.view().contents
    if unconditional := [said for number, one in enumerate(body.writes) if (said := _unconditional(number, one))]:
        raise ProblemError("unconditional", "Each error names its place.", errors=unconditional)
    made: list[Write] = []
    errors: list[str] = []
    for number, one in enumerate(body.writes):
        write, wrong = write_of(one, contents, f"writes.{number}")
        made += [write] if write else []
        errors += wrong
    if errors:
        raise ProblemError("wrong", "Each error names its place.", errors=errors)
    return tuple(made)


def _unconditional(number: int, body: WriteBody) -> str:
    """Return what a write of a batch doesn't say of what it expects, or an empty string."""
    if body.action == "create":
        return "" if body.if_none_match else f"writes.{number}.if_none_match: What is new needs `*`."
    return "" if body.if_match else f"writes.{number}.if_match: It needs the version that was read, or `*`."


def _row(write: Write, written: Written) -> Address:
    return live_id_address(kind_of(write.address), written.live_id) if written.live_id else write.address


def _answer(written: Written, version: str | None) -> Answer:
    return Answer(status=written.status.value, detail=written.detail, live_id=written.live_id, version=version)
