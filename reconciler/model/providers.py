"""The settings of each provider, as they stand under ``providers:`` in ``account.yaml``."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema

from reconciler.model.scalars import Credential, Declared, Integer, Text, wrong_value


def _port(value: int) -> int:
    if not 1 <= value <= 65535:
        raise wrong_value("A port is between 1 and 65535.")
    return value


Port = Annotated[Integer, AfterValidator(_port), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65535})]


class EmbeddedProvider(Declared):
    """The account in one SQLite file, with the rules of the real one."""

    type: Literal["embedded"]
    path: Text = Field(description="The file, relative to the account folder. The first apply creates it.")


class Tsig(Declared):
    """The key that signs every message to a name server and every answer (RFC 8945)."""

    name: Text = Field(description="The key's name, as the server knows it.")
    algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = "hmac-sha256"
    key: Credential = Field(description="Where the key lies; it is written in base64.")


class Rfc2136Provider(Declared):
    """A name server that takes transfers (RFC 5936) and dynamic updates (RFC 2136)."""

    type: Literal["rfc2136"]
    server: Text = Field(description="The primary server's address or name.")
    port: Port = 53
    tsig: Tsig


#: The settings of any provider.
ProviderSettings: TypeAlias = Annotated[EmbeddedProvider | Rfc2136Provider, Field(discriminator="type")]
