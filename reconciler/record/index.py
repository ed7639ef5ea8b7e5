"""The applied index: what the record keeps of each address, in files of which an apply rewrites only those it touched.

    mailbox.json                    a kind with up to 1,000 entries
    record/example.org.json         a zone, likewise
    record/example.org/ab.json      above: one file for each first byte of SHA-256(address)

A file is a JSON object with one line per address, sorted, each line standing for itself, so that ``git diff`` of the
record shows exactly the addresses that changed. This file is pure; paths are relative to ``applied/``.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.fields import Json, Value
from reconciler.model.groups import groups_of
from reconciler.model.state import Provenance

LIMIT = 1000
FORMAT = 1
FORMAT_KEY = "$format"

_HEAD = f'{{"{FORMAT_KEY}":{FORMAT}\n'.encode()
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Kept(NamedTuple):
    """What is kept of an address: its value with private fields as digests, and where it came from."""

    value: Value
    provenance: Provenance


#: The value and the provenance of each address.
Found: TypeAlias = tuple[dict[Address, Value], dict[Address, Provenance]]


def encode(entries: Mapping[Address, Json]) -> bytes:
    """Return the file that holds ``entries``."""
    lines = [f",{_ENCODER.encode(address)}:{_ENCODER.encode(entries[address])}\n" for address in sorted(entries)]
    return _HEAD + "".join(lines).encode("utf-8", "surrogatepass") + b"}\n"


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


def updated(
    files: Mapping[str, str],
    read: Callable[[Iterable[str]], Mapping[str, bytes]],
    known: Mapping[Address, object],
    changes: Mapping[Address, Json | None],
) -> dict[str, bytes | None]:
    """Return the files to write (or, with None, to remove) so that the index learns ``changes``.

    ``files`` maps the index's paths to blob ids, which ``read`` reads; ``known`` are all addresses of the index. An
    entry of None is forgotten. Raises ``ValueError`` when a file can't be read.
    """
    grouped: dict[str, dict[Address, Json | None]] = {}
    for address, entry in changes.items():
        grouped.setdefault(group_of(address), {})[address] = entry
    folders = {path.rpartition("/")[0] for path in files}
    whole = {group: _is_whole(group, folders, known, changed) for group, changed in grouped.items()}
    needed = {group: _needed(files, group, changed, whole[group]) for group, changed in grouped.items()}
    blobs = read(files[path] for paths in needed.values() for path in paths)
    result: dict[str, bytes | None] = {}
    for group, changed in grouped.items():
        old = {path: blobs[files[path]] for path in needed[group]}
        result |= _rewritten(group, old, changed, whole[group])
    return result


def _is_whole(
    group: str, folders: Collection[str], known: Mapping[Address, object], changed: Mapping[Address, Json | None]
) -> bool:
    """Tell whether all of a group must be read: it is one file, or so much is forgotten that it becomes one again."""
    if _stem(group) not in folders:
        return True
    forgotten = sum(entry is None for entry in changed.values())
    return forgotten > 0 and len(groups_of(known).get(group, ())) - forgotten <= LIMIT


def _needed(files: Collection[str], group: str, changed: Iterable[Address], whole: bool) -> set[str]:
    """Return the files of a group that hold what changed."""
    stem = _stem(group)
    if whole:
        return {path for path in files if path == f"{stem}.json" or path.rpartition("/")[0] == stem}
    return {path for address in changed if (path := _shard(stem, address)) in files}


def _rewritten(
    group: str, old: Mapping[str, bytes], changed: Mapping[Address, Json | None], whole: bool
) -> dict[str, bytes | None]:
    """Return a group's files that differ once the entries of ``old`` have learnt ``changed``."""
    entries: dict[Address, Json] = {}
    for data in old.values():
        entries |= decode(data)
    for address, entry in changed.items():
        if entry is None:
            entries.pop(address, None)
        else:
            entries[address] = entry
    stem = _stem(group)
    sharded = len(entries) > LIMIT if whole else True
    files: dict[str, dict[Address, Json]] = {}
    for address, entry in entries.items():
        files.setdefault(_shard(stem, address) if sharded else f"{stem}.json", {})[address] = entry
    written = {path: encode(inside) for path, inside in files.items()}
    result: dict[str, bytes | None] = {path: None for path in old if path not in written}
    return result | {path: data for path, data in written.items() if old.get(path) != data}


def _stem(group: str) -> str:
    """Return where a group's file or folder is; a name in ``.json`` is escaped, so that no file meets a folder."""
    return f"{group[:-5]}%2Ejson" if group.endswith(".json") else group


def group_at(path: str) -> str:
    """Return the group that a file of the index is of."""
    depth = 2 if path.startswith("record/") else 1
    parts = path.split("/")
    stem = path.removesuffix(".json") if len(parts) == depth else "/".join(parts[:depth])
    return f"{stem[:-7]}.json" if stem.endswith("%2Ejson") else stem


def _shard(stem: str, address: Address) -> str:
    return f"{stem}/{sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()[:2]}.json"
