"""What people write, changed anywhere, and judged both ways: by our own functions and by pydantic."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from reconciler.model.written import NOTHING_KNOWN, Written

ODD = st.sampled_from(
    [
        None,
        "",
        "true",
        "1",
        "-1",
        "x",
        "env/X",
        "{}",
        "2min",
        "..",
        [],
        {},
        ["a"],
        {"a": "b"},
        {"secret": "env/A"},
        0,
        7,
    ]
) | st.text(max_size=8)


def ways(data: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to everything in data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [above, *(way for key, value in inner for way in ways(value, (*above, key)))]


def changed(data: Any, way: tuple[Any, ...], act: str, value: Any) -> Any:
    """Return data with what ``way`` leads to replaced, left out, or with one more key beside it."""
    copy = json.loads(json.dumps(data))
    place = copy
    for key in way[:-1]:
        place = place[key]
    if not way:
        return value if act == "replace" else copy
    if act == "replace":
        place[way[-1]] = value
    elif act == "drop":
        del place[way[-1]]
    elif isinstance(place, dict):
        place["more"] = value
    return copy


def plain(value: Any) -> Any:
    """Return what was written, whichever of the two judged it."""
    if isinstance(value, Written):
        return type(value).__name__, {name: plain(inner) for name, inner in value}
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def judge_both(cls: type[Written], data: Any, context: Mapping[str, Any] = NOTHING_KNOWN) -> None:
    """Judge data both ways, which must come to the same."""
    try:
        theirs = plain(TypeAdapter(cls).validate_python(data, context=dict(context)))
    except ValidationError:
        theirs = None
    try:
        ours = plain(cls.judged(data, context))
    except Exception:
        ours = None
    assert ours == theirs
