"""Aliases: addresses without a mailbox, whose mail goes to others."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from reconciler.kinds._fields import FieldsKind, Resource, fields_of
from reconciler.kinds._mail import Target, hosted_address, sorted_unique, written_target
from reconciler.model.address import Address, join, split
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value
from reconciler.model.scalars import wrong_value


def _at_least_one(targets: tuple[str, ...]) -> tuple[str, ...]:
    if not targets:
        raise wrong_value("An alias needs at least one target.", "Name a target, or delete the alias.")
    return sorted_unique(targets)


class AliasModel(Resource):
    """An alias: a list of targets, or a mapping with `targets` and `meta`."""

    targets: Annotated[tuple[Target, ...], AfterValidator(_at_least_one)] = Field(
        description="Where its mail goes; a bare name is one of the same domain."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, data: Any) -> Any:
        return {"targets": data} if isinstance(data, list | tuple) else data


class AliasKind(FieldsKind):
    """``mail: DOMAIN: aliases: NAME``."""

    name = "alias"
    title = "alias"
    path = ("mail", "*", "aliases", "*")
    model = AliasModel
    short_form = "targets"

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``alias/NAME@DOMAIN``."""
        return join(self.name, hosted_address(*keys))

    def keys(self, address: Address) -> tuple[str, ...]:
        """Return the domain and the local part."""
        local, _, domain = split(address)[1].rpartition("@")
        return domain, local

    def context(self, address: Address) -> dict[str, Any]:
        """Return the domain, to which bare names belong."""
        return {"domain": self.keys(address)[0]}

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return the mail domain, and every mailbox or alias among the targets."""
        yield join("mail_domain", self.keys(address)[0])
        for target in fields_of(value).value("targets", ()):  # type: ignore[attr-defined]  # a tuple by the model
            yield join("mailbox", target)
            yield join("alias", target)

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return traffic, because mail takes another way, or none at all."""
        return Risk.COSMETIC if action is Action.CREATE else Risk.TRAFFIC

    def to_yaml(self, address: Address, value: Value) -> Json:
        """Return the list of targets."""
        domain = self.keys(address)[0]
        return [written_target(domain, str(t)) for t in fields_of(value).value("targets", ())]  # type: ignore[attr-defined]  # a tuple by the model
