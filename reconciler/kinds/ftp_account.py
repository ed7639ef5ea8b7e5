"""FTP accounts: logins that see the files below one folder."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from reconciler.kinds._fields import FieldsKind, Renamable, fields_of, plain_name
from reconciler.model.address import Address, join
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value
from reconciler.model.kind import NO_REFERENCES, Declaration
from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, WithJsonSchema, said
from reconciler.model.scalars import Text, wrong_value
from reconciler.model.secret_field import SecretReference

_LOGIN = pattern(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
_MAX_HOME = 1024


def canonical_home(value: str) -> str:
    """Return the home as it is if it lies below the account's root in its one spelling, else raise."""
    if not value.startswith("/"):
        raise wrong_value("The home is a path from the account's root on.", "Begin with `/`, such as `/shop`.")
    if len(value) > _MAX_HOME or any(not c.isprintable() for c in value):
        raise wrong_value("The home is too long or holds a control character.", "Write a short path such as `/shop`.")
    parts = value[1:].split("/") if value != "/" else []
    if ".." in parts or "." in parts:
        raise wrong_value("`.` and `..` can lead out of the account's root.", "Write the path without them.")
    if "" in parts:
        tidy = "/" + "/".join(part for part in parts if part)
        raise wrong_value("A path has single slashes, and none at its end.", f"Write `{tidy}`.")
    return value


def _login(value: str) -> str:
    if not _LOGIN.match(value):
        raise wrong_value(
            "A login has lower-case letters, digits, dots, hyphens and underscores, and begins with a letter or digit.",
            "Write one such as `shop-deploy`.",
        )
    return value


class FtpAccountModel(Renamable):
    """An FTP login."""

    login: Annotated[Text, AfterValidator(_login), WithJsonSchema({"type": "string"})] | None = said(
        default=None, description="The name to log in with; the name it is written under by default."
    )
    home: Annotated[Text, AfterValidator(canonical_home), WithJsonSchema({"type": "string", "pattern": "/.*"})] = said(
        description="The folder that it sees, from the account's root on."
    )
    rights: Literal["read-write", "read-only"] = said(default="read-write", description="What it may do there.")
    password: SecretReference = said(description="Where the password lies.")


class FtpAccountKind(FieldsKind):
    """``ftp_accounts: NAME``; in the account recognised by the login."""

    name = "ftp_account"
    title = "FTP account"
    path = ("ftp_accounts", "*")
    model = FtpAccountModel
    needs_tombstone = True
    holds_data = True
    natural_key = "login"
    undefaulted = frozenset({"login"})

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``ftp_account/NAME``."""
        return join(self.name, plain_name(keys[0]))

    def declare(self, address: Address, data: Any) -> Declaration:
        """Return what ``data`` declares, with the login always among it."""
        declared = super().declare(address, data)
        if "login" in fields_of(declared.value).names:
            return declared
        login = _login(self.keys(address)[0])
        return declared._replace(value=fields_of(declared.value).replaced(login=login))

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return data loss for a deletion, otherwise access."""
        return Risk.DATA_LOSS if action.destroys else Risk.ACCESS

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return the fields as a person would write them, the login only where it isn't the name."""
        data = super().to_yaml(address, value, references)
        return {name: given for name, given in data.items() if name != "login" or given != self.keys(address)[0]}
