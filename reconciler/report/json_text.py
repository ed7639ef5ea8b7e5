"""JSON as text: ASCII only, so that nothing in it can move a cursor, turn a line around or command a CI system."""

import json

from reconciler.model.fields import Json


def json_text(data: Json) -> str:
    """Return JSON indented, for people, programs and the logs of CI: ``##[`` doesn't stand there as such."""
    return _ascii(json.dumps(data, indent=2)).replace("##", "#\\u0023") + "\n"


def canonical_text(data: Json) -> str:
    """Return JSON in one line in its one spelling, sorted and without spaces."""
    return _ascii(json.dumps(data, sort_keys=True, separators=(",", ":"))) + "\n"


def _ascii(text: str) -> str:
    """Return JSON text with the one control character escaped that ASCII JSON may hold raw."""
    return text.replace("\x7f", "\\u007f")
