"""Writing to an account service: each batch is one transaction, bound to what was read, and happens once.

Every write brings its idempotency key, so a batch whose answer was lost is sent again as it was; the service then tells
what became of it. Only when no answer comes at all is it left open, and said so.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address, split
from reconciler.model.change import Action
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.ports import Write, Written
from reconciler.providers._http import Answer, Connection, UncertainError, json_bytes
from reconciler.providers._kundencenter_answers import ask_until_told, hiding, is_sound, problem_of, refusal, unsure
from reconciler.wire.paths import BATCHES, CLAIM_HEADER
from reconciler.wire.writes import Answer as Told
from reconciler.wire.writes import Batch, BatchAnswer, WriteBody

#: What surrounds the writes of a batch in JSON, and a little more.
_AROUND = 100
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
            told = ask_until_told(self.server, "POST", BATCHES, body.sent(), claim, partial(_told, count=len(part)))
        except UncertainError as error:
            return [unsure(error)] * len(part)
        hide = hiding(part)
        if isinstance(told, Answer):
            return [refusal(told, hide)] * len(part)
        return [Written(Status(one.status), hide(one.detail), one.live_id) for one in told]


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


def _told(answer: Answer, count: int) -> Sequence[Told] | Answer:
    """Return what became of each write, the answer where that isn't told one by one; raises ``UncertainError``."""
    if answer.status >= 400 and not (told := problem_of(answer).answers):
        return answer
    if answer.status == 200:
        told = BatchAnswer.model_validate_json(answer.data).answers
    if answer.status not in (200, *range(400, 500)) or len(told) != count:
        raise UncertainError("It doesn't tell what became of each write.")
    if not all(is_sound(one.live_id or "-") for one in told):
        raise UncertainError("It names something by an id that can't be one.")
    return told
