"""A name server behind a provider of octoDNS, opened as our own: for every test of the bridge."""

import json
from pathlib import Path
from typing import Any

from nameservers import NameServer, Powerdns
from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue
from reconciler.kinds.record_text import record_address
from reconciler.model.account import Policy
from reconciler.model.change import Action
from reconciler.model.providers import OctodnsProvider
from reconciler.model.secret import Secret
from reconciler.model.state import Live
from reconciler.ports import Scope, Write, Written
from reconciler.providers._provider import Access
from reconciler.providers.octodns_bridge import PROVIDER

ADMITTED = Policy(octodns_classes=("octodns_bind.*", "octodns_powerdns.*", "providers.*"))


def settings_of(server: NameServer) -> dict[str, Any]:
    """Return what account.yaml says of a server behind its provider of octoDNS."""
    if isinstance(server, Powerdns):
        host, port = server.api_url.removeprefix("http://").split(":")
        options = {"host": host, "port": port, "api_key": {"secret": "env/KEY"}, "soa_edit_api": "increase"}
        return {"type": "octodns", "class": "octodns_powerdns.PowerDnsProvider", "options": options}
    at = server.server
    options = {
        "host": at.host,
        "port": str(at.port),
        "timeout": "5",
        "key_name": at.key_name,
        "key_algorithm": at.algorithm,
        "key_secret": {"secret": "env/KEY"},
    }
    return {"type": "octodns", "class": "octodns_bind.Rfc2136Provider", "options": options}


def key_of(server: NameServer) -> str:
    """Return the secret that the server knows."""
    return server.api_key if isinstance(server, Powerdns) else server.server.secret


def account_of(server: NameServer) -> str:
    """Return an account.yaml with the zones on a server."""
    providers = f"{{default: {{type: embedded, path: a.db}}, dns: {json.dumps(settings_of(server))}}}"
    policy = "policy: {octodns_classes: [octodns_bind.*, octodns_powerdns.*]}"
    return f"version: 1\naccount: K-1\nproviders: {providers}\n{policy}\n"


def access(settings: dict[str, Any], policy: Policy = ADMITTED, **secrets: str) -> Access:
    """Return what the bridge is opened with; secrets by the name of their option."""
    known = {f"options.{name}": Secret(text) for name, text in secrets.items()}
    return Access("K-1", OctodnsProvider.model_validate(settings), Path(), known, policy=policy)


def access_of(server: NameServer) -> Access:
    """Return what the bridge to a server is opened with."""
    name = "api_key" if isinstance(server, Powerdns) else "key_secret"
    return access(settings_of(server), **{name: key_of(server)})


def read(server: NameServer, *zones: str, opened: Access | None = None) -> Live:
    """Return what the bridge reads of zones."""
    return PROVIDER.open_reader(opened or access_of(server)).read(Scope(zones=frozenset(zones)))


def value(rtype: str, ttl: int, *values: Any, options: dict[str, Any] | None = None) -> RecordValue:
    """Return a canonical value from what people write."""
    data = {"ttl": ttl, "values": list(values), "options": options}
    found = KINDS["record"].parse(f"record/z/@/{rtype}", data)
    assert isinstance(found, RecordValue)
    return found


def write(
    server: NameServer | None,
    zone: str,
    changes: dict[tuple[str, str], tuple[RecordValue | None, RecordValue | None]],
    opened: Access | None = None,
) -> dict[tuple[str, str], Written]:
    """Write changes of a zone, each a value before and one after, by owner and type."""
    assert opened or server
    batch = tuple(
        Write(_action(before, after), record_address(zone, name, rtype), before, after, f"key {name} {rtype}")
        for (name, rtype), (before, after) in changes.items()
    )
    return dict(zip(changes, PROVIDER.open_writer(opened or access_of(server)).write(batch), strict=True))


def _action(before: RecordValue | None, after: RecordValue | None) -> Action:
    if before is None:
        return Action.CREATE
    return Action.DELETE if after is None else Action.UPDATE
