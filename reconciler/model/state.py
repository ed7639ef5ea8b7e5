"""The three states: what git desires, what is live, what we applied last.

A :data:`State` maps addresses to canonical values; nothing else is compared. What belongs to an address besides its
value (place, metadata, version, receipt) is kept beside the state. A large one is kept in
:class:`~reconciler.model.groups.Groups`, so that what nobody looks at is never made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from reconciler.model.account import AccountConfig, ZoneOptions
from reconciler.model.address import Address, kind_of, split
from reconciler.model.by_hand import Attestation, Awaiting
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Value
from reconciler.model.groups import Group, groups_of, of_kinds
from reconciler.model.late import dataclass
from reconciler.model.meta import Meta
from reconciler.model.secret import SecretRef
from reconciler.model.span import Span

if TYPE_CHECKING:
    from reconciler.model.expectation import Expectation
    from reconciler.model.money import Quote

State: TypeAlias = Mapping[Address, Value]


@dataclass(frozen=True, slots=True)
class Removal:
    """An entry of ``removed:``: an address, or a glob with its exact ``count``, that may go (``keep``: be let go).

    ``after`` is the last day on which it stays.
    """

    pattern: str
    reason: str
    span: Span
    count: int | None = None
    keep: bool = False
    after: date | None = None


class Renaming(NamedTuple):
    """``previously:`` of a resource: the address that it had, and where that is said."""

    old: Address
    span: Span


@dataclass(frozen=True, slots=True)
class Desired:
    """What git says: the state, and beside it places, metadata, secret references and removals.

    ``files`` maps each file that was read (path relative to the account folder) to its git blob id; ``declared`` are
    the groups (``record/example.org``, ``contact``) that have a section or a file, even an empty one. ``presets`` names
    the presets from which a record set comes, ``related`` the further places of what stands in several;
    ``zone_options`` says how each zone's file is read, ``ignored_at`` and ``silenced_at`` where each rule of
    ``policy.ignore`` and ``policy.silence`` stands; ``attachments`` are the paths of requests' files by the SHA-256 of
    what is in them.
    """

    config: AccountConfig
    state: State
    places: Mapping[Address, Span]
    metas: Mapping[Address, Meta] = field(default_factory=dict)
    secrets: Mapping[tuple[Address, str], SecretRef] = field(default_factory=dict)
    removals: tuple[Removal, ...] = ()
    renamings: Mapping[Address, Renaming] = field(default_factory=dict)
    expectations: "tuple[Expectation, ...]" = ()
    declared: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Diagnostic] = ()
    presets: Mapping[Address, str] = field(default_factory=dict)
    related: Mapping[Address, tuple[Span, ...]] = field(default_factory=dict)
    zone_options: Mapping[Address, ZoneOptions] = field(default_factory=dict)
    ignored_at: tuple[Span, ...] = ()
    silenced_at: tuple[Span, ...] = ()
    attachments: Mapping[str, str] = field(default_factory=dict)

    @property
    def domains(self) -> frozenset[str]:
        """The domains whose DNS or mail is declared."""
        return frozenset(split(address)[1] for address in of_kinds(self.state, ("zone", "mail_domain")))

    def unsilenced(self, today: date) -> Sequence[Diagnostic]:
        """Return the findings that policy doesn't silence; an error never is."""
        if not self.config.policy.silence:
            return self.findings
        silences = self.config.policy.silences
        return tuple(
            found for found in self.findings if found.is_error or not silences(found.code, found.address, today)
        )

    def of_kinds(self, kinds: frozenset[str]) -> "Desired":
        """Return only the resources of these kinds."""
        declared = frozenset(group for group in self.declared if kind_of(group) in kinds)
        return replace(self, state=of_kinds(self.state, kinds), declared=declared)


