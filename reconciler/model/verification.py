"""How answers of name servers are verified: ``dns: {verify: ...}`` in ``account.yaml``."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from reconciler.model.late import pattern
from reconciler.model.marks import BeforeValidator, WithJsonSchema, said
from reconciler.model.scalars import Text, wrong_type
from reconciler.model.written import Written

_DURATION = pattern(r"(0|[1-9][0-9]{0,4}) ?(s|min)\Z")
_SECONDS = {"s": 1, "min": 60}
_BRACKETED = pattern(r"\[(?P<host>[0-9A-Fa-f:.]+)\](?::(?P<port>[0-9]{1,5}))?\Z")
_PLAIN = pattern(r"(?P<host>[A-Za-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?\Z")
_IPV6 = pattern(r"(?P<host>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\Z")


class Place(NamedTuple):
    """Where a name server is asked: its address or name, and the port."""

    host: str
    port: int = 53

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host and self.port != 53 else self.host
        return host if self.port == 53 else f"{host}:{self.port}"


def seconds(text: Any) -> int:
    """Return a length of time such as ``60s`` or ``2min`` in seconds; raises ``PydanticCustomError``."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    found = _DURATION.match(text) if isinstance(text, str) else None
    if not found:
        raise wrong_type("a length of time", "Write seconds or minutes, such as `60s` or `2min`.")
    return int(found[1]) * _SECONDS[found[2]]


def place_of(text: Any) -> Place:
    """Return a server's address or name with its port, if any; raises ``PydanticCustomError``."""
    if isinstance(text, Place):
        return text
    patterns = (_IPV6, _BRACKETED, _PLAIN)
    found = next((m for p in patterns if (m := p.match(text))), None) if isinstance(text, str) else None
    port = int(found.groupdict().get("port") or 53) if found else 0
    if found is None or not 1 <= port <= 65535:
        example = "`192.0.2.53`, `[2001:db8::53]:5353` or `ns1.example.org`"
        raise wrong_type("a name server", f"Write its address or name, with a port if it isn't 53, such as {example}.")
    return Place(found["host"], port)


Duration = Annotated[
    int, BeforeValidator(seconds), WithJsonSchema({"type": "string", "pattern": "^(0|[1-9][0-9]{0,4}) ?(s|min)$"})
]
ServerPlace = Annotated[Place, BeforeValidator(place_of), WithJsonSchema({"type": "string"})]


class Verification(Written):
    """Which name servers have to answer as git says, and how long they may take."""

    servers: Mapping[Text, tuple[ServerPlace, ...]] = said(
        default_factory=dict,
        description="Per zone or `default`: the servers to ask instead of those that its NS records name.",
    )
    deadline: Duration = said(default=60, description="How long to wait for servers that lag, such as `60s`.")

    def listed(self, zone: str) -> tuple[Place, ...]:
        """Return the servers that are listed for a zone."""
        return self.servers.get(zone, self.servers.get("default", ()))
