"""Writing to an account service: each batch is one transaction, bound to what was read, and happens once.

Every write brings its idempotency key, so a batch whose answer was lost is sent again as it was; the service then tells
what became of it. Only when no answer comes at all is it left open, and said so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address, split
from reconciler.model.change import Action
from reconciler.model.outcome import Status
from reconciler.model.text import neutral
from reconciler.ports import Write, Written
from reconciler.providers._http import Answer, Connection, UncertainError, json_bytes
from reconciler.wire.paths import CLAIM_HEADER, VERSION
from reconciler.wire.problem import MEDIA_TYPE, Problem
from reconciler.wire.writes import Answer as Told
from reconciler.wire.writes import Batch, BatchAnswer, WriteBody

_BATCHES = f"{VERSION}/batches"
_STALE = 412
#: What surrounds the writes of a batch in JSON, and a little more.
_AROUND = 100
#: How often a batch is sent whose answers can't be read.
_TIMES = 3
_UNSURE = "Whether it was done isn't known: {}"
_EARLIER = "An earlier part of its batch was not done."


@dataclass(frozen=True, slots=True)
class BatchWriter:
    """Writes batches of at most ``octets``, claimed for ``managed_by`` if anybody is named."""

    server: Connection
    octets: int
    managed_by: str | None

    def write(self, batch: Sequence[Write]) -> list[Written]:
        """Carry out writes, in as few transactions as the service takes; after one that isn't done none is sent."""
        found: dict[Address, Written] = {}
        for part in parts(batch, self.octets):
            missed = any(answer.status is not Status.DONE for answer in found.values())
            answers = [Written(Status.SKIPPED, _EARLIER)] * len(part) if missed else self._written(part)
            found |= {write.address: answer for write, answer in zip(part, answers, strict=True)}
        return [found[write.address] for write in batch]

    def _written(self, part: Sequence[Write]) -> list[Written]:
        body = Batch(writes=[_body(write) for write in part])
        claim = {CLAIM_HEADER: self.managed_by} if self.managed_by else {}
        try:
            answer, told = self._answered(json_bytes(body.sent()), claim, len(part))
        except UncertainError as error:
            return [Written(Status.FAILED, _UNSURE.format(error.in_full))] * len(part)
        hide = _hiding(part)
        if told:
            return [_shown(one, hide) for one in told]
        status = Status.CONFLICT if answer.status == _STALE else Status.FAILED
        return [Written(status, hide(_refusal(answer)))] * len(part)

    def _answered(self, body: bytes, claim: Mapping[str, str], count: int) -> tuple[Answer, Sequence[Told]]:
        """Return the answer, and what it tells of each write; asked again where nobody can read it."""
        why = UncertainError("")
        for _ in range(_TIMES):
            answer = self.server.ask("POST", _BATCHES, body, claim, again=True)
            try:
                return answer, _told(answer, count)
            except UncertainError as error:
                why = error
        raise why


def parts(batch: Sequence[Write], octets: int) -> Iterator[list[Write]]:
    """Yield the writes in as few transactions as fit into ``octets`` each; those of one name stay together."""
    size, part = _AROUND, list[Write]()
    for group in _together(batch):
        added = sum(len(json_bytes(_body(write).sent())) + 1 for write in group)
        if part and size + added > octets:
            yield part
            size, part = _AROUND, []
        size, part = size + added, part + group
    if part:
        yield part


def _together(batch: Sequence[Write]) -> list[list[Write]]:
    """Return the writes in groups that have to be one transaction: those to one name of a zone."""
    found: dict[tuple[str, ...], list[Write]] = {}
    for write in batch:
        name = split(write.address)[:3] if kind_of(write.address) == "record" else (write.address,)
        found.setdefault(name, []).append(write)
    return list(found.values())


def _body(write: Write) -> WriteBody:
    kind = KINDS[kind_of(write.address)]
    known = kind.natural_key and write.live_id and write.action is not Action.CREATE
    return WriteBody.of(write, live_id_address(kind.name, write.live_id or "") if known else write.address)


def _told(answer: Answer, count: int) -> Sequence[Told]:
    """Return what became of each write, nothing where that isn't told one by one; raises ``UncertainError``."""
    try:
        if answer.status == 200 and answer.media == "application/json":
            told = BatchAnswer.model_validate_json(answer.data).answers
        elif answer.status >= 400:
            told = problem_of(answer).answers
        else:
            raise UncertainError(f"The answer {answer.status} says nothing of it.")
    except ValidationError:
        raise UncertainError("The answer isn't what is expected.") from None
    if len(told) != count and (told or answer.status == 200):
        raise UncertainError(f"There are {len(told)} answers to {count} writes.")
    return told


def problem_of(answer: Answer) -> Problem:
    """Return why not; of what isn't a problem in the contract's words only the status."""
    if answer.media == MEDIA_TYPE:
        try:
            return Problem.model_validate_json(answer.data)
        except ValidationError:
            pass
    return Problem(type="about:blank", title=f"It answered {answer.status}.", status=answer.status)


def _refusal(answer: Answer) -> str:
    problem = problem_of(answer)
    return " ".join(text for text in (problem.title, problem.detail, *problem.errors[:5]) if text)


def _shown(told: Told, hide: Callable[[str], str]) -> Written:
    return Written(Status(told.status), hide(told.detail), told.live_id)


def _hiding(part: Sequence[Write]) -> Callable[[str], str]:
    """Return what makes the service's words harmless: none of the secrets that it was sent may come back in them."""
    secrets = [text for write in part for secret in write.secrets.values() if (text := secret.reveal())]

    def hidden(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "...")
        return neutral(text)

    return hidden
