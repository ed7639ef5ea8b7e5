"""Addresses: the one name by which the desired, the live and the applied state speak of a resource.

An address is ``kind/part/part...`` (``record/example.org/www/CNAME``, ``mailbox/info@example.org``). It is a plain
string, because states with 100,000 addresses are compared as dictionaries. ``/`` and ``%`` inside a part are
percent-encoded, so that splitting at ``/`` is always exact.
"""

from fnmatch import fnmatchcase
from typing import TypeAlias

Address: TypeAlias = str


def join(kind: str, *parts: str) -> Address:
    """Return the address of ``parts`` below ``kind``."""
    together = "".join(parts)
    if "%" in together or "/" in together:
        parts = tuple(map(encode_part, parts))
    return "/".join((kind, *parts))


def encode_part(part: str) -> str:
    """Return one part with ``%`` and ``/`` percent-encoded."""
    if "%" in part or "/" in part:
        return part.replace("%", "%25").replace("/", "%2F")
    return part


def decode_part(part: str) -> str:
    """Return one part as it was before :func:`encode_part`."""
    return part.replace("%2F", "/").replace("%25", "%") if "%" in part else part


def split(address: Address) -> tuple[str, ...]:
    """Return the kind and the decoded parts of an address."""
    parts = address.split("/")
    return tuple(map(decode_part, parts) if "%" in address else parts)


def kind_of(address: Address) -> str:
    """Return the kind of an address."""
    return address.partition("/")[0]


def group_of(address: Address) -> str:
    """Return the unit that is read, guarded, batched and recorded together: a record's zone, else the kind."""
    kind, _, rest = address.partition("/")
    return f"record/{rest.partition('/')[0]}" if kind == "record" else kind


def matches(address: Address, pattern: str) -> bool:
    """Tell whether a glob covers an address; the glob is matched part by part, so ``*`` never crosses a ``/``."""
    parts, globs = address.split("/"), pattern.split("/")
    return len(parts) == len(globs) and all(map(fnmatchcase, parts, globs))


#: Marks an entry that only the live account knows: its name is an id of the account's own, not one of ours.
LIVE_ID = "~"


def live_id_address(kind: str, live_id: str) -> Address:
    """Return the address under which a reader reports an entry whose only identity is the account's own id."""
    return join(kind, LIVE_ID + live_id)


def live_id_of(address: Address) -> str | None:
    """Return the account's own id in an address made by :func:`live_id_address`, or None for an address of ours."""
    name = address.partition("/")[2]
    return decode_part(name[1:]) if name.startswith(LIVE_ID) else None
