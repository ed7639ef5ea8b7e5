"""What the ordinary files declare together: sections merge one level, an address stands in one place."""

from dataclasses import field
from typing import TYPE_CHECKING

from reconciler.kinds import KINDS
from reconciler.kinds.zone import ZoneModel
from reconciler.load.nodes import Mapping, Node, plain
from reconciler.load.problems import Problems, place
from reconciler.load.sections import Piece
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.meta import NO_META, Meta
from reconciler.model.secret import SecretRef
from reconciler.model.span import Span
from reconciler.model.state import Removal, Renaming

if TYPE_CHECKING:
    from reconciler.model.expectation import Expectation


@dataclass(slots=True)
class Merged:
    """Resources with places, metadata and secrets, removals, and of zones the options and ``use:`` (file and node)."""

    problems: Problems
    state: dict[Address, Value] = field(default_factory=dict)
    places: dict[Address, Span] = field(default_factory=dict)
    metas: dict[Address, Meta] = field(default_factory=dict)
    secrets: dict[tuple[Address, str], SecretRef] = field(default_factory=dict)
    zones: dict[Address, tuple[ZoneModel, Span]] = field(default_factory=dict)
    uses: dict[Address, tuple[str, Node]] = field(default_factory=dict)
    removals: dict[str, Removal] = field(default_factory=dict)
    renamings: dict[Address, Renaming] = field(default_factory=dict)
    expectations: "dict[Address, Expectation]" = field(default_factory=dict)
    _implied: set[Address] = field(default_factory=set)

    def add(self, piece: Piece) -> None:
        """Add a resource; a second declaration of the same address is reported, unless one of the two is implied."""
        address = piece.address
        if address in self.places and piece.implied:
            return
        if address in self.places and address not in self._implied:
            self._twice(self.places[address], piece.span, address)
            return
        if piece.implied:
            self._implied.add(address)
        else:
            self._implied.discard(address)
        self.places[address] = piece.span
        if isinstance(model := piece.declaration.meta, Meta) and model != NO_META:
            self.metas[address] = model
        if piece.declaration.previously and isinstance(piece.node, Mapping):
            span = place(piece.span.file, piece.node.entries["previously"][0])
            self.renamings[address] = Renaming(piece.declaration.previously, span)
        if piece.kind.name == "zone" and piece.node is not None:
            self.zones[address] = (ZoneModel.model_validate(plain(piece.node)), piece.span)
            if isinstance(piece.node, Mapping) and (use := piece.node.get("use")):
                self.uses[address] = (piece.span.file, use)
            return
        self.state[address] = piece.declaration.value
        for name, source in piece.declaration.secrets.items():
            self.secrets[address, name] = source

    def add_removal(self, removal: Removal) -> None:
        """Add an entry of ``removed:``; a second one for the same address is reported."""
        first = self.removals.setdefault(removal.pattern, removal)
        if first is not removal:
            self._twice(first.span, removal.span, removal.pattern)

    def add_expectation(self, expectation: "Expectation") -> None:
        """Add an entry of ``expect:``; a second one for the same fact is reported."""
        first = self.expectations.setdefault(expectation.address, expectation)
        if first is not expectation:
            self._twice(first.span, expectation.span, expectation.address)

    def _twice(self, first: Span, second: Span, address: Address) -> None:
        self.problems.error(
            "duplicate-address",
            f"{address} is declared at {first} already.",
            second,
            "Keep one of the two; each resource is declared in one place.",
            related=(first,),
            address=address,
        )

    def check_removals(self) -> None:
        """Warn of every removal of something that is declared."""
        for pattern, removal in self.removals.items():
            if (there := self.places.get(pattern)) is not None:
                detail = f"{pattern} is declared at {there}, and stays."
                remedy = "Delete the declaration, or this entry."
                self.problems.warning("removed-but-declared", detail, removal.span, remedy, related=(there,))

    def check_references(self) -> None:
        """Report every reference that two requests of different kinds have."""
        first: dict[str, Address] = {}
        for address, span in sorted(self.places.items(), key=lambda found: found[1]):
            if not KINDS[kind_of(address)].is_request:
                continue
            other = first.setdefault(address.partition("/")[2], address)
            if other != address:
                detail = f"{other} has the same reference, at {self.places[other]}."
                remedy = "Give one of the two another reference; each is used once."
                related = (self.places[other],)
                self.problems.error("reference-twice", detail, span, remedy, related=related, address=address)

    def check_renamings(self) -> None:
        """Report every `previously` that names what is declared itself, or what another one names too."""
        first: dict[Address, Span] = {}
        for old, span, address in sorted((r.old, r.span, address) for address, r in self.renamings.items()):
            if old in self.places:
                self._declared_still(address, Renaming(old, span))
            elif old in first:
                detail = f"{old} became another resource already, at {first[old]}."
                remedy = "Keep one of the two; a resource has one new name."
                self.problems.error("renamed-twice", detail, span, remedy, related=(first[old],), address=address)
            first.setdefault(old, span)

    def _declared_still(self, address: Address, renaming: Renaming) -> None:
        old, span = renaming
        detail = f"{old} is declared at {self.places[old]}, so it can't have become {address}."
        remedy = "Delete `previously` if the rename has been applied; else delete one of the two declarations."
        if old in self.renamings:
            remedy = "Names that change places or follow one another need steps: rename one, apply, then the next."
        self.problems.error("renamed-but-declared", detail, span, remedy, related=(self.places[old],), address=address)
