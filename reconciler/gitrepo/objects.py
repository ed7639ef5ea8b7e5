"""Git's objects as bytes: ids, trees and packs. Pure; reading and storing them is :mod:`reconciler.gitrepo.repo`'s."""

import hashlib
import os
import struct
import zlib
from collections.abc import Collection, Mapping
from typing import TypeAlias

from reconciler.model.errors import RecordError
from reconciler.model.late import pattern
from reconciler.model.text import neutral

FOLDER = "40000"  # the mode of a tree inside a tree
_ID = pattern(r"[0-9a-f]{40}\Z")
_BAD_REF = pattern(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)|/-|\.\Z|/\Z")

Entry: TypeAlias = tuple[str, str]
Folders: TypeAlias = Mapping[str, Mapping[str, Entry]]
Objects: TypeAlias = dict[str, tuple[bytes, bytes]]


def check_ref(ref: str) -> None:
    """Raise ``RecordError`` unless ``ref`` is the full name of a ref, by the rules of ``git check-ref-format``."""
    if not ref.startswith("refs/") or ref.count("/") < 2 or _BAD_REF.search(ref):
        raise RecordError(f"{ref!a} can't be a branch.", "Write a name such as `reconciler/K-104711`.")


def blob_id(data: bytes) -> str:
    """Return the id that git gives to a file's bytes."""
    return object_id(b"blob", data)


def is_full_id(id: str) -> bool:
    """Tell whether a text is the whole id of an object."""
    return _ID.match(id) is not None


def full_id(id: str) -> str:
    """Return ``id``, the whole id of an object; raises ``RecordError`` for anything else."""
    if not is_full_id(id):
        raise RecordError(f"{neutral(id)!r} is not the id of a commit or file.")
    return id


def object_id(kind: bytes, data: bytes) -> str:
    """Return the id of an object of a kind (``blob``, ``tree``, ``commit``)."""
    return hashlib.sha1(b"%s %d\0%s" % (kind, len(data), data), usedforsecurity=False).hexdigest()


def stored(written: Objects, kind: bytes, data: bytes) -> str:
    """Put an object among those ``written`` and return its id."""
    oid = object_id(kind, data)
    written[oid] = (kind, data)
    return oid


def tree_entries(data: bytes) -> dict[str, Entry]:
    """Return mode and id of each entry of a tree, by name; raises ``ValueError`` for what is none."""
    found: dict[str, Entry] = {}
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        found[os.fsdecode(name)] = (mode.decode("ascii"), data[end + 1 : end + 21].hex())
        at = end + 21
    return found


def _mode(entries: Mapping[str, Entry], name: str) -> str:
    return entries[name][0] if name in entries else ""


def changed_tree(folders: Folders, folder: str, changes: Mapping[str, bytes | None], written: Objects) -> str | None:
    """Return the id of ``folder`` with the changes made in it, or None when nothing is left; new objects are added."""
    entries = dict(folders.get(folder, {}))
    below: dict[str, dict[str, bytes | None]] = {}
    for path, data in changes.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = data
    for name, inner in below.items():
        tree = changed_tree(folders, f"{folder}/{name}" if folder else name, inner, written)
        if tree:
            entries[name] = (FOLDER, tree)
        elif _mode(entries, name) == FOLDER:
            del entries[name]
    for name, data in changes.items():
        if "/" not in name and data is not None:
            mode = "100755" if _mode(entries, name) == "100755" else "100644"
            entries[name] = (mode, stored(written, b"blob", data))
        elif _mode(entries, name) not in ("", FOLDER):
            del entries[name]
    rows = sorted((os.fsencode(n) + (b"/" if m == FOLDER else b""), m, oid) for n, (m, oid) in entries.items())
    body = b"".join(b"%s %s\0%s" % (m.encode(), n.rstrip(b"/"), bytes.fromhex(oid)) for n, m, oid in rows)
    return stored(written, b"tree", body) if body else None


def pack(objects: Collection[tuple[bytes, bytes]]) -> bytes:
    """Return objects as a pack (gitformat-pack(5)): a header, each object's type, size and bytes, a digest."""
    types = {b"commit": 1, b"tree": 2, b"blob": 3}
    parts = []
    for kind, data in objects:
        byte, rest = types[kind] << 4 | len(data) & 15, len(data) >> 4
        while rest:
            parts.append(bytes((byte | 128,)))
            byte, rest = rest & 127, rest >> 7
        parts.append(bytes((byte,)) + zlib.compress(data, 1))
    body = b"PACK" + struct.pack(">II", 2, len(objects)) + b"".join(parts)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()
