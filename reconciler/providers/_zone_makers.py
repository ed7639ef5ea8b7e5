"""Makes and removes zones through a server's own program, on the machine where it runs.

A new zone has an SOA and one NS, and the primary's addresses where its name lies in the zone: BIND doesn't load a zone
with an NS inside whose address is missing. What the files say of these sets then takes the place of what stands here.
"""

import ipaddress
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from reconciler.kinds.record_names import name_to_wire
from reconciler.model.address import encode_part
from reconciler.model.errors import AccountError
from reconciler.model.providers import KnotcZones, NewZones, RndcZones
from reconciler.model.text import neutral
from reconciler.nameserver.transfer import RecordSet
from reconciler.providers._programs import Answer, run

_TTL = 3600
_TIMES = "10800 3600 604800 3600"
_HEADER = "; Made by reconciler. BIND owns this file from now on.\n"
_ALLOW = 'allow-transfer {{ key "{key}"; }}; allow-update {{ key "{key}"; }};'
_ZONE = f'{{{{ type primary; file "{{file}}"; {_ALLOW} {{more}} }}}};'


class Maker(Protocol):
    """A program that makes and removes zones."""

    def is_there(self, zone: str) -> bool | None:
        """Tell whether the server has a zone; None where it can't be asked."""

    def make(self, zone: str) -> None:
        """Make a zone that isn't there; raises ``AccountError``."""

    def remove(self, zone: str) -> None:
        """Remove a zone with all it holds; raises ``AccountError``."""


def maker_of(settings: NewZones, folder: Path, key: str) -> Maker:
    """Return the program that the settings name; new zones may be transferred and updated with ``key``."""
    if settings.rndc is not None:
        return Rndc(settings, settings.rndc, folder, key)
    return Knotc(settings, settings.knotc or KnotcZones(), folder)


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
        said = run("rndc", *self._access, "zonestatus", zone)
        return True if said.status == 0 else False if "no matching zone" in said.text else None

    def make(self, zone: str) -> None:
        """Write the zone's file and tell BIND; a file of somebody else's stays as it is, and so does the zone."""
        file = self._file(zone)
        self._write(file, zone)
        configuration = _ZONE.format(file=file.resolve(), key=self._key, more=self._options)
        said = run("rndc", *self._access, "addzone", zone, configuration)
        if said.status:
            file.unlink(missing_ok=True)
            raise _failed("BIND didn't add the zone", said)

    def remove(self, zone: str) -> None:
        """Tell BIND, which removes its files too, a little later: a new zone of that name must not lose them then."""
        said = run("rndc", *self._access, "delzone", "-clean", zone)
        if said.status:
            raise _failed("BIND didn't remove the zone", said)
        file = self._file(zone)
        comes_true(lambda: not file.exists() and not file.with_name(f"{file.name}.jnl").exists())
        if "named.conf" in said.text:
            raise AccountError(f"The zone is gone until BIND starts again: {said.text}", "Take it out of named.conf.")

    def _file(self, zone: str) -> Path:
        return self._directory / f"{encode_part(zone)}.zone"

    def _write(self, file: Path, zone: str) -> None:
        lines = [f"@ {_TTL} IN SOA {_soa(self._settings, zone)}"]
        for (owner, rtype), texts in _first(self._settings, zone).items():
            lines += [f"{owner} {_TTL} IN {rtype} {text}" for text in texts]
        try:
            if file.exists() and not file.read_text(encoding="utf-8", errors="replace").startswith(_HEADER):
                raise AccountError(f"The file {file} is there already, and isn't ours.", "Move it away.")
            file.write_text(f"{_HEADER}$ORIGIN {zone}.\n" + "\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise AccountError(
                f"The file {file} can't be written: {error.strerror}.",
                "`directory` must be BIND's own on this machine, and writable for both.",
            ) from None


class Knotc:
    """Knot's program; the server's configuration must be a database (``knotc conf-import``)."""

    def __init__(self, settings: NewZones, knotc: KnotcZones, folder: Path) -> None:
        """Find the socket from the account folder, where it isn't absolute."""
        self._settings = settings
        self._template = knotc.template
        self._access = ["-b", *(["-s", str(folder / knotc.socket)] if knotc.socket else [])]

    def is_there(self, zone: str) -> bool | None:
        """Ask for the zone's status."""
        said = run("knotc", *self._access, "zone-status", zone)
        return True if said.status == 0 else False if "no such zone" in said.text else None

    def make(self, zone: str) -> None:
        """Put the zone into the configuration, then its first records; a zone that can't be filled is taken out."""
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
        self._do("-f", "zone-purge", zone)
        self._forget(zone)

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


def comes_true(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Tell whether something becomes so within a while: servers finish after they have answered."""
    until = time.monotonic() + seconds
    while not (so := condition()) and time.monotonic() < until:
        time.sleep(0.02)
    return so


def _failed(what: str, said: Answer) -> AccountError:
    return AccountError(f"{what}: {said.text or 'it said nothing'}.", "The server's log may say more.")
