"""Text from a command line as the data that a kind parses: lists with commas, mappings as JSON."""

import json
from typing import Any

from reconciler.model.errors import UsageError
from reconciler.model.kind import Kind
from reconciler.model.meta import OURS

_RECORD_FIELDS = frozenset({"ttl", "value", "values"})
_MAX_TTL = 2**31 - 1


def known_fields(kind: Kind) -> frozenset[str]:
    """Return the fields that can be set by hand; secrets can't, because others see command lines."""
    if kind.name == "record":
        return _RECORD_FIELDS
    if kind.name in ("zone", "password"):
        return frozenset()
    return frozenset(kind.model.model_fields) - kind.secret_fields - OURS


def typed(kind: Kind, name: str, text: str) -> Any:
    """Return a field's text as data, None for an empty text that asks for the default; raises ``UsageError``."""
    if kind.name == "record":
        return _record_field(name, text)
    schema = kind.model.model_json_schema()["properties"][name]
    forms = schema.get("anyOf") or schema.get("oneOf") or [schema]
    types = {"object" if "$ref" in form else form.get("type") for form in forms}
    if types & {"array", "object"} and text.startswith(("[", "{")):
        return _json(name, text)
    if "array" in types and all(text != form.get("const") for form in forms):
        return _split(text)
    return text or None


def secret_in(kind: Kind, name: str, data: Any) -> str | None:
    """Return the path of a secret in a field's data; a mapping may hold one."""
    if isinstance(data, dict):
        inside = (secret_in(kind, f"{name}.{key}", inner) for key, inner in data.items())
        return next((path for path in inside if path), None)
    return name if name in kind.secret_fields else None


def _record_field(name: str, text: str) -> Any:
    if name == "ttl":
        if not text.isascii() or not text.isdigit() or int(text) > _MAX_TTL:
            raise UsageError("`ttl` is a number of seconds.", "Write for example `ttl=3600`.")
        return int(text)
    if name == "values":
        return _json(name, text) if text.startswith("[") else _split(text)
    return text


def _split(text: str) -> list[str]:
    """Return the parts between commas; a comma between double quotes doesn't count."""
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UsageError(
            f"`{name}` is not JSON.", 'Write a list as `["a", "b"]` or `a,b`, a mapping as `{"key": "value"}`.'
        ) from None
