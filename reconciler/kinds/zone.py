"""Zones: that the account serves a domain's DNS. What the zone holds are record sets (``kinds.record``)."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from reconciler.kinds._whole import WholeKind
from reconciler.kinds.record_names import canonical_zone
from reconciler.model.account import ZoneOptions
from reconciler.model.address import Address, join
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Fields, Json, Value, from_json, to_json
from reconciler.model.kind import NO_REFERENCES, Declaration
from reconciler.model.late import pattern
from reconciler.model.marks import said
from reconciler.model.meta import NO_META, Meta
from reconciler.model.scalars import wrong_value

_ZONE = pattern(r"[a-z0-9_/-]+(?:\.[a-z0-9_/-]+)*\Z")


class ZoneModel(ZoneOptions):
    """Options of a zone; its records are in the zone folder."""

    use: tuple[Any, ...] = said(
        default=(), description="Presets, as `NAME` or `{NAME: {OPTION: VALUE}}`, that add record sets."
    )
    records: Literal["none"] | None = said(default=None, description="`none` declares a zone that has no file.")
    meta: Meta = NO_META


class ZoneKind(WholeKind):
    """A zone is declared by its file; ``zones: NAME`` adds options, none of which is a field of the live zone."""

    name = "zone"
    title = "zone"
    path = ("zones", "*")
    section = "dns"
    model = ZoneModel
    needs_tombstone = True
    holds_data = True

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``zone/NAME``; raises ``PydanticCustomError``."""
        zone = canonical_zone(keys[0]) if keys[0].strip(".") else ""
        if not _ZONE.match(zone):
            raise wrong_value("This is not the name of a zone.", "Write a domain such as `example.org`.")
        return join(self.name, zone)

    def declare(self, address: Address, data: object) -> Declaration:
        """Return a zone without fields; raises ``pydantic.ValidationError`` for its options."""
        return Declaration(Fields(), {}, ZoneModel.model_validate(data).meta)

    def parse(self, address: Address, data: object) -> Value:
        """Return a zone without fields."""
        return Fields()

    def field_names(self, value: Value) -> frozenset[str]:
        """Return none: a zone has no fields."""
        return frozenset()

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return none: a zone needs nothing else."""
        return ()

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return data loss for a deletion."""
        return Risk.DATA_LOSS if action.destroys else Risk.TRAFFIC

    def show(self, value: Value) -> Mapping[str, str]:
        """Return no fields."""
        return {}

    def to_json(self, value: Value) -> Json:
        """Return the value as JSON."""
        return to_json(value)

    def from_json(self, data: Json) -> Value:
        """Return the value that :meth:`to_json` turned into ``data``."""
        return from_json(data)

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return nothing: a zone has no field that could be written."""
        return None

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return no options."""
        return {}
