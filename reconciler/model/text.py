"""The one door through which untrusted text passes before a person or a log sees it.

What would act is spelt as an escape: control characters (cursor, colours, titles, links), characters that turn a line
around or can't be seen, more marks on a letter than any script needs, and the commands that a CI system looks for in
what a job prints. Text that is neutral already passes unchanged.
"""

import unicodedata

from reconciler.model.late import pattern

#: Printable, as Unicode has it, and yet nothing is seen: joiners, fillers, variation selectors, an empty braille cell.
_UNSEEN = pattern(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
#: GitHub acts on ``::error::`` at the beginning of a line and on ``##[error]`` anywhere, Azure on ``##vso[...]``; an
#: IPv6 address such as ``::1`` is no command.
_COMMAND = pattern(
    r"(?P<place>^[ ]*)::(?!(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*(?:\.[0-9.]+)?)?(?![^ ,;/%)\]]))|\#(?=\#\w*\[)",
)
_BIDI_OR_INVISIBLE = pattern("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
#: Marks on one letter; Vietnamese needs two, pointed Hebrew three or four.
_MOST_MARKS = 4


def neutral(text: str, limit: int = 400) -> str:
    """Return ``text`` with everything spelt as escapes that would act or deceive, cut to ``limit`` characters."""
    if len(text) > limit:
        text = f"{text[:limit]}... ({len(text)} characters)"
    return escaped(text)


def escaped(text: str) -> str:
    """Return ``text`` like :func:`neutral`, but whole."""
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda found: f"{found['place'] or ''}{_spelt(found.group().lstrip(' '))}", text)
    if text.isascii():
        return text if text.isprintable() else "".join(c if c.isprintable() else _spelt(c) for c in text)
    return _escaped_unicode(text)


def _escaped_unicode(text: str) -> str:
    pieces = []
    marks = _MOST_MARKS  # a mark at the beginning would sit on what stands before the text
    for c in text:
        if c.isascii():
            marks = 0
            pieces.append(c if c.isprintable() else _spelt(c))
            continue
        marks = marks + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        harmless = c.isprintable() and not _UNSEEN.match(c) and marks <= _MOST_MARKS
        pieces.append(c if harmless else _spelt(c))
    return "".join(pieces)


def _spelt(text: str) -> str:
    """Return each character of ``text`` as an escape of Python and YAML."""
    return "".join(
        c.encode("unicode_escape").decode("ascii") if ord(c) < 32 or ord(c) > 126 else f"\\x{ord(c):02x}" for c in text
    )


def first_invisible(text: str) -> int | None:
    """Return the index of the first bidi or zero-width character (refused in files), or None."""
    found = None if text.isascii() else _BIDI_OR_INVISIBLE.search(text)
    return found.start() if found else None


def is_template(text: str) -> bool:
    """Tell whether a text has a template's marks."""
    return "{{" in text or "{%" in text
