"""An account folder whose zones real name servers serve, so that their answers can be verified."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inside import Inside
from nameservers import NameServer, Powerdns

_ACCOUNT = """\
version: 1
account: K-104711
providers:
  default: {{type: embedded, path: account.db}}
{dns}dns:
  verify: {{servers: {{default: [{servers}]}}, deadline: 0s}}
"""
_DNS = """\
  dns: {{type: rfc2136, server: {host}, port: {port}, tsig: {{name: {key_name}, key: {{secret: env/KEY}}}}}}
"""
_API = "  dns: {{type: powerdns, url: '{url}', api_key: {{secret: env/KEY}}}}\n"

#: A zone with everything that is answered in a way of its own, as YAML and as a server has it.
YAML = """\
'':
- {type: MX, ttl: 300, value: {exchange: Mail.Example.NET., preference: 10}}
- {type: TXT, ttl: 300, value: v=spf1 -all}
'*': {type: A, ttl: 60, values: [192.0.2.1, 192.0.2.2]}
'*.alias': {type: CNAME, ttl: 60, value: www.example.net.}
www: {type: CNAME, ttl: 300, value: host.example.net.}
a.b.deep: {type: AAAA, ttl: 300, value: '2001:db8::1'}
long: {type: TXT, ttl: 300, value: LONG}
child:
- {type: NS, ttl: 300, values: [ns1.child.ZONE., ns.example.net.]}
- {type: DS, ttl: 300, value: 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}
ns1.child: {type: A, ttl: 300, value: 192.0.2.53}
hidden.child: {type: A, ttl: 300, value: 192.0.2.54}
_sip._tcp: {type: SRV, ttl: 300, value: 0 5 5060 sip.example.net.}
""".replace("LONG", "x" * 400)
MASTER = (
    """\
@ 300 IN MX 10 mail.example.net.
@ 300 IN TXT "v=spf1 -all"
* 60 IN A 192.0.2.2
* 60 IN A 192.0.2.1
*.alias 60 IN CNAME WWW.example.net.
www 300 IN CNAME HOST.Example.net.
a.b.deep 300 IN AAAA 2001:db8::1
long 300 IN TXT "ONE" "TWO"
child 300 IN NS ns1.child
child 300 IN NS ns.example.net.
child 300 IN DS 1 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF
ns1.child 300 IN A 192.0.2.53
_sip._tcp 300 IN SRV 0 5 5060 sip.example.net.
""".replace("ONE", "x" * 100)
    .replace("TWO", "x" * 300)
    .replace("x" * 300, "x" * 200 + '" "' + "x" * 100)
)


def place_of(server: NameServer) -> str:
    """Return where a server is asked, as account.yaml spells it."""
    return f"{server.server.host}:{server.server.port}"


class Place(Inside):
    """The folder; ``servers`` are those that are listed for every zone, ``provider`` holds the zones, if any does."""

    def __init__(self, folder: Path, servers: Iterable[str], provider: NameServer | None = None, **zones: str) -> None:
        dns, key = _provider(provider) if provider else ("", "")
        super().__init__(folder, {"KEY": key})
        (folder / "zones").mkdir(parents=True)
        (folder / "account.yaml").write_text(_ACCOUNT.format(servers=", ".join(servers), dns=dns))
        for zone, text in zones.items():
            self.write(zone, text)

    def write(self, zone: str, text: str) -> None:
        """Write the file of a zone."""
        (self.folder / "zones" / f"{zone}.yaml").write_text(text.replace("ZONE", zone))

    def verified(self, *args: str) -> tuple[int, dict[str, Any]]:
        """Return how ``verify --json`` ended and what it printed."""
        done = self("verify", "--json", *args)
        found: dict[str, Any] = json.loads(done.out)
        return done.code, found


def _provider(server: NameServer) -> tuple[str, str]:
    """Return the settings of the provider that a server is, and its credential."""
    if isinstance(server, Powerdns) and not server.updates:
        return _API.format(url=server.api_url), server.api_key
    return _DNS.format(**vars(server.server)), server.server.secret
