"""octoDNS's providers as ours: read twice where there is doubt, written after a look, and read back.

octoDNS's providers differ in what they do when they can't read: some raise, some log an error and return an empty
zone. So a zone counts as read only if nothing was logged as an error, and what is there or isn't has to be said twice
(by ``list_zones``, by a second look) before it is believed.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from reconciler.kinds.record import RecordValue, as_record
from reconciler.kinds.record_names import canonical_zone
from reconciler.kinds.record_text import is_wire_type
from reconciler.model.address import Address, decode_part, join, kind_of
from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError, ReconcilerError
from reconciler.model.fields import Fields, Value
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.model.providers import OctodnsProvider
from reconciler.model.scalars import refusals
from reconciler.model.state import Live
from reconciler.ports import Capabilities, Reader, Scope, Write, Writer, Written
from reconciler.providers._octodns import NotShownError, asking, made_with, origin_of, provider_class, without_secrets
from reconciler.providers._octodns_records import keeps_escapes, record_of, renders, value_of
from reconciler.providers._provider import Access, Provider

#: Packages whose providers ask for NS records of a zone to be replaced at once, which RFC 2136 (3.4.2.3) has ignored.
_APEX_IN_STEPS = frozenset({"octodns_bind"})
_CANNOT_READ = "A zone that isn't there yet has to be made there first; else look at the provider, and try again."
_CANNOT_CHANGE = "Its own log may say why, and whether our credentials may change the zone; then plan again."
_CANNOT_HOLD = "Declare it otherwise, or keep the zone with a provider of ours."
_LOOK_THERE = "Look at the provider, and try again."
_OPTIONS = "Correct `options` of the provider in account.yaml."
_HELP = "octoDNS makes no zones of its own accord: make it where the provider keeps them, then plan again."


@dataclass(frozen=True, slots=True)
class Look:
    """A zone as it was seen: octoDNS's own zone with its records by our addresses, and their canonical values."""

    zone: Any
    exists: bool
    records: Mapping[Address, Any]
    values: Mapping[Address, RecordValue]

    @property
    def is_doubtful(self) -> bool:
        """Whether the zone was seen without NS records of its own, which every zone has."""
        return self.zone.root_ns is None


