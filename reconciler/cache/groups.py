"""Record sets of one zone as bytes: equal record sets are equal bytes, so their digest says what they are."""

from collections.abc import Mapping

from reconciler.cache import plain
from reconciler.kinds.record import RecordValue, as_record
from reconciler.model.address import Address
from reconciler.model.fields import Value


def encode(group: Mapping[Address, Value]) -> bytes:
    """Return the bytes of a group of record sets."""
    addresses = sorted(group)
    records = [as_record(group[address]) for address in addresses]
    odd = {
        at: (record.values, None if record.options is None else record.options.encode("utf-8", "surrogatepass"))
        for at, record in enumerate(records)
        if record.options is not None or len(record.values) != 1 or not isinstance(record.values[0], bytes)
    }
    values = [b"" if at in odd else record.values[0] for at, record in enumerate(records)]
    told = {
        at: (
            [v.encode("utf-8", "surrogatepass") if isinstance(v, str) else v for v in found],
            tuple(isinstance(v, str) for v in found),
            options,
        )
        for at, (found, options) in odd.items()
    }
    joined = "\n".join(addresses).encode("utf-8", "surrogatepass")
    return plain.dump((joined, [record.ttl for record in records], values, told))


def decode(data: bytes) -> dict[Address, Value]:
    """Return the group that :func:`encode` turned into ``data``."""
    joined, ttls, values, told = plain.load(data)
    addresses = joined.decode("utf-8", "surrogatepass").split("\n") if joined else []
    found: dict[Address, Value] = {
        address: RecordValue(address[address.rindex("/") + 1 :], ttl, (value,))
        for address, ttl, value in zip(addresses, ttls, values, strict=True)
    }
    for at, (parts, texts, options) in told.items():
        address = addresses[at]
        inside = (v.decode("utf-8", "surrogatepass") if is_text else v for v, is_text in zip(parts, texts, strict=True))
        said = None if options is None else options.decode("utf-8", "surrogatepass")
        found[address] = RecordValue(address[address.rindex("/") + 1 :], ttls[at], tuple(inside), said)
    return found
