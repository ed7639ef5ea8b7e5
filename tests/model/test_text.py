"""Untrusted text: what would act is spelt out, everything else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile import CLASSES, left_raw, strings
from reconciler.model.text import escaped, first_invisible, neutral


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_of_a_hostile_class_is_left(name: str) -> None:
    """Each class comes out harmless and on one line."""
    for text in strings(name):
        shown = neutral(text)
        assert left_raw(shown) == []
        assert "\n" not in shown
        assert len(shown) < 4_100


@given(st.text(max_size=60))
def test_text_that_passed_the_door_passes_unchanged(text: str) -> None:
    """Rooms may all use the door; nothing is spelt twice."""
    assert neutral(neutral(text)) == neutral(text)
    assert escaped(neutral(text)) == neutral(text)
    assert left_raw(neutral(text)) == []


@pytest.mark.parametrize(
    "text",
    (
        *("Müller & Söhne", "5 GiB", "Ελλάδα", "日本", "🙂", "e\u0301", "ê\u0323\u0302", "\u05e9\u05bc\u05c1\u05b8"),
        *("::1", "::", "::/0", "::ffff:192.0.2.1", "2001:db8::1", "fe80::1%eth0", "a::b", "std::string", "::1, ::2"),
        *("## heading", "#1", "C#[0]", "v=spf1 -all", "https://example.org/#a"),
    ),
)
def test_ordinary_text_stays(text: str) -> None:
    """Umlauts, scripts with marks, and addresses with `::` are no attack."""
    assert neutral(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    (
        ("::error::x", r"\x3a\x3aerror::x"),
        ("  ::add-mask::x", r"  \x3a\x3aadd-mask::x"),
        ("::dead::x", r"\x3a\x3adead::x"),
        ("a ##[error]x", r"a \x23#[error]x"),
        ("##vso[task.complete]", r"\x23#vso[task.complete]"),
        ("a\x1b[31m", r"a\x1b[31m"),
        ("a\u00a0b", r"a\xa0b"),
        ("\u0301a", r"\u0301a"),
        ("a" + "\u0301" * 6, "a" + "\u0301" * 4 + r"\u0301\u0301"),
        ("x" * 500, "x" * 400 + "... (500 characters)"),
    ),
)
def test_what_acts_is_spelt(text: str, shown: str) -> None:
    """The escape says which character stood there."""
    assert neutral(text) == shown


@pytest.mark.parametrize("character", "\u202e\u2066\u200b\u200d\ufeff\U000e0041")
def test_invisible_characters_are_found_in_files(character: str) -> None:
    """A configuration may not hold them at all."""
    assert first_invisible(f"ab{character}") == 2
    assert first_invisible("ab") is None
