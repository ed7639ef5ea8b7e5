"""Aliases: addresses without a mailbox, whose mail goes to others."""

from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.kinds._fields import Renamable
from reconciler.kinds._hosted import HostedKind
from reconciler.kinds._mail import Target, sorted_unique, written_target
from reconciler.model.address import Address
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value
from reconciler.model.kind import NO_REFERENCES
from reconciler.model.marks import AfterValidator, said
from reconciler.model.scalars import wrong_value


def _at_least_one(targets: tuple[str, ...]) -> tuple[str, ...]:
    if not targets:
        raise wrong_value("An alias needs at least one target.", "Name a target, or delete the alias.")
    return sorted_unique(targets)


class AliasModel(Renamable):
    """An alias: a list of targets, or a mapping with `targets`, `previously` and `meta`."""

    targets: Annotated[tuple[Target, ...], AfterValidator(_at_least_one)] = said(
        description="Where its mail goes; a bare name is one of the same domain."
    )

    @classmethod
    def spelt_out(cls, data: Any) -> Any:
        """Return the mapping for which a list is short."""
        return {"targets": data} if isinstance(data, list | tuple) else data


class AliasKind(HostedKind):
    """``mail: DOMAIN: aliases: NAME``."""

    name = "alias"
    title = "alias"
    path = ("mail", "*", "aliases", "*")
    model = AliasModel
    targets_field = "targets"
    short_form = "targets"

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return traffic, because mail takes another way, or none at all."""
        return Risk.COSMETIC if action is Action.CREATE else Risk.TRAFFIC

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return the list of targets."""
        domain = self.keys(address)[0]
        return [written_target(domain, target) for target in self.targets(value)]
