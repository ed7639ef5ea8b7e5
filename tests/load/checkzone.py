"""What BIND's named-checkzone reads in a master file: the second opinion of the tests."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import dns.name
import dns.rdata

#: Rules about what names resolve to, and about host names, which are none of a file's format.
LIBERAL = [word for option in "knmMSTr" for word in (f"-{option}", "ignore")]
Found = Mapping[tuple[str, str], tuple[int, frozenset[bytes]]]


def checkzone(text: str, folder: Path, zone: str = "example.org") -> tuple[Found | None, str]:
    """Return the record sets without the SOA (None for a file that is refused), and what the program says."""
    dump, said = _dumped(text, folder, zone)
    return (None if dump is None else _record_sets(dump)), said


def accepts(text: str, folder: Path) -> bool:
    """Tell whether a file for example.org is taken."""
    return _dumped(text, folder, "example.org")[0] is not None


def _dumped(text: str, folder: Path, zone: str) -> tuple[str | None, str]:
    file = folder / "checked.zone"
    file.write_bytes(text.encode())
    command = ["named-checkzone", "-i", "none", *LIBERAL, "-D", "-o", "-", zone, str(file)]
    done = subprocess.run(command, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace")
    return (done.stdout.decode() if done.returncode == 0 else None), said


def _record_sets(dump: str) -> Found:
    found: dict[tuple[str, str], tuple[int, frozenset[bytes]]] = {}
    for line in dump.splitlines():
        if line.startswith(";"):
            continue
        owner, ttl, _class, rtype, data = line.split(None, 4)
        if rtype != "SOA":
            key = (dns.name.from_text(owner).canonicalize().to_text(), rtype)
            _, values = found.get(key, (0, frozenset()))
            found[key] = (int(ttl), values | {comparable(rtype, data)})
    return found


def comparable(rtype: str, data: str) -> bytes:
    """Return data in a form in which equal records are equal: names in lower case, a text's strings as one."""
    rdata = dns.rdata.from_text("IN", rtype, data, relativize=False)
    if rtype in ("TXT", "SPF"):
        return b"".join(rdata.strings)
    if rtype == "CAA":
        rdata = rdata.replace(tag=rdata.tag.lower())
    if rtype == "NAPTR":
        rdata = rdata.replace(flags=rdata.flags.upper())
    wire: bytes = rdata.to_digestable()
    return wire if rtype not in ("SRV", "NAPTR", "SVCB", "HTTPS") else rdata.to_text().lower().encode()
