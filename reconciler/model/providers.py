"""The settings of each provider, as they stand under ``providers:`` in ``account.yaml``."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, BeforeValidator, Discriminator, WithJsonSchema, said
from reconciler.model.scalars import (
    Boolean,
    Integer,
    SecretSource,
    Text,
    literal_credential,
    literal_secret,
    wrong_type,
    wrong_value,
)
from reconciler.model.written import Written

_CLASS = pattern(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+\Z")
_CONFIDENTIAL = pattern(r"(?:secret|password|passwd|token|api_?key|private_key|access_key)\Z")

_AGE = pattern(r"([1-9][0-9]{0,4}) ?d\Z")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_HOST = pattern(r"[A-Za-z0-9_.:%-]+\Z")
_KEY_NAME = pattern(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?\Z")
_CLAIM = pattern(r"[!-~](?:[ -~]{0,198}[!-~])?\Z")
_ABSOLUTE = pattern(r"(?:[A-Za-z0-9_][A-Za-z0-9_-]{0,62}\.)+\Z")


def _port(value: int) -> int:
    if not 1 <= value <= 65535:
        raise wrong_value("A port is between 1 and 65535.")
    return value


def _host(value: str) -> str:
    if not _HOST.match(value):
        raise wrong_value(f"{value!r} is neither an address nor a name.", "Write for example `192.0.2.53`.")
    return value


def _key_name(value: str) -> str:
    if not _KEY_NAME.match(value):
        raise wrong_value(f"{value!r} can't be the name of a key.", "Write it as in the server's own settings.")
    return value


def _absolute(value: str) -> str:
    if not _ABSOLUTE.match(value):
        raise wrong_value(f"{value!r} is not an absolute name.", "Write for example `ns1.example.net.`, with the dot.")
    return value


Port = Annotated[Integer, AfterValidator(_port), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65535})]


def _credential(value: Any) -> Any:
    if isinstance(value, dict | CredentialField):
        return value
    raise literal_credential("Write `{secret: env/NAME}` and put the secret into the environment variable NAME.")


class CredentialField(Written):
    """A reference to what a provider is opened with; it is never compared, so it has no version."""

    secret: SecretSource = said(description="Where it lies.")


Credential = Annotated[CredentialField, BeforeValidator(_credential)]


class EmbeddedProvider(Written):
    """The account in one SQLite file, with the rules of the real one."""

    type: Literal["embedded"]
    path: Text = said(description="The file, relative to the account folder. The first apply creates it.")


class Tsig(Written):
    """The key that signs every message to a name server and every answer (RFC 8945)."""

    name: Annotated[Text, AfterValidator(_key_name)] = said(description="The key's name, as the server knows it.")
    algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = "hmac-sha256"
    key: Credential = said(description="Where the key lies; it is written in base64.")


class RndcZones(Written):
    """Zones that BIND's own program makes and removes."""

    directory: Text = said(description="Where BIND keeps the files of its zones; both must be able to write there.")
    config: Text | None = said(default=None, description="`rndc.conf`, where it isn't the server's own.")
    key: Text | None = said(default=None, description="`rndc.key`, in place of a whole `rndc.conf`.")
    options: Text = said(default="", description="More about each new zone, such as `dnssec-policy default;`.")


class KnotcZones(Written):
    """Zones that Knot's own program makes and removes."""

    socket: Text | None = said(default=None, description="The server's control socket, where it isn't the usual one.")
    template: Text | None = said(default=None, description="The template of each new zone.")


