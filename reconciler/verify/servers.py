"""Which servers are authoritative for a zone: those that are listed, else those that its NS records name."""

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import TypeAlias

from reconciler.kinds.record import as_record
from reconciler.kinds.record_names import wire_to_name
from reconciler.model.address import join
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.state import State
from reconciler.model.verification import Place, Verification

#: Returns the addresses of a host; raises ``OSError`` where it has none.
Resolver: TypeAlias = Callable[[str], tuple[str, ...]]

_NONE = "It has no NS records that could be asked, and no servers are listed under `dns.verify.servers`."
_NO_ADDRESS = "The server's name has no address that could be found; one can be listed under `dns.verify.servers`."


@dataclass(frozen=True, slots=True)
class Target:
    """A server: the name by which a zone knows it, and where it is asked."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Targets:
    """The servers of each zone, and why servers of a zone, or all of them, can't be asked."""

    zones: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)


def targets(
    zones: Iterable[str],
    settings: Verification,
    states: tuple[State, ...],
    resolve: Resolver,
    reachable: Callable[[str], bool],
) -> Targets:
    """Return the servers of zones; ``states`` are looked through in turn for NS records and addresses.

    ``reachable`` tells whether there is any way to an address: where a name has several, the others are left out.
    """
    found: dict[str, tuple[Target, ...]] = {}
    unknown: dict[str, str] = {}
    for zone in zones:
        names = [(place.host, place.port) for place in settings.listed(zone)] or [(n, 53) for n in _ns(zone, states)]
        if not names:
            unknown[zone] = _NONE
        servers: list[Target] = []
        for name, port in names:
            addresses = _addresses(name, states, resolve)
            if not addresses:
                unknown[f"{zone}, {name}"] = _NO_ADDRESS
            usable = tuple(filter(reachable, addresses)) or addresses
            servers += (Target(name, Place(address, port)) for address in usable)
        found[zone] = tuple(dict.fromkeys(servers))
    return Targets(found, unknown)


def resolved(host: str) -> tuple[str, ...]:
    """Return the addresses of a host, as this machine's resolver knows them."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def has_route(address: str) -> bool:
    """Tell whether this machine has any way to an address; nothing is sent."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 53))
    except OSError:
        return False
    return True


def _ns(zone: str, states: tuple[State, ...]) -> tuple[str, ...]:
    """Return the names of a zone's servers, from the first state that has any."""
    for state in states:
        if found := state.get(join("record", zone, "@", "NS")):
            return tuple(wire_to_name(value)[0].removesuffix(".") for value in _wires(found))
    return ()


def _addresses(name: str, states: tuple[State, ...], resolve: Resolver) -> tuple[str, ...]:
    """Return the addresses of a server: what it is where that is an address, ours if we declare it, else looked up."""
    if _is_address(name):
        return (name,)
    ours = next(filter(None, (tuple(_declared(name.lower(), state)) for state in states)), ())
    if ours:
        return ours
    try:
        return resolve(name)
    except (OSError, UnicodeError):  # no such host; a name that no host can have
        return ()


def _declared(name: str, state: State) -> Iterator[str]:
    """Yield the addresses of a host in any of our zones, the longest first."""
    labels = name.split(".")
    for count in range(len(labels)):
        zone, owner = ".".join(labels[count:]), ".".join(labels[:count]) or "@"
        for rtype, family in (("A", socket.AF_INET), ("AAAA", socket.AF_INET6)):
            if found := state.get(join("record", zone, owner, rtype)):
                yield from (socket.inet_ntop(family, value) for value in _wires(found))


def _wires(value: Value) -> Iterator[bytes]:
    return (data for data in as_record(value).values if isinstance(data, bytes))


def _is_address(text: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text)
        except OSError:
            continue
        return True
    return False
