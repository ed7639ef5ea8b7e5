"""Makes and removes zones through a server's own program, on the machine where it runs.

A new zone has an SOA and one NS, and the primary's addresses where its name lies in the zone: BIND doesn't load a zone
with an NS inside whose address is missing. What the files say of these sets then takes the place of what stands here.
"""

import ipaddress
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from reconciler.kinds.record_names import name_to_wire
from reconciler.model.address import encode_part
from reconciler.model.errors import AccountError
from reconciler.model.late import pattern
from reconciler.model.providers import KnotcZones, NewZones, RndcZones
from reconciler.model.text import neutral
from reconciler.nameserver.zone import RecordSet
from reconciler.providers._programs import Answer, run

_TTL = 3600
#: How long a server may take, in seconds, until it has done what it answered for.
_FINISHING = 5.0
_TIMES = "10800 3600 604800 3600"
_HEADER = "; Made by reconciler. BIND owns this file from now on.\n"
#: Names that no program can take for an option, for several words, or for more than a name.
_PLAIN = pattern(r"[a-z0-9_][a-z0-9_./-]*\Z")
#: What BIND says of a zone that was added while it ran.
_ADDED = "reconfigurable via modzone: yes"
_CONFIGURED = (
    "It stands in named.conf, so it would be back when BIND starts again. Take it out there, run `rndc reconfig`, and "
    "plan again."
)
_ALLOW = 'allow-transfer {{ key "{key}"; }}; allow-update {{ key "{key}"; }};'
_ZONE = f'{{{{ type primary; file "{{file}}"; {_ALLOW} {{more}} }}}};'


class Maker(Protocol):
    """A program that makes and removes zones."""

    def is_there(self, zone: str) -> bool | None:
        """Tell whether the server has a zone; None where it can't be asked. Raises ``AccountError``."""

    def keeps(self, zone: str) -> str:
        """Return why a zone that is there can't be removed, or an empty string; raises ``AccountError``."""

    def make(self, zone: str) -> None:
        """Make a zone that isn't there; raises ``AccountError``."""

    def remove(self, zone: str) -> None:
        """Remove a zone with all it holds; raises ``AccountError``."""


def maker_of(settings: NewZones, folder: Path, key: str) -> Maker:
    """Return the program that the settings name; new zones may be transferred and updated with ``key``."""
    if settings.rndc is not None:
        return Rndc(settings, settings.rndc, folder, key)
    return Knotc(settings, settings.knotc or KnotcZones(), folder)


def demand_plain(zone: str) -> None:
    """Raise ``AccountError`` for a name that a program could take for something else."""
    if not _PLAIN.match(zone):
        raise AccountError(
            f"No program of the server is told of a zone named {neutral(zone)}: it could take it for more than a name.",
            "Make or remove it on the server by hand, and plan again.",
        )


def first_sets(settings: NewZones, zone: str) -> Mapping[tuple[str, str], RecordSet]:
    """Return the record sets of a new zone, but its SOA, by owner and type."""
    return {
        (owner, rtype): RecordSet(_TTL, tuple(sorted(_wire(rtype, text) for text in texts)))
        for (owner, rtype), texts in _first(settings, zone).items()
    }


def _first(settings: NewZones, zone: str) -> dict[tuple[str, str], list[str]]:
    """Return the record sets of a new zone as text; raises ``AccountError`` where an address is missing."""
    primary = settings.primary.lower()
    found = {("@", "NS"): [primary]}
    if primary != f"{zone}." and not primary.endswith(f".{zone}."):
        return found
    if not settings.addresses:
        raise AccountError(
            f"The primary {primary} lies in the new zone {zone}, and its address isn't known.",
            "Write the primary's `addresses` beside `primary` in account.yaml.",
        )
    owner = primary.removesuffix(f"{zone}.").removesuffix(".") or "@"
    for text in settings.addresses:
        found.setdefault((owner, "A" if _address(text).version == 4 else "AAAA"), []).append(str(_address(text)))
    return found


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise AccountError(f"{neutral(text)} is not an address.", "Correct `addresses` in account.yaml.") from None


def _wire(rtype: str, text: str) -> bytes:
    return name_to_wire(text) if rtype == "NS" else ipaddress.ip_address(text).packed


def _soa(settings: NewZones, zone: str) -> str:
    """Return the SOA of a new zone; its serial is greater than that of a zone of this name that was there before."""
    contact = (settings.contact or f"hostmaster.{zone}.").lower()
    return f"{settings.primary.lower()} {contact} {int(time.time())} {_TIMES}"


