"""The account's own passwords: the service password (login to the portal) and the telephone password. Write-only.

All that an account tells of a password is whether it was ever set. One that wasn't has no version, so that declaring it
sets it; taking over one that was never writes it.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.kinds._fields import FieldsKind, fields_of
from reconciler.model.address import Address, join
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Fields, Json, SecretVersion, Value
from reconciler.model.kind import NO_REFERENCES, Declaration
from reconciler.model.meta import NO_META, Meta
from reconciler.model.scalars import literal_secret, wrong_value
from reconciler.model.secret import SecretRef
from reconciler.model.secret_field import SecretField

#: The passwords that every account has.
PASSWORDS = ("service", "telephone")
#: The password that lets a tool in: its change comes last of all writes.
SERVICE = "password/service"
_FIELD = "password"
_IS_SET = "is_set"


class PasswordModel(SecretField):
    """Where a password lies. Raise `version` when it changes: only the version is compared."""

    meta: Meta = NO_META

    @classmethod
    def spelt_out(cls, data: Any) -> Any:
        """Return the mapping as it is; raises ``PydanticCustomError`` for a literal."""
        if not isinstance(data, Mapping | SecretField):
            raise literal_secret()
        return data


class PasswordKind(FieldsKind):
    """``passwords: service`` and ``passwords: telephone``; the value is the reference to the secret itself."""

    name = "password"
    title = "password"
    path = ("passwords", "*")
    model = PasswordModel
    fixed = True
    only_names = PASSWORDS
    defaults: Mapping[str, Value] = {}
    secret_fields = frozenset({_FIELD})
    secret_keys = frozenset(PASSWORDS)
    private_fields: frozenset[str] = frozenset()

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``password/service`` or ``password/telephone``; raises ``PydanticCustomError`` for any other."""
        if keys[0] not in PASSWORDS:
            raise wrong_value("The account has no such password.", "Its passwords: `service` and `telephone`.")
        return join(self.name, keys[0])

    def declare(self, address: Address, data: Any) -> Declaration:
        """Return the version as the only field; raises ``pydantic.ValidationError``."""
        model = PasswordModel.model_validate(data)
        source, _, name = model.secret.partition("/")
        value = Fields.of({_FIELD: SecretVersion(model.version)})
        return Declaration(value, {_FIELD: SecretRef(source, name, model.version)}, model.meta)

    def parse(self, address: Address, data: Mapping[str, Any]) -> Value:
        """Return whether the password is set, which is all that can be read of it."""
        return Fields.of({_IS_SET: data.get(_IS_SET, False) is True})

    def readable(self, value: Value) -> Value:
        """Return what an account with this password reports."""
        fields = fields_of(value)
        return Fields.of({_IS_SET: True}) if _FIELD in fields.names else fields

    def secrets_of(self, value: Value) -> frozenset[str]:
        """Return the password where it is set."""
        fields = fields_of(value)
        return self.secret_fields if fields.value(_IS_SET) or _FIELD in fields.names else frozenset()

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return access where the password is set."""
        return Risk.ACCESS if action.writes else Risk.COSMETIC

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return the reference to the password, or nothing without one."""
        return references.get(_FIELD, {})
