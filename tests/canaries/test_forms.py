"""The search finds what it is meant to find: otherwise a silent canary would prove nothing."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canaries.forms import leaks

CANARY = "k4n4r!e&\"vögel\\/{<'~9"


@pytest.mark.parametrize(
    "hidden",
    [
        CANARY.encode(),
        json.dumps({"a": CANARY}).encode(),
        json.dumps([json.dumps(CANARY)]).encode(),
        repr({"a": CANARY}).encode(),
        quote(f"https://example.org/?q={CANARY}").encode(),
        f"https://example.org/?q={quote(CANARY, safe='')}".encode(),
        CANARY.encode().hex(" ").replace(" ", "").encode(),
        f"see {CANARY[:14]}...".encode(),
        f"see ...{CANARY[-12:]}".encode(),
    ],
)
def test_hidden_texts_are_found(hidden: bytes) -> None:
    """Whole or cut in half, however it was escaped."""
    assert leaks([CANARY, "another-canary"], hidden) == [CANARY]


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_base64_is_found_at_every_place(before: bytes, after: bytes) -> None:
    """Whatever stands before and after, in either alphabet."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert leaks([CANARY], encode(before + CANARY.encode() + after)) == [CANARY]


def test_other_texts_are_not() -> None:
    """What only resembles it is no leak."""
    assert leaks([CANARY], b"k4n4r!e, " * 1000 + base64.b64encode(b"k4n4r!e" * 99)) == []