class Rndc:
    """BIND's program. The zone's file must lie there before BIND is told of it."""

    def __init__(self, settings: NewZones, rndc: RndcZones, folder: Path, key: str) -> None:
        """Find the files from the account folder, where they aren't absolute."""
        self._settings = settings
        self._directory = folder / rndc.directory
        self._options = rndc.options
        self._key = key.removesuffix(".")
        files = {"-c": rndc.config, "-k": rndc.key}
        self._access = [part for flag, file in files.items() if file for part in (flag, str(folder / file))]

    def is_there(self, zone: str) -> bool | None:
        """Ask for the zone's status."""
        said = self._status(zone)
        return True if said.status == 0 else False if "no matching zone" in said.text else None

    def make(self, zone: str) -> None:
        """Write the zone's file, under a name that no file has had, and tell BIND.

        If BIND doesn't have the zone then, the file goes again; where that can't be told it stays.
        """
        demand_plain(zone)
        file = self._written(zone)
        configuration = _ZONE.format(file=file.resolve(), key=self._key, more=self._options)
        said = run("rndc", *self._access, "addzone", zone, configuration)
        if said.status:
            if self.is_there(zone) is False:
                file.unlink(missing_ok=True)
            raise _failed("BIND didn't add the zone", said)

    def remove(self, zone: str) -> None:
        """Tell BIND, which removes its files too, a little later; a new zone of that name has others."""
        demand_plain(zone)
        said = run("rndc", *self._access, "delzone", "-clean", zone)
        if said.status:
            raise _failed("BIND didn't remove the zone", said)

    def keeps(self, zone: str) -> str:
        """Only what was added while BIND ran can be removed so that it stays away."""
        said = self._status(zone)
        return _CONFIGURED if said.status == 0 and _ADDED not in said.text else ""

    def _status(self, zone: str) -> Answer:
        demand_plain(zone)
        return run("rndc", *self._access, "zonestatus", zone)

    def _written(self, zone: str) -> Path:
        file = self._directory / f"{encode_part(zone)}.{secrets.token_hex(4)}.zone"
        lines = [f"@ {_TTL} IN SOA {_soa(self._settings, zone)}"]
        for (owner, rtype), texts in _first(self._settings, zone).items():
            lines += [f"{owner} {_TTL} IN {rtype} {text}" for text in texts]
        try:
            with file.open("x", encoding="utf-8") as stream:
                stream.write(f"{_HEADER}$ORIGIN {zone}.\n" + "\n".join(lines) + "\n")
        except OSError as error:
            raise AccountError(
                f"The file {file} can't be written: {error.strerror}.",
                "`directory` must be BIND's own on this machine, and writable for both.",
            ) from None
        return file


class Knotc:
    """Knot's program; the server's configuration must be a database (``knotc conf-import``)."""

    def __init__(self, settings: NewZones, knotc: KnotcZones, folder: Path) -> None:
        """Find the socket from the account folder, where it isn't absolute."""
        self._settings = settings
        self._template = knotc.template
        self._access = ["-b", *(["-s", str(folder / knotc.socket)] if knotc.socket else [])]

    def is_there(self, zone: str) -> bool | None:
        """Ask for the zone's status."""
        demand_plain(zone)
        said = run("knotc", *self._access, "zone-status", zone)
        return True if said.status == 0 else False if "no such zone" in said.text else None

    def make(self, zone: str) -> None:
        """Put the zone into the configuration, then its first records; a zone that can't be filled is taken out."""
        demand_plain(zone)
        template = [("conf-set", f"zone[{zone}].template", self._template)] if self._template else []
        self._all(("conf-begin",), [("conf-set", f"zone[{zone}]"), *template], ("conf-commit",), ("conf-abort",))
        try:
            records = [("zone-set", zone, "@", str(_TTL), "SOA", *_soa(self._settings, zone).split())]
            for (owner, rtype), texts in _first(self._settings, zone).items():
                records += [("zone-set", zone, owner, str(_TTL), rtype, text) for text in texts]
            self._all(("zone-begin", zone), records, ("zone-commit", zone), ("zone-abort", zone))
        except AccountError:
            self._forget(zone)
            raise

    def remove(self, zone: str) -> None:
        """Remove the zone's data, then the zone."""
        demand_plain(zone)
        self._do("-f", "zone-purge", zone)
        self._forget(zone)

    def keeps(self, zone: str) -> str:
        """The configuration is a database, so nothing comes back."""
        return ""

    def _forget(self, zone: str) -> None:
        self._all(("conf-begin",), [("conf-unset", f"zone[{zone}]")], ("conf-commit",), ("conf-abort",))

    def _all(
        self, begin: tuple[str, ...], steps: list[tuple[str, ...]], commit: tuple[str, ...], abort: tuple[str, ...]
    ) -> None:
        """Carry out the steps of a transaction; one that we have begun never stays open."""
        self._do(*begin)
        try:
            for step in (*steps, commit):
                self._do(*step)
        except AccountError:
            run("knotc", *self._access, *abort)
            raise

    def _do(self, *command: str) -> None:
        said = run("knotc", *self._access, *command)
        if said.status:
            raise _failed(f"Knot refused `{' '.join(command[:2])}`", said)


def comes_true(condition: Callable[[], bool]) -> bool:
    """Tell whether something becomes so within a while: servers finish after they have answered."""
    until = time.monotonic() + _FINISHING
    while not (so := condition()) and time.monotonic() < until:
        time.sleep(0.02)
    return so


def _failed(what: str, said: Answer) -> AccountError:
    return AccountError(f"{what}: {said.text or 'it said nothing'}.", "The server's log may say more.")
