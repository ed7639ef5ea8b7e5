"""The outside as we want to see it. These doc comments are binding for every provider.

Planning holds a :class:`Reader` only; nothing that can write is made before an apply has been approved and recorded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from reconciler.model.address import Address, split
from reconciler.model.by_hand import Attestation
from reconciler.model.change import Action, Change
from reconciler.model.facts import Facts
from reconciler.model.fields import Value
from reconciler.model.groups import of_kind
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.model.state import Applied, Desired, Live, State

if TYPE_CHECKING:
    from reconciler.model.money import Quote


def _one(_changes: Sequence[Change], _sets: Mapping[Address, Value]) -> int:
    return 1


def _nothing(_zone: str, _action: Action) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can hold and do; decisions are taken by these, never by a provider's name.

    ``other_types`` are the record types without RDATA that it serves, ``data_types`` those with RDATA (None: all);
    ``record_options`` says whether it serves ``octodns:``, ``geo`` and ``dynamic``, or which of them; ``apex_ns``
    whether the NS records of a zone itself can be declared; ``renames`` are the kinds whose entries it can rename.
    ``server_types`` are the record types that it makes itself, so that nobody can declare them. ``makes_zones`` says
    whether zones can be created and deleted; ``no_zones_help`` what a user does where they can't; ``zone_hindrance``
    why one of them can't, and what a user does then. ``parts`` counts the transactions that the changes of one zone
    need, which has these record sets. ``lists_zones`` says whether a read finds zones that nobody names. ``facts`` are
    the kinds of facts that the account tells. ``private_addresses`` says whether its whitelist may name addresses from
    which nobody comes over the internet.
    """

    kinds: frozenset[str]
    other_types: frozenset[str] = frozenset()
    record_options: bool | frozenset[str] = False
    renames: frozenset[str] = frozenset()
    server_types: frozenset[str] = frozenset()
    makes_zones: bool = True
    no_zones_help: str = ""
    zone_hindrance: Callable[[str, Action], str] = _nothing
    parts: Callable[[Sequence[Change], Mapping[Address, Value]], int] = _one
    lists_zones: bool = True
    data_types: frozenset[str] | None = None
    apex_ns: bool = True
    facts: frozenset[str] = frozenset()
    private_addresses: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """What a read is about, for accounts that can't list what they hold.

    ``domains`` are those whose DNS or mail is declared, ``zones`` the zones that are declared, and ``owned`` those that
    the record says are ours. ``attested`` is what people saw of accounts that no program can read. ``recorded`` gives
    the record where it may stand for what is live: of kinds that agreed with it when they were read last, and haven't
    changed since.
    """

    domains: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    attested: Mapping[Address, Attestation] = field(default_factory=dict)
    recorded: Callable[[], Applied | None] = field(default=lambda: None, compare=False)

    @classmethod
    def of(cls, desired: Desired, applied: Applied) -> "Scope":
        """Return what a plan of ``desired`` over ``applied`` is about."""
        return cls(desired.domains, _zones(desired.state), _zones(applied.state), applied.attested)

    @classmethod
    def of_record(cls, applied: Applied) -> "Scope":
        """Return what a read is about that goes by the record alone, whatever is declared."""
        return cls(owned=_zones(applied.state), attested=applied.attested)

    @classmethod
    def of_zones(cls, zones: Iterable[str]) -> "Scope":
        """Return what a read of zones is about, whether anybody has declared them or not."""
        named = frozenset(zones)
        return cls(domains=named, zones=named)

    def __or__(self, other: "Scope") -> "Scope":
        attested = {**self.attested, **other.attested}
        return Scope(self.domains | other.domains, self.zones | other.zones, self.owned | other.owned, attested)


def _zones(state: State) -> frozenset[str]:
    return frozenset(split(address)[1] for address in of_kind(state, "zone"))


@dataclass(frozen=True, slots=True)
class Write:
    """One write, bound to what was read: the account must refuse it when ``before`` or ``version`` is no longer true.

    ``key`` is the idempotency key: the same key twice has one effect. With ``moved_from``, which only an update of a
    kind in ``Capabilities.renames`` has, the entry has that address until now and gets ``address``; what it holds, its
    secrets among it, stays. ``reason`` is why the declaration says it is so, for accounts that keep such remarks; it is
    never compared, so a new reason alone is no write. What is submitted brings the approved ``quote``, which the
    account must refuse when it no longer holds, and its ``attachments`` by the SHA-256 that its value names.
    """

    action: Action
    address: Address
    before: Value | None
    after: Value | None
    key: str
    version: str | None = None
    live_id: str | None = None
    moved_from: Address | None = None
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    reason: str = ""
    quote: "Quote | None" = None
    attachments: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one write; ``detail`` says why it failed, without secrets; ``live_id`` is a new entry's id."""

    status: Status
    detail: str = ""
    live_id: str | None = None


class Reader(Protocol):
    """Reads an account, and proves that it read all of it."""

    @property
    def capabilities(self) -> Capabilities:
        """What this provider can hold and do."""

    @property
    def origin(self) -> str:
        """Where it reads and writes, as text without credentials; part of every seal."""

    def read(self, scope: Scope) -> Live:
        """Return the whole live state, as far as ``scope`` is needed to find it.

        What is read again in the same run may be proven to be unchanged instead of being read anew.
        Raises :class:`~reconciler.model.errors.IncompleteReadError` when any part isn't proven complete,
        :class:`~reconciler.model.errors.AuthenticationError`, or :class:`~reconciler.model.errors.AccountError`.
        """


class FactReader(Protocol):
    """Reads what an account says of itself."""

    def read_facts(self, kinds: frozenset[str]) -> Facts:
        """Return all facts of these kinds, which ``Capabilities.facts`` has.

        Raises as :meth:`Reader.read` does.
        """

    def read_file(self, address: Address) -> Iterator[bytes]:
        """Yield the file of a fact in pieces; raises ``AccountError`` where there is none or it breaks off."""


class Writer(Protocol):
    """Writes to an account, one batch at a time."""

    def prepare(self, domains: frozenset[str]) -> None:
        """Make the account ready before the first batch (create it where the provider does, book ``domains``)."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch and return one answer per write, in order.

        Where the account has transactions, a batch is one: the answers are then all ``done`` or none is.
        """


class Clock(Protocol):
    """Time and randomness, handed in so that tests can fix them."""

    def now(self) -> datetime:
        """Return the present time, in UTC, with its zone."""

    def nonce(self) -> str:
        """Return 32 fresh random hexadecimal characters."""
