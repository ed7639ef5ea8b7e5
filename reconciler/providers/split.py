"""Several providers as one: each section is read from its own and written to its own, and none confuses another.

From each provider only the kinds that it is asked for are taken: what else lies there doesn't exist for us. All are
read, even if one fails, and one that wasn't read is never taken for an empty one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.model.address import kind_of
from reconciler.model.errors import (
    AccountError,
    AuthenticationError,
    IncompleteReadError,
    LockedError,
    ReconcilerError,
    RefusedError,
)
from reconciler.model.groups import Groups, groups_of
from reconciler.model.outcome import Status
from reconciler.model.state import Live
from reconciler.model.text import neutral
from reconciler.ports import Capabilities, Reader, Scope, Write, Writer, Written
from reconciler.providers._provider import Part

#: Of several failures the first of these says how the run ends.
_GRAVEST = (AuthenticationError, LockedError, RefusedError, IncompleteReadError)


class SplitReader:
    """Reads every provider."""

    def __init__(self, parts: Sequence[Part], account: str) -> None:
        """Read ``parts``, the default first, each of which must hold the account numbered ``account``."""
        self._parts = parts
        self._account = account
        self._readers: dict[str, Reader] = {}

    @property
    def capabilities(self) -> Capabilities:
        """What each provider can do with the kinds that it is asked for; facts are told by the default alone."""
        can = [(part, self._reader(part).capabilities) for part in self._parts]
        records = next((able for part, able in can if "record" in part.kinds), Capabilities(frozenset()))
        admitting = next((able for part, able in can if "whitelist_entry" in part.kinds), records)
        return replace(
            records,
            kinds=frozenset(kind for part, able in can for kind in able.kinds & part.kinds),
            renames=frozenset(kind for part, able in can for kind in able.renames & part.kinds),
            facts=can[0][1].facts,
            private_addresses=admitting.private_addresses,
        )

    @property
    def origin(self) -> str:
        """The default's origin."""
        return self._reader(self._parts[0]).origin

    def read(self, scope: Scope) -> Live:
        """Return what all providers hold; raises one error for all that couldn't be read."""
        lives, failures = self.read_parts(scope)
        if failures:
            raise _as_one(failures, len(self._parts))
        return _united(self._parts, lives)

    def read_parts(self, scope: Scope) -> tuple[list[Live], list[tuple[Part, ReconcilerError]]]:
        """Return what the providers hold that can be read, and those that can't, each with its error."""
        lives: list[Live] = []
        failures: list[tuple[Part, ReconcilerError]] = []
        for part in self._parts:
            try:
                lives.append(self._read(part, scope))
            except ReconcilerError as error:
                failures.append((part, error))
        return lives, failures

    def _reader(self, part: Part) -> Reader:
        if part.name not in self._readers:
            self._readers[part.name] = part.open_reader()
        return self._readers[part.name]

    def _read(self, part: Part, scope: Scope) -> Live:
        live = self._reader(part).read(scope)
        if live.exists and live.account != self._account:
            raise RefusedError(
                f"The live account is {neutral(live.account)}, but account.yaml says {self._account}.",
                "Correct `account:`, or point `providers:` at the right account.",
            )
        return live.of_kinds(part.kinds)


class SplitWriter:
    """Writes to every provider. One that fails holds up its own changes and what needs them; it never raises."""

    def __init__(self, parts: Sequence[Part], needed: frozenset[str]) -> None:
        """Open every provider; raises one error for all that hold ``needed`` kinds and can't be written now."""
        self._part_of = {kind: part for part in parts for kind in part.kinds}
        self._writers: dict[str, Writer] = {}
        self._closed: dict[str, str] = {}
        failures: list[tuple[Part, ReconcilerError]] = []
        for part in parts:
            try:
                self._writers[part.name] = part.open_writer()
            except ReconcilerError as error:
                self._closed[part.name] = _said(part, error)
                failures += [(part, error)] if part.kinds & needed else []
        if failures:
            raise _as_one(failures, len(parts))

    def prepare(self, domains: frozenset[str]) -> None:
        """Make each provider ready; the changes of one that can't be made ready are skipped."""
        for part in dict.fromkeys(self._part_of.values()):
            if part.name in self._closed:
                continue
            try:
                self._writers[part.name].prepare(domains)
            except ReconcilerError as error:
                self._closed[part.name] = _said(part, error)

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch, atomic in each provider, in the order of the batch; the first failure stops the rest."""
        answers: dict[str, Written] = {}
        hindrance = ""
        for part in dict.fromkeys(self._part_of[kind_of(write.address)] for write in batch):
            writes = tuple(write for write in batch if kind_of(write.address) in part.kinds)
            given = _all(Status.SKIPPED, hindrance, writes) if hindrance else self._write(part, writes)
            answers |= {write.address: answer for write, answer in zip(writes, given, strict=True)}
            missed = next((w.address for w in writes if answers[w.address].status is not Status.DONE), None)
            if missed and not hindrance:
                hindrance = f"It goes together with {missed} of provider {part.name}, which was not done."
        return tuple(answers[write.address] for write in batch)

    def _write(self, part: Part, writes: tuple[Write, ...]) -> tuple[Written, ...]:
        """Write to one provider; what it refuses to let in it will refuse again, so it isn't asked again."""
        if part.name in self._closed:
            return _all(Status.SKIPPED, self._closed[part.name], writes)
        try:
            answers = self._writers[part.name].write(writes)
        except ReconcilerError as error:
            if not isinstance(error, AccountError):
                self._closed[part.name] = _said(part, error)
            return _all(Status.FAILED, _said(part, error), writes)
        if len(answers) != len(writes):
            detail = f"Provider {part.name} gave {len(answers)} answers to {len(writes)} writes."
            return _all(Status.FAILED, f"{detail} What it did isn't known.", writes)
        return answers


