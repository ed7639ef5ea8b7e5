"""What the record tells of values: since which receipt each address has which value, and what every apply did."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from reconciler.audit.chain import Link, outcomes
from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class Applies:
    """The outcomes of a record in order, and the entries of the applied index, each since the receipt that wrote it.

    ``attested`` is what people saw of each address, the oldest first; ``attestations`` are the commits in which they
    said so. ``waiting`` is what awaits a hand, with the receipt that left it first.
    """

    links: tuple[Link, ...]
    entries: Mapping[Address, tuple[tuple[int, Json], ...]]
    attestations: tuple[Link, ...] = ()
    attested: Mapping[Address, tuple[Json, ...]] = field(default_factory=dict)
    waiting: Mapping[Address, int] = field(default_factory=dict)

    @classmethod
    def of(cls, chain: Iterable[Link]) -> "Applies":
        """Return what a chain of commits tells."""
        chain = tuple(chain)
        links = outcomes(chain)
        entries: dict[Address, list[tuple[int, Json]]] = {}
        for link in links:
            for address, entry in link.learnt.items():
                entries.setdefault(address, []).append((link.number, entry))
        seen: dict[Address, list[Json]] = {}
        for link in chain:
            for address, entry in link.attested.items():
                seen.setdefault(address, []).append(entry)
        return cls(
            links,
            {address: tuple(found) for address, found in entries.items()},
            tuple(link for link in chain if link.is_attestation),
            {address: tuple(found) for address, found in seen.items()},
            next((link.awaiting for link in reversed(chain) if link.awaiting is not None), {}),
        )

    @property
    def last(self) -> Link | None:
        """The last outcome."""
        return self.links[-1] if self.links else None

    def link(self, number: int) -> Link | None:
        """Return the outcome with a number."""
        return next((link for link in self.links if link.number == number), None)

    def value(self, address: Address, number: int | None = None) -> Json:
        """Return what was applied for an address after a receipt (None: now); None where nothing was."""
        value = None
        for at, entry in self.entries.get(address, ()):
            if number is not None and at > number:
                break
            value = entry and entry["value"]
        return value

    def since(self, address: Address, value: Json, numbers: Iterable[int]) -> int | None:
        """Return the first of some receipts after which an address has a value."""
        return next((number for number in numbers if self.value(address, number) == value), None)

    def step(self, address: Address, number: int) -> Json:
        """Return what a receipt says of an address, or None."""
        link = self.link(number)
        steps = link.facts["steps"] if link else ()
        return next((step for step in steps if step["address"] == address), None)