class Source:
    """A provider of octoDNS, which is asked for zones.

    Many remember what they read for as long as they live, so each look that has to be a new one begins with
    :meth:`renew`.
    """

    def __init__(self, access: Access) -> None:
        """Make the provider; raises ``RefusedError`` for a class that policy doesn't admit, and ``AccountError``."""
        settings: OctodnsProvider = access.settings
        cls = provider_class(settings.class_, access.policy)
        #: The class, as it stands in messages.
        self.name = settings.class_
        self.secrets = tuple(access.secrets.values())
        self.in_steps = settings.class_.partition(".")[0] in _APEX_IN_STEPS
        self.escaped = keeps_escapes(settings.class_)
        self._new = partial(cls, "reconciler", **made_with(cls, settings.options.given, access.secrets))
        self.renew()

    def renew(self) -> None:
        """Put a new provider in the place of the one that may remember; raises ``AccountError``."""
        with asking(f"{self.name} can't be made with these options", self.secrets, _OPTIONS):
            self.provider = self._new()

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the class says of itself; raises ``AccountError`` where it has to ask and isn't answered."""
        with asking(f"{self.name} doesn't say what it supports", self.secrets, _LOOK_THERE):
            types = frozenset(self.provider.SUPPORTS)
            options = {"dynamic": bool(self.provider.SUPPORTS_DYNAMIC), "geo": bool(self.provider.SUPPORTS_GEO)}
            apex_ns = bool(self.provider.SUPPORTS_ROOT_NS)
        served = frozenset(name for name, served in options.items() if served)
        return Capabilities(
            kinds=frozenset({"zone", "record"}),
            other_types=frozenset(name for name in types if not is_wire_type(name)),
            record_options=served | {"octodns"} if served else False,
            makes_zones=False,
            no_zones_help=_HELP,
            lists_zones=hasattr(self.provider, "list_zones"),
            data_types=frozenset(filter(is_wire_type, types)),
            apex_ns=apex_ns,
        )

    def zones(self) -> frozenset[str] | None:
        """Return the names of all zones, None where the provider can't list them."""
        if not hasattr(self.provider, "list_zones"):
            return None
        with asking(f"{self.name} can't list its zones", self.secrets, _LOOK_THERE) as heard:
            try:
                found = list(self.provider.list_zones())
            except NotImplementedError:
                return None
        self._demand_silence("its zones", heard.errors)
        return frozenset(map(canonical_zone, found))

    def zone(self, name: str, listed: frozenset[str] | None) -> Look | None:
        """Return a zone, None for one that isn't there; raises ``IncompleteReadError`` where either isn't sure.

        Raises ``NotShownError`` where it is refused, unless it is listed: then that is no answer.
        """
        try:
            look = self.look(name)
        except NotShownError as error:
            if listed is None or name not in listed:
                raise
            raise IncompleteReadError(f"{error} {self.name} lists it.", _LOOK_THERE) from None
        if listed is not None and look.exists != (name in listed):
            said = "shows it" if look.exists else "shows nothing of it"
            has = "lists" if name in listed else "doesn't list"
            raise IncompleteReadError(f"The zone {name} wasn't read: {self.name} {has} it, but {said}.", _LOOK_THERE)
        if not look.exists:
            return None
        if look.is_doubtful and (self.capabilities.apex_ns or not look.values):
            self.renew()
            if self.look(name).values != look.values:
                raise IncompleteReadError(
                    f"The zone {name} wasn't read: {self.name} shows it otherwise each time.", _LOOK_THERE
                )
            if not look.values and listed is None:
                raise IncompleteReadError(
                    f"The zone {name} wasn't read: {self.name} shows it without any record, and can't list its zones.",
                    "An empty answer is no proof that it is empty. Look at the provider, and try again.",
                )
        return look

    def look(self, name: str) -> Look:
        """Return what one ``populate`` shows."""
        from octodns.zone import Zone

        with asking(f"The zone {name} can't be read by {self.name}", self.secrets, _CANNOT_READ) as heard:
            zone = Zone(f"{name}.", [])
            exists = self.provider.populate(zone, target=True, lenient=True)
            records = sorted(zone.records)
        self._demand_silence(f"the zone {name}", heard.errors)
        found: dict[Address, Any] = {}
        values: dict[Address, RecordValue] = {}
        for record in records:
            address, value = self._value(name, record)
            if address.endswith("/@/NS") and not self.capabilities.apex_ns:
                continue
            if address in found:
                raise IncompleteReadError(
                    f"The zone {name} wasn't read: {self.name} shows {address} twice.", _LOOK_THERE
                )
            found[address], values[address] = record, value
        return Look(zone, bool(values) if exists is None else bool(exists), found, values)

    def _value(self, name: str, record: Any) -> tuple[Address, RecordValue]:
        try:
            return value_of(record, self.escaped)
        except refusals() as error:
            detail = without_secrets(f"{record.name or '@'} {record._type}: {error.message()}", self.secrets)
            why = f"The zone {name} wasn't read: {self.name} shows {detail}"
            raise IncompleteReadError(why, "Correct it where the provider keeps it, and try again.") from None

    def _demand_silence(self, what: str, errors: Iterable[str]) -> None:
        """Raise ``IncompleteReadError`` where an error was logged: the answer isn't whole then."""
        for error in errors:
            detail = without_secrets(error, self.secrets)
            raise IncompleteReadError(f"{self.name} couldn't read {what}: {detail}", _LOOK_THERE)


def source_of(access: Access) -> Source:
    """Return the provider, the same one for reading and for writing; raises as :class:`Source` does."""
    if "source" not in access.known:
        access.known["source"] = Source(access)
    source: Source = access.known["source"]
    return source


