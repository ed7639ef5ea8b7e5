"""The applied index: what the record keeps of each address, in files of which an apply rewrites only those it touched.

    mailbox.json                    a kind with up to 1,000 entries
    record/example.org.json         a zone, likewise
    record/example.org/ab.json      above: see :mod:`reconciler.record.cutting`

A file is a JSON object with one line per address, sorted, each line standing for itself, so that ``git diff`` of the
record shows exactly the addresses that changed. This file is pure; paths are relative to ``applied/``.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Json, Value
from reconciler.model.state import Provenance

FORMAT = 1
FORMAT_KEY = "$format"

_HEAD = f'{{"{FORMAT_KEY}":{FORMAT}\n'
_END = "}\n"
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Kept(NamedTuple):
    """What is kept of an address: its value with private fields as digests, and where it came from."""

    value: Value
    provenance: Provenance


#: The value and the provenance of each address.
Found: TypeAlias = tuple[dict[Address, Value], dict[Address, Provenance]]


def encode(entries: Mapping[Address, Json]) -> bytes:
    """Return the file that holds ``entries``."""
    return joined({address: line_of(address, entry) for address, entry in entries.items()})


def line_of(address: Address, entry: Json) -> str:
    """Return the line of an entry."""
    return f",{_ENCODER.encode(address)}:{_ENCODER.encode(entry)}"


def joined(lines: Mapping[Address, str]) -> bytes:
    """Return the file that holds these lines."""
    rows = "".join([f"{lines[address]}\n" for address in sorted(lines)])
    return f"{_HEAD}{rows}{_END}".encode("utf-8", "surrogatepass")


def lines_of(data: bytes) -> dict[Address, str]:
    """Return the lines of a file of :func:`encode`; of one that somebody else wrote, as they would be."""
    text = data.decode("utf-8", "surrogatepass")
    if text.startswith(_HEAD) and text.endswith(f"\n{_END}"):
        lines = {_key(line): line for line in text[len(_HEAD) : -len(_END)].split("\n")[:-1]}
        if None not in lines:
            return {address: line for address, line in lines.items() if address is not None}
    return {address: line_of(address, entry) for address, entry in decode(data).items()}


def _key(line: str) -> Address | None:
    """Return the address at the start of a line, or None where only the whole file tells."""
    end = line.find('":', 2)
    key = line[2:end]
    return key if line.startswith(',"') and end > 0 and '"' not in key and "\\" not in key else None


def decode(data: bytes) -> dict[Address, Json]:
    """Return the entries of a file of :func:`encode`; raises ``ValueError`` for anything else."""
    entries = json.loads(data.decode("utf-8", "surrogatepass"))
    if not isinstance(entries, dict) or entries.pop(FORMAT_KEY, None) != FORMAT:
        raise ValueError("it isn't a file of the applied index in a format that this version reads")
    return entries


def to_json(address: Address, kept: Kept) -> Json:
    """Return one entry as JSON types: the value has exactly the declared fields; what is unknown is left out."""
    origin = kept.provenance
    entry = {
        "value": KINDS[kind_of(address)].to_json(kept.value),
        "receipt": origin.receipt,
        "commit": origin.commit,
        "path": origin.path,
    }
    if origin.protect:
        entry["protect"] = True
    if origin.live_id is not None:
        entry["live_id"] = origin.live_id
    return entry


def from_json(address: Address, entry: Json) -> Kept:
    """Return what :func:`to_json` wrote; raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
    value = KINDS[kind_of(address)].from_json(entry["value"])
    get = entry.get
    origin = Provenance(entry["receipt"], entry["commit"], entry["path"], get("protect", False), get("live_id"))
    return Kept(value, origin)


def group_at(path: str) -> str:
    """Return the group that a file of the index is of."""
    depth = 2 if path.startswith("record/") else 1
    parts = path.split("/")
    stem = path.removesuffix(".json") if len(parts) == depth else "/".join(parts[:depth])
    return f"{stem[:-7]}.json" if stem.endswith("%2Ejson") else stem


def is_at_top(path: str) -> bool:
    """Tell whether a file of the index is the only one of its group, in a folder that all groups have together."""
    return "/" not in path.removeprefix("record/")
