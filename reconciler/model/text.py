"""The one door through which untrusted text passes before a person or a log sees it."""

import re

_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_BIDI_OR_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def neutral(text: str, limit: int = 400) -> str:
    """Return ``text`` with control, bidi and invisible characters spelt as escapes, cut to ``limit`` characters."""
    if len(text) > limit:
        text = f"{text[:limit]}... ({len(text)} characters)"
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def first_invisible(text: str) -> int | None:
    """Return the index of the first bidi or zero-width character (refused in files), or None."""
    found = None if text.isascii() else _BIDI_OR_INVISIBLE.search(text)
    return found.start() if found else None
