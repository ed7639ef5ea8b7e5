"""Rules over mail: where it is sent on to must exist, and it must arrive somewhere."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from reconciler.check.finding import finding
from reconciler.check.leaving import leaving
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.groups import of_kinds
from reconciler.model.state import Desired

_RECEIVERS = ("mailbox", "alias")
_RECEIVING = tuple(f"{kind}/" for kind in _RECEIVERS)


def unknown_target(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield each alias or mailbox that sends mail on to an address of a managed domain that nobody declared."""
    for address, target in _missing(desired, _RECEIVERS):
        detail = f"{address} sends mail on to {target}, and no mailbox or alias of that name is declared."
        yield finding(desired, "unknown-target", address, detail, "Declare the address, or correct the target.")


def unknown_catch_all(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield each domain whose ``catch_all`` is an address of a managed domain that nobody declared."""
    for address, target in _missing(desired, ("mail_domain",)):
        detail = f"Mail to unknown addresses goes to {target}, and no mailbox or alias of that name is declared."
        yield finding(desired, "unknown-catch-all", address, detail, "Declare the address, or correct `catch_all`.")


def forward_loop(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield each circle of aliases and mailboxes that send mail on to one another, once."""
    onward = {
        address: sorted(f"{kind}/{target}" for target in targets for kind in _RECEIVERS)
        for address, targets in _sent_on(desired, _RECEIVERS).items()
    }
    for circle in _circles(onward):
        names = [address.partition("/")[2] for address in (*circle, circle[0])]
        detail = f"Mail goes {' -> '.join(names)}."
        remedy = "Take one of the targets away; `keep_copy: true` keeps mail in a mailbox that forwards."
        related = tuple(span for address in circle[1:] if (span := desired.places.get(address)))
        yield finding(desired, "forward-loop", circle[0], detail, remedy, related=related)


def _missing(desired: Desired, kinds: Iterable[str]) -> Iterator[tuple[Address, str]]:
    """Yield address and target where the target's domain is managed, and nobody declared or removed the target."""
    senders = _sent_on(desired, kinds)
    if not senders:
        return
    managed = of_kinds(desired.state, (*_RECEIVERS, "mail_domain"))
    domains = {address.partition("/")[2].rpartition("@")[2] for address in managed}
    for address, targets in senders.items():
        for target in targets:
            receivers = [f"{kind}/{target}" for kind in _RECEIVERS]
            known = any(receiver in desired.state for receiver in receivers) or leaving(desired, receivers)
            if not known and target.rpartition("@")[2] in domains:
                yield address, target


def _sent_on(desired: Desired, kinds: Iterable[str]) -> dict[Address, list[str]]:
    """Return the mail addresses to which resources of these kinds send mail on, of those that do."""
    found = {}
    for address, value in of_kinds(desired.state, kinds).items():
        references = KINDS[kind_of(address)].references(address, value)
        if targets := {r.partition("/")[2] for r in references if r.startswith(_RECEIVING)}:
            found[address] = sorted(targets)
    return found


def _circles(onward: Mapping[Address, list[Address]]) -> Iterator[tuple[Address, ...]]:
    """Yield each circle that a walk from the smallest address on meets, beginning with its own smallest."""
    finished: set[Address] = set()
    for start in sorted(onward):
        path: list[Address] = []
        steps: list[Iterator[Address]] = [iter((start,))]
        while steps:
            here = next(steps[-1], None)
            if here is None:
                steps.pop()
                if path:
                    finished.add(path.pop())
            elif here in path:
                circle = path[path.index(here) :]
                first = circle.index(min(circle))
                yield (*circle[first:], *circle[:first])
            elif here in onward and here not in finished:
                path.append(here)
                steps.append(iter(onward[here]))
