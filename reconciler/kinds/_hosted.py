"""What mailboxes and aliases have in common: an address of a domain of ours, and targets to which mail is sent on."""

from collections.abc import Iterable
from typing import Any, ClassVar

from reconciler.kinds._fields import FieldsKind, fields_of
from reconciler.kinds._mail import hosted_address
from reconciler.model.address import Address, join, split
from reconciler.model.fields import Value


class HostedKind(FieldsKind):
    """A kind written below ``mail: DOMAIN``; ``targets_field`` names the field that holds its targets."""

    targets_field: ClassVar[str]

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``KIND/NAME@DOMAIN``."""
        return join(self.name, hosted_address(*keys))

    def keys(self, address: Address) -> tuple[str, ...]:
        """Return the domain and the local part."""
        local, _, domain = split(address)[1].rpartition("@")
        return domain, local

    def context(self, address: Address) -> dict[str, Any]:
        """Return the domain, to which bare names belong."""
        return {**super().context(address), "domain": self.keys(address)[0]}

    def earlier(self, address: Address, name: str) -> Address:
        """Return the address of ``name``, which is a local part of the same domain or a whole address of another."""
        local, at, domain = name.rpartition("@")
        return self.address((domain, local) if at else (self.keys(address)[0], name))

    def targets(self, value: Value) -> tuple[str, ...]:
        """Return the addresses to which mail is sent on."""
        found = fields_of(value).value(self.targets_field)
        return tuple(map(str, found)) if isinstance(found, tuple) else ()

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return the mail domain, and every mailbox or alias among the targets."""
        yield join("mail_domain", self.keys(address)[0])
        for target in self.targets(value):
            yield join("mailbox", target)
            yield join("alias", target)
