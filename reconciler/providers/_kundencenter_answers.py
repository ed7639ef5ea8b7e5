"""What an account service answers to a write: asked again until it is told, and shown without any secret."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.fields import Json
from reconciler.model.outcome import Status
from reconciler.model.scalars import faults
from reconciler.model.text import neutral
from reconciler.ports import Write, Written
from reconciler.providers._http import Answer, Connection, UncertainError, json_bytes
from reconciler.wire.problem import MEDIA_TYPE, Problem

_STALE = 412
#: How often something is sent whose answer nobody can read.
_TIMES = 3
_MOST_ERRORS = 5
#: More has no name, id or version of an account.
_LONGEST_ID = 200
_LONGEST_ADDRESS = 2000
#: What is shorter stands in many words, and says nothing of anybody.
_SHORTEST = 4
_T = TypeVar("_T")


def ask_until_told(
    server: Connection,
    verb: str,
    path: str,
    body: Json,
    headers: Mapping[str, str],
    read: Callable[[Answer], _T],
) -> _T:
    """Return what ``read`` makes of the answer to a write that has an idempotency key.

    It is sent again as it was where no answer came, or one that ``read`` can't read; raises ``UncertainError`` where
    that doesn't help. ``read`` raises ``UncertainError`` or ``pydantic.ValidationError``.
    """
    sent, why = json_bytes(body), "The answer isn't what is expected."
    for _ in range(_TIMES):
        answer = server.ask(verb, path, sent, headers, again=True)
        try:
            return read(answer)
        except UncertainError as error:
            why = str(error)
        except faults():
            why = "The answer isn't what is expected."
    raise UncertainError(f"{server.where}: {why}")


def is_sound(text: str) -> bool:
    """Tell whether a version or an id can be one: printable ASCII without spaces, and not too long."""
    return 0 < len(text) <= _LONGEST_ID and all("!" <= sign <= "~" for sign in text)


def is_sound_address(text: str) -> bool:
    """Tell whether an address can be one of an account; its kind judges the rest."""
    return 0 < len(text) <= _LONGEST_ADDRESS and text.isprintable()


def problem_of(answer: Answer) -> Problem:
    """Return why not; of what isn't a problem in the contract's words only the status."""
    if answer.media == MEDIA_TYPE:
        try:
            return Problem.model_validate_json(answer.data)
        except faults():
            pass
    return Problem(type="about:blank", title=f"It answered {answer.status}.", status=answer.status)


def refusal(answer: Answer, hide: Callable[[str], str]) -> Written:
    """Return what became of a write that the service didn't take."""
    problem = problem_of(answer)
    said = " ".join(text for text in (problem.title, problem.detail, *problem.errors[:_MOST_ERRORS]) if text)
    return Written(Status.CONFLICT if answer.status == _STALE else Status.FAILED, hide(said))


def unsure(error: UncertainError) -> Written:
    """Return what became of a write to which no answer came, however often it was asked for."""
    return Written(Status.FAILED, f"Whether it was done isn't known: {error.in_full}")


def hiding(writes: Sequence[Write]) -> Callable[[str], str]:
    """Return what makes the service's words harmless: no secret that it was sent comes back in them.

    Private values come back as they are shown everywhere.
    """
    secrets = [text for write in writes for secret in write.secrets.values() if (text := secret.reveal())]
    shown = dict(pair for write in writes for pair in _private(write)) | dict.fromkeys(secrets, "...")
    longest_first = sorted(shown, key=len, reverse=True)

    def hidden(text: str) -> str:
        for hides in longest_first:
            text = text.replace(hides, shown[hides])
        return neutral(text)

    return hidden


def _private(write: Write) -> Iterator[tuple[str, str]]:
    """Yield each private text of a write, and how it is shown."""
    kind = KINDS[kind_of(write.address)]
    for value in (write.before, write.after):
        if value is not None and kind.private_fields:
            readable = kind.readable(value)
            yield from _differing(kind.to_json(readable), kind.to_json(kind.masked(readable)))


def _differing(real: Json, shown: Json) -> Iterator[tuple[str, str]]:
    if isinstance(real, dict) and isinstance(shown, dict):
        for name in real.keys() & shown.keys():
            yield from _differing(real[name], shown[name])
    elif isinstance(real, list) and isinstance(shown, list):
        for one, other in zip(real, shown, strict=False):
            yield from _differing(one, other)
    elif isinstance(real, str) and isinstance(shown, str) and real != shown and len(real) >= _SHORTEST:
        yield real, shown
