"""A real name server as one of our providers, and writes in few words."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nameservers import Bind, Knot, NameServer
from reconciler.kinds.record import RecordValue, record_value
from reconciler.kinds.record_text import wire_value
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.fields import Value
from reconciler.model.providers import Rfc2136Provider
from reconciler.model.secret import Secret
from reconciler.model.state import Live
from reconciler.ports import Write
from reconciler.providers._provider import Access


def settings(server: NameServer, **more: Any) -> dict[str, Any]:
    """Return a server as it stands in account.yaml; its key is the secret ``env/TSIG_KEY``."""
    at = server.server
    tsig = {"name": at.key_name, "algorithm": at.algorithm, "key": {"secret": "env/TSIG_KEY"}}
    return {"type": "rfc2136", "server": at.host, "port": at.port, "tsig": tsig, **more}


def zones_of(server: NameServer, primary: str = "ns1.example.net.", *addresses: str) -> dict[str, Any]:
    """Return the settings with which zones are made on a server."""
    how: dict[str, Any] = {}
    if isinstance(server, Bind):
        how = {"rndc": {"directory": str(server.folder), "config": str(server.folder / "rndc.conf")}}
    if isinstance(server, Knot):
        how = {"knotc": {"socket": server.control[2]}}
    return {"zones": {"primary": primary, "addresses": list(addresses), **how}}


def access(server: NameServer, secret: str = "", **more: Any) -> Access:
    """Return what a provider on ``server`` is opened with."""
    model = Rfc2136Provider.model_validate(settings(server, **more))
    return Access("K-104711", model, Path("/"), {"tsig.key": Secret(secret or server.server.secret)})


def through(opened: Access, port: int) -> Access:
    """Return the same, reached through another port of this machine."""
    return replace(opened, settings=opened.settings.model_copy(update={"port": port}))


def how(live: Live) -> str:
    """Return how zones were read, without since when those that are unchanged are known."""
    return live.proof.partition(" since ")[0]


def value(rtype: str, *texts: str, ttl: int = 300) -> RecordValue:
    """Return a record set."""
    return record_value(rtype, ttl, [wire_value(rtype, text) for text in texts])


def write(address: Address, before: Value | None, after: Value | None) -> Write:
    """Return the write that leads from one value to another."""
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return Write(action, address, before, after, key=f"key of {address}")


def writes(zone: str, changes: Mapping[str, tuple[Value | None, Value | None]]) -> tuple[Write, ...]:
    """Return the writes of one zone, by owner and type (``www/A``)."""
    return tuple(write(f"record/{zone}/{name}", *values) for name, values in changes.items())
