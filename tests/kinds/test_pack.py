"""Record sets in the form in which a store keeps them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.record import RecordValue, pack, record_value, unpack

WIRES = st.lists(st.binary(max_size=300), max_size=4)
OPAQUE = st.lists(st.text(max_size=20), max_size=4)
OPTIONS = st.none() | st.dictionaries(st.text(max_size=5), st.integers(), max_size=3)


@given(st.integers(0, 2**31 - 1), WIRES | OPAQUE, OPTIONS)
def test_a_value_comes_back_as_it_was(
    ttl: int, values: list[bytes] | list[str], options: dict[str, int] | None
) -> None:
    """Packing loses nothing, whatever the TTL, the number of values and the options."""
    value = record_value("TXT", ttl, values, options)
    assert unpack("TXT", pack(value)) == value


def test_a_single_value_is_packed_without_ceremony() -> None:
    """Four bytes of TTL and the RDATA: this is what a zone of 100,000 record sets mostly holds."""
    assert pack(RecordValue("A", 300, (b"\xcb\0q\n",))) == b"\0\0\x01,\xcb\0q\n"


@pytest.mark.parametrize(
    "damaged", [b"", b"\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\xff[1]", b"\xff\xff\xff\xff\x80"]
)
def test_damaged_bytes_are_a_value_error(damaged: bytes) -> None:
    """Whoever reads the store can tell damage from data."""
    with pytest.raises(ValueError, match=r"."):
        unpack("A", damaged)
