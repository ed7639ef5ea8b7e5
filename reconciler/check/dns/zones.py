"""The record sets of all zones as the rules over DNS look at them: one zone is judged, the others are asked.

Names are in presentation format, in lower case and without the trailing dot; an *owner* is relative to its zone, ``@``
for the apex. Nothing here, nor in any rule, ever asks a name server: only what is declared counts. What a rule asks of
another zone than its own is remembered, so that what it found stands until one of the answers is another one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias, TypeVar

from reconciler.check.dns.zone import APEX, RecordSet, Zone
from reconciler.kinds.record_show import txt_content
from reconciler.model.address import Address, decode_part, join, kind_of, matches, split
from reconciler.model.fields import Value
from reconciler.model.groups import groups_of, of_kind
from reconciler.model.late import dataclass
from reconciler.model.state import Desired

#: Which servers are the host's is known from this preset.
HOSTING_PRESET = "hosting-mail@"
_NAMING = ("CNAME", "MX", "SRV")
_PREFIX = "record/"
_ADDRESSES = frozenset({"A", "AAAA", "ALIAS", "CNAME"})
T = TypeVar("T")
#: What a question for a name can meet, by type; None where it isn't ours to say.
Answer: TypeAlias = Mapping[str, RecordSet] | None


class Home(NamedTuple):
    """Where a name lies: the zone that holds it, and the owner in it."""

    zone: str
    owner: str


@dataclass(frozen=True)
class Account:
    """All zones with declared record sets: their groups, by name, none of which is looked into before it is needed."""

    desired: Desired
    today: date
    groups: Mapping[str, Mapping[Address, Value]]
    _zones: dict[str, Zone] = field(default_factory=dict)
    _answers: dict[str, Answer] = field(default_factory=dict)

    @classmethod
    def of(cls, desired: Desired, today: date) -> "Account":
        """Return the zones of a desired state."""
        groups = {
            decode_part(name.removeprefix(_PREFIX)): group
            for name, group in groups_of(desired.state).items()
            if kind_of(name) == "record"
        }
        return cls(desired, today, dict(sorted(groups.items())))

    @cached_property
    def left_alone(self) -> tuple[str, ...]:
        """The globs over what policy leaves alone today, which may then exist without being declared."""
        return tuple(rule.match for rule in self.desired.config.policy.ignore if rule.holds(self.today))

    @cached_property
    def mailboxes(self) -> Mapping[str, Mapping[str, str]]:
        """The domains with mailboxes in each zone, each with the first of them."""
        first: dict[str, dict[str, str]] = {}
        for address in of_kind(self.desired.state, "mailbox"):
            mailbox = split(address)[1]
            domain = mailbox.rpartition("@")[2]
            if home := self.home(domain):
                known = first.setdefault(home.zone, {})
                known[domain] = min(known.get(domain, mailbox), mailbox)
        return first

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The names of the host's servers that its preset gives in any zone."""
        records = (split(address) for address, label in self.desired.presets.items() if HOSTING_PRESET in label)
        sets = (self.zone(zone).at(owner)[rtype] for _, zone, owner, rtype in records if rtype in _NAMING)
        return frozenset(name for one in sets for name in one.targets())

    def zone(self, name: str) -> Zone:
        """Return a zone that is asked; it is made once."""
        if name not in self._zones:
            self._zones[name] = self.made(name)
        return self._zones[name]

    def made(self, name: str) -> Zone:
        """Return a zone, made anew."""
        return Zone.of(name, self.groups[name])

    def home(self, name: str) -> Home | None:
        """Return where a name lies, None for a name of other people's zones."""
        if name in self.groups:
            return Home(name, APEX)
        at = 0
        while at := name.find(".", at) + 1:
            if name[at:] in self.groups:
                return Home(name[at:], name[: at - 1])
        return None

    def answers(self, name: str) -> Answer:
        """Return what a question for a name can meet."""
        if name not in self._answers:
            home = self.home(name)
            self._answers[name] = self.answer_of(self.zone(home.zone), home.owner) if home else None
        return self._answers[name]

    def answer_of(self, zone: Zone, owner: str) -> Answer:
        """Return what a question for an owner of a zone can meet."""
        found = zone.answers(owner)
        return None if not found and self._left_to_others(zone.name, owner) else found

    def _left_to_others(self, zone: str, owner: str) -> bool:
        rules = self.left_alone
        return any(matches(join("record", zone, owner, rtype), rule) for rule in rules for rtype in ("A", "CNAME"))


@dataclass(frozen=True)
class Zones:
    """The zone that is judged, and what the others answer; ``asked`` are the names that were asked of each of them."""

    account: Account
    zone: Zone
    asked: dict[str, dict[str, Answer]] = field(default_factory=dict)
    _answers: dict[str, Answer] = field(default_factory=dict)
    _pointing: dict[str, list[tuple[RecordSet, str]]] = field(default_factory=dict)
    _made: dict[Callable[["Zones"], Any], Any] = field(default_factory=dict)

    def once(self, make: Callable[["Zones"], T]) -> T:
        """Return what ``make`` makes of the zone: that is made once, however many rules ask for it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @property
    def desired(self) -> Desired:
        """All that is declared."""
        return self.account.desired

    def of_type(self, rtype: str) -> list[RecordSet]:
        """Return the record sets of a type that the zone itself answers for or hands on."""
        return self.zone.sets(rtype)

    def of_types(self, *rtypes: str) -> Iterator[RecordSet]:
        """Yield the record sets of some types."""
        for rtype in rtypes:
            yield from self.of_type(rtype)

    @cached_property
    def policies(self) -> tuple[tuple[RecordSet, str, str], ...]:
        """The TXT values that begin with ``v=``: record set, version in lower case (``spf1``), and text."""
        return tuple(
            (one, *_policy(wire))
            for one in self.of_type("TXT")
            for wire in one.value.values
            if isinstance(wire, bytes) and wire[1:3] in (b"v=", b"V=")
        )

    @cached_property
    def aliased(self) -> frozenset[str]:
        """The names that CNAMEs of the zone lead to."""
        return frozenset(target for _, target in self.pointing("CNAME"))

    def pointing(self, *rtypes: str) -> Iterator[tuple[RecordSet, str]]:
        """Yield the record sets of some types with each name that they point at."""
        for rtype in rtypes:
            if rtype not in self._pointing:
                self._pointing[rtype] = [(one, name) for one in self.of_type(rtype) for name in one.targets()]
            yield from self._pointing[rtype]

    def home(self, name: str) -> Home | None:
        """Return where a name lies, None for a name of other people's zones."""
        return self.account.home(name)

    def answers(self, name: str) -> Answer:
        """Return the declared record sets that a question for a name can meet; None where it isn't ours to say."""
        if name not in self._answers:
            self._answers[name] = self._asked(name)
        return self._answers[name]

    def _asked(self, name: str) -> Answer:
        home = self.home(name)
        if home is None:
            return None
        if home.zone == self.zone.name:
            return self.account.answer_of(self.zone, home.owner)
        found = self.account.answers(name)
        self.asked.setdefault(home.zone, {})[name] = found
        return found


def may_have_address(types: Iterable[str]) -> bool:
    """Tell whether a name with these types may have an address; what a provider's types become is its own business."""
    return any(rtype in _ADDRESSES or "/" in rtype for rtype in types)


def _policy(wire: bytes) -> tuple[str, str]:
    """Return version and text of a TXT value that begins with ``v=``."""
    text = txt_content(wire).decode("utf-8", "replace")
    version = text[2:].replace(";", " ").split(maxsplit=1)
    return (version[0].lower() if version else ""), text
