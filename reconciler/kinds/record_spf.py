"""SPF records (RFC 7208): read, and several senders merged into one.

The order is fixed: first what the zone's own record says, as it stands there; then the presets in the order of their
names, each in the order of its file; a mechanism that is there already isn't added again. Then one ``all``: the zone's
own where it has one, else the strictest of the presets'. Last come the zone's modifiers, such as ``exp=``.
"""

import re
from collections.abc import Iterable, Mapping

from reconciler.model.late import dataclass, pattern

#: More look-ups than these make a receiver stop with an error (section 4.6.4).
MOST_LOOKUPS = 10
_VERSION = pattern(r"v=spf1(?: |\Z)", re.IGNORECASE)
MODIFIER = pattern(r"([A-Za-z][A-Za-z0-9_.-]*)=")
_MECHANISM = pattern(r"([-+?~]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?=[:/]|\Z)(.*)\Z", re.IGNORECASE)
_NEED_VALUE = frozenset({"include", "ip4", "ip6", "exists"})
_LOOKED_UP = frozenset({"a", "mx", "ptr", "include", "exists"})
_STRICTEST_FIRST = ("-all", "~all", "?all", "all")


class SpfError(Exception):
    """An SPF record that can't be merged: why, and how to mend it."""

    def __init__(self, detail: str, help: str) -> None:
        super().__init__(detail)
        self.help = help


@dataclass(frozen=True, slots=True)
class Sender:
    """One source of mechanisms: a preset, or the zone's own record. ``costs`` are look-ups by mechanism."""

    name: str
    mechanisms: tuple[str, ...]
    all: str | None = None
    modifiers: tuple[str, ...] = ()
    costs: Mapping[str, int] | None = None

    @property
    def record(self) -> str:
        """The sender's own SPF record."""
        return " ".join(("v=spf1", *self.mechanisms, *([self.all] if self.all else []), *self.modifiers))


@dataclass(frozen=True, slots=True)
class MergedSpf:
    """One SPF record for several senders, and how many look-ups each of them costs."""

    text: str
    lookups: Mapping[str, int]

    @property
    def is_too_much(self) -> bool:
        """Whether receivers would stop before the end."""
        return sum(self.lookups.values()) > MOST_LOOKUPS


def is_spf(text: str) -> bool:
    """Tell whether a TXT record is an SPF record of version 1 (section 4.5)."""
    return _VERSION.match(text) is not None


def parse_spf(name: str, text: str, costs: Mapping[str, int] | None = None) -> Sender:
    """Return what an SPF record says; raises :class:`SpfError` where merging would change what it means."""
    mechanisms: list[str] = []
    modifiers: list[str] = []
    every = None
    if not (text.isascii() and text.isprintable()):
        raise SpfError("Other characters than those of ASCII stand in the SPF record.", "Correct or delete them.")
    for term in text.split(" ")[1:]:
        if not term:
            continue
        if found := MODIFIER.match(term):
            if found[1].lower() == "redirect":
                detail = f"`{term}` counts only in a record without other senders and without `all`."
                raise SpfError(detail, f"Write `include:{term.partition('=')[2]}`, and `-all` or `~all` at the end.")
            modifiers.append(term)
            continue
        mechanism = canonical_mechanism(term)
        if every is not None:
            detail = f"`{term}` stands behind `{every}`, where receivers don't look."
            raise SpfError(detail, "Move it in front, or delete it.")
        if mechanism in _STRICTEST_FIRST:
            every = mechanism
        else:
            mechanisms.append(mechanism)
    return Sender(name, tuple(mechanisms), every, tuple(modifiers), costs)


def canonical_mechanism(term: str) -> str:
    """Return a mechanism in lower case without ``+``; raises :class:`SpfError` for what is none.

    Macros keep their case, in which a capital means something.
    """
    found = _MECHANISM.match(term)
    if (
        found is None
        or (found[2].lower() in _NEED_VALUE and len(found[3]) < 2)
        or (found[2].lower() == "all" and found[3])
    ):
        raise SpfError(f"`{term}` is no mechanism of SPF.", "Correct or delete it.")
    value = found[3] if "%" in found[3] else found[3].lower()
    return f"{found[1].replace('+', '')}{found[2].lower()}{value}"


def merge_spf(own: Sender | None, others: Iterable[Sender]) -> MergedSpf:
    """Return one record of the zone's own (if there is one) and of the presets', in the order told above."""
    presets = sorted(others, key=lambda sender: sender.name)
    senders = [*([own] if own else []), *presets]
    terms: dict[str, str] = {}
    lookups: dict[str, int] = {}
    for sender in senders:
        for term in sender.mechanisms:
            mechanism = term.lstrip("-?~")
            if mechanism not in terms:
                terms[mechanism] = term
                lookups[sender.name] = lookups.get(sender.name, 0) + cost_of(mechanism, sender.costs or {})
    told = (own.all if own else None) or min((s.all for s in presets if s.all), key=_STRICTEST_FIRST.index)
    words = ["v=spf1", *terms.values(), told, *(own.modifiers if own else ())]
    return MergedSpf(" ".join(words), lookups)


def cost_of(mechanism: str, costs: Mapping[str, int]) -> int:
    """Return how many look-ups a mechanism costs: what ``costs`` knows, else one where a name is looked up at all."""
    name = re.split("[:/]", mechanism, maxsplit=1)[0]
    return costs.get(mechanism, 1 if name in _LOOKED_UP else 0)
