"""The forms in which a text may lie somewhere without being seen at once, and a search for all of them."""

import base64
import html
import json
from collections.abc import Iterable, Iterator
from functools import cache, partial
from urllib.parse import quote, quote_plus

#: From so many characters on a piece of a text counts as the text.
_PIECE = 10


def forms(text: str) -> frozenset[bytes]:
    """Return a text raw, in base64 at each alignment, URL-encoded, escaped as in JSON, Python and HTML, and in hex."""
    raw = text.encode()
    found = {raw, text.encode("utf-16-le"), html.escape(text).encode(), repr(text)[1:-1].encode()}
    found |= {
        text.encode("latin-1", "replace"),
        text.encode("unicode_escape"),
        text.encode("ascii", "backslashreplace"),
    }
    for escape in (json.dumps, partial(json.dumps, ensure_ascii=False)):
        found |= {escape(text)[1:-1].encode(), escape(escape(text)[1:-1])[1:-1].encode()}
    for encoded in (quote(text), quote(text, safe=""), quote_plus(text)):
        found |= {encoded.encode(), encoded.lower().encode()}
    found |= {raw.hex().encode(), raw.hex().upper().encode()}
    return frozenset(found | set(_base64(raw)))


def _base64(raw: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of bytes wherever they begin, without the characters that depend on their neighbours."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        whole = encoded[(0, 2, 3)[before] :]
        certain = whole.rstrip(b"=")[: -1 if (before + len(raw)) % 3 else None]
        yield from (certain, certain.replace(b"+", b"-").replace(b"/", b"_"))


@cache
def pieces(text: str) -> frozenset[bytes]:
    """Return what is searched for: all forms of the text, and of each of its halves that is long enough to be sure."""
    middle = len(text) // 2
    parts = [text, *(half for half in (text[:middle], text[middle:]) if len(half) >= _PIECE)]
    return frozenset(form for part in parts for form in forms(part))


def leaks(canaries: Iterable[str], sink: bytes) -> list[str]:
    """Return the canaries of which a sink holds anything."""
    return [canary for canary in canaries if any(form in sink for form in pieces(canary))]