class OctodnsReader:
    """Reads zones through a provider of octoDNS."""

    def __init__(self, access: Access) -> None:
        """Make the provider; raises ``RefusedError`` and ``AccountError``."""
        self._account = access.account
        self._origin = origin_of(access.settings)
        self._source = source_of(access)

    @property
    def capabilities(self) -> Capabilities:
        """What octoDNS's class says that it supports."""
        return self._source.capabilities

    @property
    def origin(self) -> str:
        """The class with its options, without credentials."""
        return self._origin

    def read(self, scope: Scope) -> Live:
        """Return the zones that are declared or owned, all of them where none is, as far as they can be listed.

        A zone of which the provider says that it hasn't it isn't there where nobody owns it. One that is owned is
        withheld then, and where it is refused; nothing is concluded. Raises ``IncompleteReadError``,
        ``AuthenticationError`` or ``AccountError``, one for all zones that fail, where any fails otherwise.
        """
        self._source.renew()
        listed = self._source.zones()
        names = scope.zones | scope.owned or listed or frozenset()
        looks: dict[str, Look] = {}
        withheld: dict[str, ReconcilerError] = {}
        failures: list[ReconcilerError] = []
        for name in sorted(names):
            try:
                if look := self._source.zone(name, listed):
                    looks[name] = look
            except (AccountError, AuthenticationError) as error:
                if isinstance(error, NotShownError) and name in scope.owned:
                    withheld[join("record", name)] = error
                elif not (isinstance(error, NotShownError) and error.is_absent):
                    failures.append(error)
        if failures:
            raise _as_one([*failures, *withheld.values()])
        there = looks.keys() | (listed or frozenset())
        state: dict[Address, Value] = {join("zone", name): Fields() for name in there}
        for look in looks.values():
            state.update(look.values)
        complete = frozenset(join("record", name) for name in names) - withheld.keys()
        return Live(
            self._account,
            self._origin,
            state,
            complete=complete if withheld else complete | {"zone"},
            withheld={group: str(error) for group, error in withheld.items()},
        )


