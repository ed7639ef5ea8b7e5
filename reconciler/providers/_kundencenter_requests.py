"""What was asked of the company through an account service, and how something is asked for, exactly once."""

import base64

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.money import Quote
from reconciler.model.outcome import Status
from reconciler.model.scalars import refusals
from reconciler.model.state import Asked
from reconciler.model.text import neutral
from reconciler.ports import Write, Written
from reconciler.providers._http import Answer, Connection, UncertainError
from reconciler.providers._kundencenter_answers import ask_until_told, hiding, is_sound_address, refusal, unsure
from reconciler.providers._kundencenter_kept import Kept
from reconciler.providers._kundencenter_pages import Collection, Pages
from reconciler.providers._kundencenter_wholes import Whole
from reconciler.wire.paths import CLAIM_HEADER, REQUESTS, request_path
from reconciler.wire.requests import Attachment, RequestEntry, RequestPage, SubmitBody

_NOT_OURS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Requested:
    """One request: its value, and what became of it."""

    value: Value
    asked: Asked


def read_requests(server: Connection, pages: Pages, kept: Kept) -> dict[Address, Requested]:
    """Return all requests that the account knows, proven complete; those of kinds that we don't know are left out.

    That there are none, as in most accounts, is kept for later runs.
    """
    if mark := kept.find_empty(_REQUESTS.path):
        pages.learn(_REQUESTS, Whole(mark, {}))
    whole = pages.read(server, _REQUESTS)
    if not whole.entries:
        kept.keep_empty(_REQUESTS.path, whole.etag)
    return {address: found for address, found in whole.entries.items() if found is not None}


def _requested(entry: RequestEntry) -> tuple[Address, Requested | None]:
    """Return what an entry means; raises ``ValueError`` for what isn't one."""
    address, kind = entry.address, KINDS.get(kind_of(entry.address))
    if not is_sound_address(address):
        raise ValueError(f"{neutral(address, 200)} can't be an address")
    if kind is None:
        return address, None
    try:
        proper = kind.is_request and kind.address(kind.keys(address)) == address and entry.at.tzinfo is not None
        value = kind.parse(address, entry.value)
        quote = Quote.from_json(entry.quote) if entry.quote is not None else None
    except (refusals(), *_NOT_OURS):
        raise ValueError(f"{neutral(address, 200)} can't be read") from None
    if not proper:
        raise ValueError(f"{neutral(address, 200)} is no request")
    return address, Requested(value, Asked(entry.status, entry.at, entry.note, quote))


_REQUESTS = Collection(REQUESTS, RequestPage, _requested)


def submit(server: Connection, write: Write, managed_by: str | None) -> Written:
    """Ask for something; the reference is used once, and the same key twice has one effect."""
    kind = KINDS[kind_of(write.address)]
    body = SubmitBody(
        key=write.key,
        value=None if write.after is None else kind.to_json(kind.readable(write.after)),
        quote=write.quote.to_json() if write.quote else None,
        attachments=[
            Attachment(sha256=digest, content=base64.b64encode(content).decode("ascii"))
            for digest, content in sorted(write.attachments.items())
        ],
    )
    headers = {"If-None-Match": "*"} | ({CLAIM_HEADER: managed_by} if managed_by else {})
    try:
        path, sent = request_path(write.address), body.model_dump(mode="json")
        answer = ask_until_told(server, "PUT", path, sent, headers, lambda answer: _judged(answer, write.address))
    except UncertainError as error:
        return unsure(error)
    return Written(Status.DONE) if answer.status < 400 else refusal(answer, hiding([write]))


def _judged(answer: Answer, address: Address) -> Answer:
    """Return an answer that says what became of a request; raises ``UncertainError`` or ``ValidationError``."""
    if answer.status < 400 and (
        answer.status not in (200, 201) or RequestEntry.model_validate_json(answer.data).address != address
    ):
        raise UncertainError("It doesn't tell what became of the request.")
    return answer
