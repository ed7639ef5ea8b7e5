"""What is no longer ours: the receipt that let go of each address, so that no approval of its first life fits a second.

``gone.json`` has one line per address, sorted; an address that becomes ours again leaves it.
"""

import json
from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.fields import Json

GONE = "gone.json"


def encode_gone(gone: Mapping[Address, int]) -> bytes | None:
    """Return the file, or None where there is nothing to say."""
    if not gone:
        return None
    lines = ",\n".join(f"{json.dumps(address)}:{gone[address]}" for address in sorted(gone))
    return f"{{{lines}}}\n".encode("ascii")


def decode_gone(data: bytes | None) -> dict[Address, int]:
    """Return what :func:`encode_gone` wrote; raises ``ValueError`` or ``TypeError`` for anything else."""
    gone = json.loads(data.decode("ascii")) if data else {}
    if not isinstance(gone, dict) or not all(type(number) is int for number in gone.values()):
        raise ValueError(f"{GONE} isn't what it should be")
    return gone


def gone_after(gone: Mapping[Address, int], entries: Mapping[Address, Json], number: int) -> dict[Address, int]:
    """Return what is gone after receipt ``number``, which gave the index ``entries`` (None: no longer ours)."""
    kept = {address: receipt for address, receipt in gone.items() if address not in entries}
    return kept | {address: number for address, entry in entries.items() if entry is None}