#: What becomes of a request.
STATUSES = ("submitted", "accepted", "rejected", "completed", "needs signature")


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a request: its status, one of ``STATUSES``.

    ``at`` is when it was submitted (by hand: when it was last seen), ``note`` what the company says of it, ``quote``
    the price that was agreed.
    """

    status: str
    at: datetime
    note: str = ""
    quote: "Quote | None" = None


@dataclass(frozen=True, slots=True)
class Live:
    """What the account says, proven complete for each group in ``complete``.

    ``versions`` are the account's own marks of the entries, for compare-and-swap; ``exists`` is False for an account
    that the first apply would create. ``topics`` are the notification topics that the account reports, ``caller``
    the address from which it sees us. Of several providers, ``origin`` is the default's, ``origins`` are those of the
    kinds that another one holds, and ``absent`` those whose account the first apply would create. ``withheld`` are the
    zones that the account neither gives nor proves to be gone (``record/example.org``), each with why; ``proof`` says
    how it was read, where that isn't plain. ``soas`` are the data of the SOA of each zone (its name), as a primary name
    server has it. ``requests`` says what became of each request, whose value is in ``state``.
    server has it. Of the kinds ``by_hand`` nothing can be read: what is live is what was ``attested`` last, in which
    private fields are digests. ``marks`` are the account's own of kinds that were read whole; of those ``as_recorded``
    it says that nothing changed since they agreed with the record, which stands for what is live.
    """

    account: str
    origin: str
    state: State
    versions: Mapping[Address, str] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    exists: bool = True
    topics: frozenset[str] = frozenset()
    caller: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    withheld: Mapping[str, str] = field(default_factory=dict)
    proof: str = ""
    soas: Mapping[str, bytes] = field(default_factory=dict)
    requests: Mapping[Address, Asked] = field(default_factory=dict)
    by_hand: frozenset[str] = frozenset()
    attested: Mapping[Address, Attestation] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    as_recorded: frozenset[str] = frozenset()

    def origin_of(self, kind: str) -> str:
        """Return where a kind is read and written."""
        return self.origins.get(kind, self.origin)

    def of_kinds(self, kinds: frozenset[str]) -> "Live":
        """Return only what concerns these kinds."""
        return replace(
            self,
            state=of_kinds(self.state, kinds),
            versions=of_kinds(self.versions, kinds),
            complete=frozenset(group for group in self.complete if kind_of(group) in kinds),
            topics=self.topics if "notification" in kinds else frozenset(),
            caller=self.caller if "whitelist_entry" in kinds else None,
            withheld=of_kinds(self.withheld, kinds),
            soas=self.soas if "zone" in kinds else {},
            requests=of_kinds(self.requests, kinds),
            by_hand=self.by_hand & kinds,
            attested=of_kinds(self.attested, kinds),
            marks={kind: mark for kind, mark in self.marks.items() if kind in kinds},
            as_recorded=self.as_recorded & kinds,
        )


class Provenance(NamedTuple):
    """Where an applied value came from: receipt number, configuration commit and path, and the account's own id."""

    receipt: int
    commit: str
    path: str
    protect: bool = False
    live_id: str | None = None


class Origins(Group[Provenance]):
    """The provenance of one group, of which it is known without a look inside which addresses are ``protected``."""

    __slots__ = ("protected",)

    def __init__(
        self, load: Callable[[], Mapping[Address, Provenance]], count: int, protected: frozenset[Address]
    ) -> None:
        super().__init__(load, count)
        self.protected = protected


def protected_in(provenance: Mapping[Address, Provenance]) -> set[Address]:
    """Return the addresses that the record knows as protected, without a look into groups that know theirs."""
    found: set[Address] = set()
    for group in groups_of(provenance).values():
        if isinstance(group, Origins):
            found |= group.protected
        else:
            found |= {address for address, origin in group.items() if origin.protect}
    return found


@dataclass(frozen=True, slots=True)
class Applied:
    """What the record says: values with private fields as digests, and where each came from.

    ``number`` is the last receipt (0 before the first), ``head`` the record's newest commit, ``salt`` makes the
    digests of private fields, ``config_commit`` is what the last apply carried out, ``gone`` which receipt let go of an
    address that was ours. ``attested`` is what people saw last of what no program can read, ``awaiting`` what they have
    yet to do. ``unasked`` says why the remote that has the record couldn't be asked, so that all this is
    only what the clone knows. ``protected`` are the addresses that may not go; None where only ``provenance`` says it.
    """

    state: State = field(default_factory=dict)
    provenance: Mapping[Address, Provenance] = field(default_factory=dict)
    number: int = 0
    head: str | None = None
    salt: str = ""
    config_commit: str | None = None
    gone: Mapping[Address, int] = field(default_factory=dict)
    unasked: str = ""
    attested: Mapping[Address, Attestation] = field(default_factory=dict)
    awaiting: Mapping[Address, Awaiting] = field(default_factory=dict)
    protected: frozenset[Address] | None = None

    @property
    def protections(self) -> frozenset[Address]:
        """The addresses that are protected; only groups that don't know theirs are looked into."""
        return frozenset(protected_in(self.provenance)) if self.protected is None else self.protected

    @property
    def has_salt(self) -> bool:
        """Whether the record has its own salt, which the first apply or attestation makes."""
        return bool(self.number or self.attested)

    def of_kinds(self, kinds: frozenset[str]) -> "Applied":
        """Return only what was applied of these kinds."""
        return replace(
            self,
            state=of_kinds(self.state, kinds),
            provenance=of_kinds(self.provenance, kinds),
            attested=of_kinds(self.attested, kinds),
        )
