"""The three states: what git desires, what is live, what we applied last.

A :data:`State` maps addresses to canonical values; nothing else is compared. What belongs to an address besides its
value (place, metadata, version, receipt) is kept beside the state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

from reconciler.model.account import AccountConfig
from reconciler.model.address import Address, split
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Value
from reconciler.model.meta import Meta
from reconciler.model.secret import SecretRef
from reconciler.model.span import Span

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
    the presets from which a record set comes, ``related`` the further places of what stands in several.
    """

    config: AccountConfig
    state: State
    places: Mapping[Address, Span]
    metas: Mapping[Address, Meta] = field(default_factory=dict)
    secrets: Mapping[tuple[Address, str], SecretRef] = field(default_factory=dict)
    removals: tuple[Removal, ...] = ()
    renamings: Mapping[Address, Renaming] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    presets: Mapping[Address, str] = field(default_factory=dict)
    related: Mapping[Address, tuple[Span, ...]] = field(default_factory=dict)

    @property
    def domains(self) -> frozenset[str]:
        """The domains whose DNS or mail is declared."""
        kinds = ("zone/", "mail_domain/")
        return frozenset(split(address)[1] for address in self.state if address.startswith(kinds))


@dataclass(frozen=True, slots=True)
class Live:
    """What the account says, proven complete for each group in ``complete``.

    ``versions`` are the account's own marks of the entries, for compare-and-swap; ``exists`` is False for an account
    that the first apply would create. ``topics`` are the notification topics that the account reports, ``caller``
    the address from which it sees us.
    """

    account: str
    origin: str
    state: State
    versions: Mapping[Address, str] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    exists: bool = True
    topics: frozenset[str] = frozenset()
    caller: str | None = None


class Provenance(NamedTuple):
    """Where an applied value came from: receipt number, configuration commit and path, and the account's own id."""

    receipt: int
    commit: str
    path: str
    protect: bool = False
    live_id: str | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What the record says: values with private fields as digests, and where each came from.

    ``number`` is the last receipt (0 before the first), ``head`` the record's newest commit, ``salt`` makes the
    digests of private fields, ``config_commit`` is what the last apply carried out.
    """

    state: State = field(default_factory=dict)
    provenance: Mapping[Address, Provenance] = field(default_factory=dict)
    number: int = 0
    head: str | None = None
    salt: str = ""
    config_commit: str | None = None