class OctodnsWriter:
    """Writes through a provider of octoDNS: all changes of a zone at once, after a look, and reads back."""

    def __init__(self, access: Access) -> None:
        """Make the provider; raises ``RefusedError`` and ``AccountError``."""
        self._source = source_of(access)

    def prepare(self, domains: frozenset[str]) -> None:
        """Nothing has to be made ready."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch, zone by zone; what is no longer as it was planned holds up its whole zone."""
        zones: dict[str, list[Write]] = {}
        for write in batch:
            zones.setdefault(decode_part(write.address.split("/")[1]), []).append(write)
        answers: dict[Address, Written] = {}
        for name, writes in zones.items():
            answers |= self._write_zone(name, writes)
        return tuple(answers[write.address] for write in batch)

    def _write_zone(self, name: str, writes: list[Write]) -> dict[Address, Written]:
        try:
            self._source.renew()
            look = self._source.look(name)
        except ReconcilerError as error:
            return _all(writes, error.in_full)
        if not look.exists or any(kind_of(write.address) != "record" for write in writes):
            return _all(writes, f"{self._source.name} neither makes nor removes zones. {_HELP}")
        steps = [write for write in writes if look.values.get(write.address) != write.after]
        if stale := {w.address for w in steps if look.values.get(w.address) != w.before}:
            changed = Written(Status.CONFLICT, "It was changed in the meantime.")
            beside = Written(Status.CONFLICT, "Another record set of its zone was changed in the meantime.")
            return {write.address: changed if write.address in stale else beside for write in writes}
        records, wrong = self._records(look.zone, steps)
        if wrong:
            held_up = f"Nothing of its zone was written, because {min(wrong)} can't be."
            return {write.address: Written(Status.FAILED, wrong.get(write.address, held_up)) for write in writes}
        try:
            self._apply(name, look, steps, records)
            failure = ""
        except ReconcilerError as error:
            failure = error.in_full
        return self._read_back(name, writes, failure)

    def _apply(self, name: str, look: Look, steps: list[Write], records: Mapping[Address, Any]) -> None:
        """Have octoDNS apply exactly these changes, to these records; raises ``AccountError``."""
        from octodns.provider.plan import Plan
        from octodns.record import Create, Delete, Update

        desired, changes, later = look.zone.copy(), [], []
        for write in steps:
            existing = look.records.get(write.address)
            new = records.get(write.address)
            if existing is not None:
                desired.remove_record(existing)
            if new is not None:
                desired.add_record(new, lenient=True)
            if existing is not None and new is not None and self._source.in_steps and write.address.endswith("/@/NS"):
                changes.append(Create(new))
                gone = [value for value in existing.values if value not in new.values]
                later += [Delete(existing.copy(values=gone))] if gone else []
            elif new is None:
                changes.append(Delete(existing))
            else:
                changes.append(Create(new) if existing is None else Update(existing, new))
        source = self._source
        with asking(f"{source.name} couldn't change the zone {name}", source.secrets, _CANNOT_CHANGE) as heard:
            for some in filter(None, (changes, later)):
                source.provider.apply(Plan(look.zone, desired, some, True))
        for error in heard.errors:
            raise AccountError(f"{source.name}: {without_secrets(error, source.secrets)}", _CANNOT_CHANGE)

    def _records(self, zone: Any, steps: list[Write]) -> tuple[dict[Address, Any], dict[Address, str]]:
        """Return octoDNS's records of what is to be written, and why those can't be made that it can't hold."""
        made, wrong = {}, {}
        for write in steps:
            if write.after is None:
                continue
            try:
                made[write.address] = self._record(zone, write.address, write.after)
            except ReconcilerError as error:
                wrong[write.address] = error.in_full
        return made, wrong

    def _record(self, zone: Any, address: Address, after: Value) -> Any:
        """Return octoDNS's record of what is to be written; raises ``AccountError`` where it would mean another."""
        source, value = self._source, as_record(after)
        with asking(f"octoDNS can't hold {address}", source.secrets, _CANNOT_HOLD):
            record = record_of(zone, address, value, source.provider, source.escaped)
            same = value_of(record, source.escaped) == (address, value)
            if not (same and source.provider.supports(record) and (source.escaped or renders(record, value))):
                raise AccountError(f"octoDNS can't hold {address} as it is declared.", _CANNOT_HOLD)
        return record

    def _read_back(self, name: str, writes: list[Write], failure: str) -> dict[Address, Written]:
        try:
            self._source.renew()
            there = self._source.look(name).values
        except ReconcilerError as error:
            return _all(writes, f"{failure} What was done can't be read back: {error.in_full}".strip())
        held = "The provider took it without an error, and holds something else. Plan again to see it."
        return {
            write.address: Written(Status.DONE)
            if there.get(write.address) == write.after
            else Written(Status.FAILED, failure or held)
            for write in writes
        }


def _all(writes: list[Write], detail: str) -> dict[Address, Written]:
    return {write.address: Written(Status.FAILED, detail) for write in writes}


def _as_one(failures: list[ReconcilerError]) -> ReconcilerError:
    """Return one error for all, of the gravest sort among them."""
    if len(failures) == 1:
        return failures[0]
    sorts = (AuthenticationError, IncompleteReadError, AccountError)
    gravest = next(sort for sort in sorts if any(isinstance(error, sort) for error in failures))
    remedy = " ".join(dict.fromkeys(error.help for error in failures if error.help))
    return gravest(f"{len(failures)} zones can't be read:", remedy, [f"  {error}" for error in failures])


def place(settings: OctodnsProvider, folder: Path) -> str:
    """Return what is equal for two settings that lead to the same provider."""
    return origin_of(settings)


def open_reader(access: Access) -> Reader:
    """Return the reader; raises ``RefusedError`` for a class that policy doesn't admit, and ``AccountError``."""
    return OctodnsReader(access)


def open_writer(access: Access) -> Writer:
    """Return the writer; raises ``RefusedError`` for a class that policy doesn't admit, and ``AccountError``."""
    return OctodnsWriter(access)


#: The row of the table.
PROVIDER = Provider(open_reader, open_writer, lambda settings: (), place)
