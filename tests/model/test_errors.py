"""Errors: one that becomes part of something else keeps what it says to do."""

import pytest

from reconciler.model.errors import AccountError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AccountError("It is down."), "It is down."),
        (AccountError("It is down.", "Plug it in."), "It is down. Plug it in."),
        (AccountError("It is down. Plug it in.", "Plug it in."), "It is down. Plug it in."),
        (AccountError("Two are down:", "Plug them in.", ["  one.", "  two."]), "Two are down: one. two. Plug them in."),
    ],
)
def test_in_full_is_one_line_with_what_to_do_once(error: AccountError, said: str) -> None:
    """Message, further lines, help."""
    assert error.in_full == said
