"""Plain values as bytes: equal ones are equal bytes, and what was packed comes out as it was."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cache import plain

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_what_was_packed_comes_out(value: object) -> None:
    """With its types, as it does of bytes that weren't packed; packed again, it is the same bytes."""
    packed = plain.pack(value)
    assert plain.unpack(packed) == plain.load(plain.dump(value)) == value
    assert plain.pack(plain.unpack(packed)) == packed


@pytest.mark.parametrize("how", [lambda data: data[:-1], lambda data: b"", lambda data: b"x" + data])
def test_what_was_not_packed_is_refused(how: Callable[[bytes], bytes]) -> None:
    """Bytes that are cut off, or that something else wrote, are no value."""
    with pytest.raises(ValueError, match=r"."):
        plain.unpack(how(plain.pack(["a", 1])))