def read_each(parts: Sequence[Part], account: str, scope: Scope) -> tuple[Live, Capabilities, Mapping[str, str]]:
    """Return what the readable ones of several providers hold and can do, and the other kinds, each with why.

    Raises one error where none can be read.
    """
    lives, failures = SplitReader(parts, account).read_parts(scope)
    if not lives:
        raise _as_one(failures, len(parts))
    unread = {kind: _said(part, error) for part, error in failures for kind in part.kinds}
    readable = [part for part in parts if not part.kinds & unread.keys()]
    return _united(readable, lives), SplitReader(readable, account).capabilities, unread


def _united(parts: Iterable[Part], lives: Sequence[Live]) -> Live:
    """Return what was read as one account; each kind comes from one provider only, so nothing meets."""
    default = lives[0]
    held = list(zip(parts, lives, strict=True))
    return Live(
        account=default.account,
        origin=default.origin,
        state=Groups({name: held for live in lives for name, held in groups_of(live.state).items()}),
        versions={address: version for live in lives for address, version in live.versions.items()},
        complete=frozenset(group for live in lives for group in live.complete),
        exists=any(live.exists for live in lives),
        topics=frozenset(topic for live in lives for topic in live.topics),
        caller=next((live.caller for live in lives if live.caller), None),
        origins={kind: live.origin for part, live in held[1:] for kind in sorted(part.kinds)},
        absent=frozenset(live.origin for live in lives if not live.exists),
        withheld={group: why for live in lives for group, why in live.withheld.items()},
        proof="; ".join(dict.fromkeys(live.proof for live in lives if live.proof)),
        soas={zone: soa for live in lives for zone, soa in live.soas.items()},
        requests={address: asked for live in lives for address, asked in live.requests.items()},
        by_hand=frozenset(kind for live in lives for kind in live.by_hand),
        attested={address: seen for live in lives for address, seen in live.attested.items()},
        marks={kind: mark for live in lives for kind, mark in live.marks.items()},
        as_recorded=frozenset(kind for live in lives for kind in live.as_recorded),
    )


def _as_one(failures: Sequence[tuple[Part, ReconcilerError]], count: int) -> ReconcilerError:
    """Return one error that names each failed provider, of the gravest sort among theirs."""
    errors = [error for _, error in failures]
    gravest = next((sort for sort in _GRAVEST if any(isinstance(error, sort) for error in errors)), AccountError)
    first, *more = [line for part, error in failures for line in _lines(part, error)]
    remedy = " ".join(dict.fromkeys(error.help for error in errors if error.help))
    if len(failures) == 1:
        return gravest(first, remedy, more)
    return gravest(f"{len(failures)} of {count} providers failed:", remedy, [f"  {text}" for text in (first, *more)])


def _lines(part: Part, error: ReconcilerError) -> tuple[str, ...]:
    return (f"Provider {part.name}: {error.lines[0]}", *error.lines[1:])


def _said(part: Part, error: ReconcilerError) -> str:
    """Return an error in one line, with what to do."""
    return f"Provider {part.name}: {error.in_full}"


def _all(status: Status, detail: str, writes: tuple[Write, ...]) -> tuple[Written, ...]:
    return (Written(status, detail),) * len(writes)
