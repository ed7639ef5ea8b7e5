"""Real name servers for tests and scripts: BIND, Knot and PowerDNS in folders of their own, on free ports."""

from nameservers.bind import Bind
from nameservers.knot import Knot
from nameservers.powerdns import Powerdns
from nameservers.server import NS, NameServer, Server

__all__ = ["NS", "Bind", "Knot", "NameServer", "Powerdns", "Server"]