class NewZones(Written):
    """How zones are made and removed on the server, and what a new one holds."""

    primary: Annotated[Text, AfterValidator(_absolute)] = said(description="The primary's name: MNAME and first NS.")
    contact: Annotated[Text, AfterValidator(_absolute)] | None = said(
        default=None, description="RNAME of the SOA; `hostmaster` in the zone itself where it is missing."
    )
    addresses: tuple[Text, ...] = said(
        default=(), description="The primary's addresses, for the zone in which its own name lies."
    )
    rndc: RndcZones | None = None
    knotc: KnotcZones | None = None

    def check(self) -> None:
        """Raise ``PydanticCustomError`` where zones are made by none or two programs."""
        if (self.rndc is None) == (self.knotc is None):
            raise wrong_value("Zones are made by one program.", "Write either `rndc` or `knotc`.")


class Rfc2136Provider(Written):
    """A name server that takes transfers (RFC 5936) and dynamic updates (RFC 2136)."""

    type: Literal["rfc2136"]
    server: Annotated[Text, AfterValidator(_host)] = said(description="The primary server's address or name.")
    port: Port = 53
    tsig: Tsig
    zones: NewZones | None = said(default=None, description="How zones are made there. Without it: by hand, first.")


def _option(value: Any) -> Any:
    """Return what stands in an option: text, a list, a mapping, or where a credential lies."""
    if isinstance(value, Mapping):
        if value.keys() == {"secret"}:
            return CredentialField.model_validate(value)
        return {name: _option(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_option(inner) for inner in value)
    if isinstance(value, str) and value.startswith(("env/", "file/")):
        raise wrong_value("Options aren't read from there.", f"Write `{{secret: {value}}}`.")
    return value


def _class(value: str) -> str:
    if not _CLASS.match(value):
        raise wrong_value("This is not a class.", "Write it with its module, such as `octodns_bind.Rfc2136Provider`.")
    return value


class OctodnsOptions(Written):
    """What a class of octoDNS is made with; each knows its own. Credentials are named by where they lie."""

    __pydantic_extra__: dict[str, Annotated[Any, BeforeValidator(_option), WithJsonSchema({})]] = said(init=False)

    @property
    def given(self) -> Mapping[str, Any]:
        """The options, credentials among them as references."""
        return self.__pydantic_extra__ or {}

    def check(self) -> None:
        """Raise ``PydanticCustomError`` where a credential is written in place of where it lies."""
        for name, value in self.given.items():
            if isinstance(value, str) and _CONFIDENTIAL.search(name):
                raise literal_secret()


class OctodnsProvider(Written):
    """A provider of octoDNS, which `policy: {octodns_classes: [...]}` has to admit."""

    type: Literal["octodns"]
    class_: Annotated[Text, AfterValidator(_class)] = said(
        alias="class", description="The class, such as `octodns_bind.Rfc2136Provider`."
    )
    options: OctodnsOptions = OctodnsOptions()


def _web_address(value: str, credential: str, example: str) -> str:
    """Return the address of a web server, which has neither credentials nor a query; ``credential`` goes elsewhere."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if "@" in value:
        raise literal_credential(f"Write the address without a name and a password; {credential}.")
    plain = value.isascii() and value.isprintable() and not any(c in value for c in " ?#\\")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not plain:
        raise wrong_value("This is not the address of a web server.", f"Write for example `{example}`.")
    return value.rstrip("/")


def _powerdns_address(value: str) -> str:
    found = _web_address(value, "the key is the secret of `api_key`", "https://ns1.example.net:8081")
    if re.search(r"/api(/|\Z)", urlsplit(found).path):
        raise wrong_value("The address is given without `/api` and what follows.", "Write what stands before it.")
    return found


def _service_address(value: str) -> str:
    found = _web_address(value, "the token is the secret of `token`", "https://account.example.net")
    if re.search(r"/v[0-9]+(/|\Z)", urlsplit(found).path):
        raise wrong_value("The address is given without `/v1` and what follows.", "Write what stands before it.")
    return found


def _proxy_address(value: str) -> str:
    return _web_address(value, "a proxy that asks for them can't be used", "http://proxy.example.org:3128")


def _demand_private(url: str, cleartext: bool, what: str) -> None:
    """Raise where a credential would cross a network without TLS."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not cleartext:
        raise wrong_value(
            f"The {what} would cross the network in the clear.",
            "Write an `https` address, or `cleartext: true` where nobody else can listen on the way.",
        )


class UpdateAddress(Written):
    """Where a server takes dynamic updates (RFC 2136) beside its other interface."""

    server: Annotated[Text, AfterValidator(_host)] = said(description="The server's address or name.")
    port: Port = 53
    tsig: Tsig


class PowerdnsProvider(Written):
    """A PowerDNS server, through its HTTP interface."""

    type: Literal["powerdns"]
    url: Annotated[Text, AfterValidator(_powerdns_address)] = said(
        description="The address of its web server, without `/api`."
    )
    api_key: Credential = said(description="Where the key of its interface (`api-key`) lies.")
    server_id: Text = said(default="localhost", description="The server's name in the interface.")
    nameservers: tuple[Annotated[Text, AfterValidator(_absolute)], ...] = said(
        default=(), description="The NS records of zones that are created; without them none is created or removed."
    )
    zone_kind: Literal["native", "primary"] = said(
        default="native", description="What sort of zone is created; a `primary` one tells its secondaries of changes."
    )
    cleartext: Boolean = said(
        default=False, description="Send the key without TLS, where nobody else can listen on the way."
    )
    update: UpdateAddress | None = said(
        default=None, description="Where it takes dynamic updates; record sets are then written by these."
    )

    def check(self) -> None:
        """Raise ``PydanticCustomError`` where the key would cross a network in the clear."""
        _demand_private(self.url, self.cleartext, "key")


def _claim(value: str) -> str:
    if not _CLAIM.match(value):
        raise wrong_value("This can't name who manages something.", "Write for example `infra-repository`.")
    return value


class KundencenterProvider(Written):
    """An account behind a service that keeps the contract (`schemas/openapi.json`)."""

    type: Literal["kundencenter"]
    url: Annotated[Text, AfterValidator(_service_address)] = said(
        description="The address of the service, without `/v1`."
    )
    token: Credential = said(description="Where the token lies that the service gave out.")
    managed_by: Annotated[Text, AfterValidator(_claim)] | None = said(
        default=None, description="The name under which what is written is claimed; nobody else may write it then."
    )
    ca_file: Text | None = said(
        default=None, description="The certificates (PEM) that are trusted in place of the system's own."
    )
    proxy: Annotated[Text, AfterValidator(_proxy_address)] | None = said(
        default=None, description="The proxy on the way there. Those of the environment are never used."
    )
    cleartext: Boolean = said(
        default=False, description="Send the token without TLS, where nobody else can listen on the way."
    )

    def check(self) -> None:
        """Raise ``PydanticCustomError`` where the token would cross a network in the clear."""
        _demand_private(self.url, self.cleartext, "token")


def _days(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _AGE.match(value) if isinstance(value, str) else None
    if not found:
        raise wrong_type("a number of days", "Write for example `90d`.")
    return int(found[1])


class ManualProvider(Written):
    """A section of a portal that no program can read or write: a person sees to it, and attests what they saw."""

    type: Literal["manual"]
    portal: Text = said(
        default="", description="Where it is, in the portal's own words, such as `Meine Daten > Ansprechpartner`."
    )
    max_age: (
        Annotated[
            int,
            BeforeValidator(_days),
            WithJsonSchema({"type": "string", "pattern": r"^[1-9][0-9]{0,4} ?d$"}),
        ]
        | None
    ) = said(default=None, description="After how many days (`90d`) `drift` asks to look again; never by default.")
    language: Literal["de", "en"] = said(default="de", description="The language of the portal.")


#: The settings of any provider.
ProviderSettings: TypeAlias = Annotated[
    EmbeddedProvider | Rfc2136Provider | OctodnsProvider | PowerdnsProvider | KundencenterProvider | ManualProvider,
    Discriminator("type"),
]
