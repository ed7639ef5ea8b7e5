"""What only a person can see and do: what was never attested is left out of a plan, and what is old is told.

The first attestation of a kind, or of the record sets of a zone, says that somebody has looked at it: what they didn't
name isn't there. Before that nothing is known of it, and of what an account always has, each is looked at by itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from reconciler.kinds import KINDS
from reconciler.model.account import Providers
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.by_hand import Hand, Hands
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.groups import of_kinds, without
from reconciler.model.late import dataclass
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.codes import diagnostic

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """D and A without what nobody has ever looked at, which of these are owned, what is too old, and the findings."""

    desired: Desired
    applied: Applied
    ages: Mapping[Address, int]
    overdue: tuple[Address, ...]
    findings: tuple[Diagnostic, ...]

    def hands(self, changes: Iterable[Change]) -> Hands:
        """Return what the changes of a plan leave to a person."""
        changes, waiting = tuple(changes), self.applied.awaiting
        by_hand = [c for c in changes if self.desired.config.providers.by_hand(_section(c.address))]
        clicks = {change.address: _hand(change, self.desired) for change in by_hand if change.action.writes}
        awaiting = frozenset(c.address for c in changes if c.address in waiting and waiting[c.address].seal == c.seal)
        return Hands(clicks, awaiting, self.ages, self.overdue)


def leave_unseen(desired: Desired, live: Live, applied: Applied, today: date) -> Seen:
    """Return what can be planned of sections that only a person can see, as far as one has looked at them."""
    ours = {*of_kinds(desired.state, live.by_hand), *of_kinds(applied.state, live.by_hand)} if live.by_hand else set()
    if not ours:
        return Seen(desired, applied, {}, (), ())
    unseen = frozenset(_unseen(ours, live))
    days = {a: (today - live.attested[a].at.date()).days for a in sorted(ours) if a in live.attested}
    old = tuple(_old(days, desired.config.providers))
    told = [*_never(unseen, desired), *_too_old(old, days, desired)]
    return Seen(
        replace(desired, state=without(desired.state, unseen)),
        replace(applied, state=without(applied.state, unseen)),
        days,
        tuple(sorted((*old, *(address for address in unseen if address in applied.state)))),
        tuple(told),
    )


def _unseen(ours: Iterable[Address], live: Live) -> Iterator[Address]:
    begun = {group_of(address) for address in live.attested}
    for address in ours:
        kind, group = KINDS[kind_of(address)], group_of(address)
        if address in live.attested or kind.is_request or (group in begun and not kind.fixed):
            continue
        # A zone that isn't there has no record sets, which nobody has to see.
        if kind.name != "record" or "zone" not in begun or group.replace("record", "zone", 1) in live.state:
            yield address


def _old(days: Mapping[Address, int], providers: Providers) -> Iterator[Address]:
    for address, age in days.items():
        settings = providers.by_hand(_section(address))
        if settings and settings.max_age and age > settings.max_age:
            yield address


def _never(unseen: Iterable[Address], desired: Desired) -> Iterator[Diagnostic]:
    for group, addresses in _by_group(unseen).items():
        portal = _portal(addresses[0], desired.config.providers)
        yield diagnostic(
            "never-attested",
            f"{_names(addresses)}: nobody has attested what the portal holds there, so nothing of it is planned.",
            f"Look{portal}, then `reconciler attest '{_glob(group, addresses)}' --evidence FILE`, with "
            "`--seen FIELD=VALUE` or `--absent` where it isn't as declared.",
            Severity.WARNING,
            addresses[0],
            desired.places.get(addresses[0]),
        )


def _too_old(old: Iterable[Address], days: Mapping[Address, int], desired: Desired) -> Iterator[Diagnostic]:
    for group, addresses in _by_group(old).items():
        first = max(addresses, key=lambda address: days[address])
        settings = desired.config.providers.by_hand(_section(first))
        limit = settings.max_age if settings else None
        portal = _portal(first, desired.config.providers)
        yield diagnostic(
            "attestation-old",
            f"{_names(addresses)}: last seen {days[first]} days ago; `max_age` is {limit} days.",
            f"Look{portal} again, then `reconciler attest '{_glob(group, addresses)}' --evidence FILE`.",
            Severity.WARNING,
            first,
            desired.places.get(first),
        )


def _by_group(addresses: Iterable[Address]) -> dict[str, list[Address]]:
    groups: dict[str, list[Address]] = {}
    for address in sorted(addresses):
        groups.setdefault(group_of(address), []).append(address)
    return groups


def _names(addresses: list[Address]) -> str:
    more = len(addresses) - _NAMED
    return ", ".join(addresses[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _glob(group: str, addresses: list[Address]) -> str:
    if len(addresses) == 1:
        return addresses[0]
    return f"{group}/*/*" if group.startswith("record/") else f"{group}/*"


def _portal(address: Address, providers: Providers) -> str:
    settings = providers.by_hand(_section(address))
    return f" at {settings.portal}" if settings and settings.portal else " in the portal"


def _section(address: Address) -> str:
    return KINDS[kind_of(address)].section


def _hand(change: Change, desired: Desired) -> Hand:
    settings = desired.config.providers.by_hand(_section(change.address))
    secrets = {path: str(ref) for (address, path), ref in desired.secrets.items() if address == change.address}
    return Hand(settings.portal if settings else "", settings.language if settings else "de", secrets)
