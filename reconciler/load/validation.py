"""A schema's errors as diagnostics: at the place of the value, in our words, with the nearest known spelling."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reconciler.load.forms import Loc, description, fixed_values, model_at, models_at, written_keys
from reconciler.load.nodes import Broken, Mapping, Node, Scalar, describe
from reconciler.load.nodes import Sequence as ListNode
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean, listed, nearest
from reconciler.model.address import Address
from reconciler.model.late import dataclass, pattern
from reconciler.model.written import Model

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails, PydanticCustomError

_CUSTOM = frozenset({"missing_dot", "literal_secret", "wrong_value"})
_EXPECTED = {
    "string_type": "text",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "mapping_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
}
_HOW_TO_WRITE = {
    "text": "Write text, in quotes where it begins with a special character.",
    "a list": "Write `[FIRST, SECOND]`, or each item on a line of its own after `- `.",
    "a list, or a mapping": "Write `[FIRST, SECOND]`, or each item on a line of its own after `- `.",
    "a mapping": "Write keys with values below it.",
}
_QUOTED = pattern(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a schema judged: ``key`` and ``node`` in ``file``, called ``title`` in sentences (``a mailbox``).

    ``short_form`` says that a list stands for the mapping; ``secrets`` are the paths of leaves whose text is never
    shown, ``secret_keys`` their last keys; ``mistyped`` are keys (with the way to their mapping) about which a
    misspelling was reported elsewhere.
    """

    file: str
    node: Node
    model: Model
    title: str
    key: Scalar | None = None
    address: Address | None = None
    short_form: bool = False
    secrets: frozenset[str] = frozenset()
    secret_keys: frozenset[str] = frozenset()
    mistyped: frozenset[tuple[Loc, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Found:
    """Where an error's ``loc`` leads: the last key on the way, the value, and the way's known and unknown parts.

    ``way`` are the known parts with the names of the forms that the mappings on the way have.
    """

    error: "ErrorDetails"
    key: Scalar | None
    node: Node
    known: Loc
    anchor: Loc | None
    way: Loc

    @property
    def is_deeper(self) -> bool:
        return self.anchor is not None and len(self.known) > len(self.anchor)


def report_errors(subject: Subject, errors: Iterable["ErrorDetails"], problems: Problems) -> None:
    """Turn a schema's errors into diagnostics; what concerns values already reported is left out."""
    found = [_locate(subject, error) for error in errors]
    mistyped = subject.mistyped | {(one.known[:-1], guess) for one in found if (guess := _guess(subject, one))}
    alternatives: dict[Loc, list[_Found]] = {}
    for one in found:
        if one.error["type"] == "missing" and (one.known, str(one.error["loc"][-1])) in mistyped:
            continue
        if one.anchor is None:
            _report(subject, one, problems)
        else:
            alternatives.setdefault(one.anchor, []).append(one)
    for group in alternatives.values():
        deeper = [one for one in group if one.is_deeper]
        if deeper or len(group) == 1:
            for one in deeper or group:
                _report(subject, one, problems)
        else:
            _report_alternatives(subject, group, problems)


def _guess(subject: Subject, found: _Found) -> str | None:
    """Return the key that an unknown one probably stands for."""
    if found.error["type"] != "extra_forbidden":
        return None
    model = model_at(subject.model, found.way[:-1])
    return nearest(str(found.error["loc"][-1]), written_keys(model)) if model else None


def details_of(error: "PydanticCustomError") -> "ErrorDetails":
    """Return an error raised by a kind, outside of a model, as a schema reports its own."""
    return {"type": error.type, "loc": (), "msg": error.message(), "input": None, "ctx": dict(error.context or {})}


def _locate(subject: Subject, error: "ErrorDetails") -> _Found:
    key, node = subject.key, subject.node
    loc = error["loc"][:-1] if error["type"] == "missing" else error["loc"]
    known: list[int | str] = []
    way: list[int | str] = []
    anchor: Loc | None = None
    for part in loc:
        if isinstance(node, Mapping) and part in node.entries:
            key, node = node.entries[str(part)]
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        elif isinstance(node, Mapping) and _names_form(node, part):
            way.append(part)
            continue
        else:
            anchor = tuple(known) if anchor is None and part != "[key]" else anchor
            continue
        known.append(part)
        way.append(part)
    return _Found(error, key, node, tuple(known), anchor, tuple(way))


def _names_form(node: Mapping, part: int | str) -> bool:
    """Tell whether a part of a ``loc`` is no key, but the value by which a mapping says which of its forms it has."""
    return any(isinstance(value, Scalar) and value.text == part for _, value in node.entries.values())


def _report(subject: Subject, found: _Found, problems: Problems) -> None:
    error, node = found.error, found.node
    if isinstance(node, Broken):
        return
    kind, context = error["type"], error.get("ctx", {})
    remedy = str(context.get("help", ""))
    if kind == "missing":
        _report_missing(subject, found, problems)
    elif kind == "extra_forbidden":
        _report_unknown(subject, found, problems)
    elif kind == "unknown_key":
        name = str(context.get("name", ""))
        key = node.entries[name][0] if isinstance(node, Mapping) and name in node.entries else node
        detail = f"`{name}` is not a key of {_owner(subject, found.known)}."
        _add(problems, subject, "unknown-key", detail, key, did_you_mean(name, context.get("expected", ())))
    elif kind == "missing_key":
        name = str(context.get("key", "")).strip("'")
        _add(problems, subject, "missing-key", f"This value needs the key `{name}`.", node, f"Add `{name}`.")
    elif kind == "literal_error":
        options = _QUOTED.findall(str(context.get("expected", "")))
        _report_options(subject, node, options, problems)
    elif kind.startswith("union_tag_"):
        _report_form(subject, found, problems)
    elif kind == "wrong_type" or kind in _EXPECTED:
        expected = str(context.get("expected") or _EXPECTED[kind])
        if subject.short_form and not found.known:
            expected = "a list, or a mapping"
        _report_type(subject, found, expected, remedy, problems)
    else:
        code = kind.replace("_", "-") if kind in _CUSTOM else "wrong-value"
        detail = error["msg"] if kind in _CUSTOM else "This value can't stand here."
        if kind == "literal_secret" or _is_secret(subject, found.known):
            problems.hide(subject.file, node)
        _add(problems, subject, code, detail, node, remedy)


def _report_missing(subject: Subject, found: _Found, problems: Problems) -> None:
    if isinstance(found.node, Mapping) and found.node.incomplete:
        return
    name = str(found.error["loc"][-1])
    at = found.key if found.key is not None and not isinstance(found.key, Broken) else found.node
    described = description(subject.model, found.way, name)
    owner = _owner(subject, found.known)
    remedy = f"Add `{name}`" + (f": {described[0].lower()}{described[1:]}" if described else ".")
    _add(problems, subject, "missing-key", f"{_sentence(owner)} needs the key `{name}`.", at, remedy)


def _report_unknown(subject: Subject, found: _Found, problems: Problems) -> None:
    name = str(found.error["loc"][-1])
    model = model_at(subject.model, found.way[:-1])
    keys = written_keys(model) if model else []
    inside = _is_secret(subject, found.known)
    if inside or nearest(name, subject.secret_keys):
        problems.hide(subject.file, found.key or found.node if inside else found.node)
    said = "This" if inside and not nearest(name, keys) else f"`{name}`"
    detail = f"{said} is not a key of {_owner(subject, found.known[:-1])}."
    refused = getattr(model, "refused_keys", {}).get(name)
    remedy = refused or did_you_mean(name, keys, "Known keys")
    _add(problems, subject, "unknown-key", detail, found.key or found.node, remedy)


def _report_type(subject: Subject, found: _Found, expected: str, help: str, problems: Problems) -> None:
    must_nest = expected.startswith(("a mapping", "a list"))
    stands = f", but here stands {describe(found.node)}" if must_nest or not isinstance(found.node, Scalar) else ""
    if _is_secret(subject, found.known):
        problems.hide(subject.file, found.node)
    remedy = help
    if not remedy:
        model = model_at(subject.model, found.way) if expected == "a mapping" else None
        remedy = f"Its keys: {listed(written_keys(model))}." if model else _HOW_TO_WRITE.get(expected, "")
    _add(problems, subject, "wrong-type", f"Expected {expected}{stands}.", found.node, remedy)


def _report_form(subject: Subject, found: _Found, problems: Problems) -> None:
    """Report a mapping with several forms that doesn't say which it has, or names none of them."""
    node, context = found.node, found.error.get("ctx", {})
    name = str(context.get("discriminator", "")).strip("'")
    forms = list(models_at(subject.model, found.way))
    written = node.entries if isinstance(node, Mapping) else {}
    mistyped = [
        key for key in written if nearest(key, [name, *(k for form in forms for k in written_keys(form))]) == name
    ]
    if name in written:
        _report_options(subject, written[name][1], _QUOTED.findall(str(context.get("expected_tags"))), problems)
    elif mistyped:
        detail = f"`{mistyped[0]}` is not a key of {_owner(subject, found.known)}."
        _add(problems, subject, "unknown-key", detail, written[mistyped[0]][0], f"Did you mean `{name}`?")
    else:
        options = [text for form in forms for text in fixed_values(form, name)]
        detail = f"{_sentence(_owner(subject, found.known))} needs the key `{name}`."
        _add(problems, subject, "missing-key", detail, found.key or node, f"Add `{name}`: {listed(options, 'or')}.")


def _report_options(subject: Subject, node: Node, options: Sequence[str], problems: Problems) -> None:
    if not isinstance(node, Scalar):
        detail = f"Expected {listed(options, 'or')}, but here stands {describe(node)}."
        _add(problems, subject, "wrong-type", detail, node)
        return
    guess = nearest(node.text, options)
    remedy = f"Did you mean `{guess}`?" if guess else f"Write {listed(options, 'or')}."
    _add(problems, subject, "wrong-value", f"`{node.text}` is not {_one_of(options)}.", node, remedy)


def _report_alternatives(subject: Subject, group: Sequence[_Found], problems: Problems) -> None:
    """Report one value that none of several alternatives accepts."""
    node = group[0].node
    if isinstance(node, Broken):
        return
    expected: list[str] = []
    for one in group:
        context = one.error.get("ctx", {})
        if one.error["type"] == "literal_error":
            expected += [f"`{option}`" for option in _QUOTED.findall(str(context.get("expected", "")))]
        else:
            expected.append(str(context.get("expected") or _EXPECTED.get(one.error["type"], "another value")))
    detail = f"Expected {' or '.join(dict.fromkeys(expected))}, but here stands {describe(node)}."
    _add(problems, subject, "wrong-type", detail, node)


def _add(problems: Problems, subject: Subject, code: str, detail: str, at: Node, help: str = "") -> None:
    problems.error(code, detail, place(subject.file, at), help, address=subject.address)


def _owner(subject: Subject, known: Loc) -> str:
    named = [part for part in known if isinstance(part, str)]
    return f"`{named[-1]}`" if named else subject.title


def _sentence(owner: str) -> str:
    return owner[0].upper() + owner[1:] if owner.startswith(("a ", "an ")) else owner


def _one_of(options: Sequence[str]) -> str:
    return listed(options) if len(options) == 1 else f"one of {listed(options)}"


def _is_secret(subject: Subject, known: Loc) -> bool:
    """Tell whether a way leads to a secret leaf, or to anything in it."""
    ways = {".".join(map(str, known[:length])) for length in range(1, len(known) + 1)}
    return known[-1:] in (("secret",), ("hash",)) or not ways.isdisjoint(subject.secrets)
