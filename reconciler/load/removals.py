"""``removed:``: what may go, said in git, with the reason."""

from collections.abc import Mapping as MappingType
from typing import Annotated, TypeAlias

from reconciler.load.nodes import Broken, Mapping, Node, Scalar, describe, plain
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean
from reconciler.load.validation import Subject, report_errors
from reconciler.model.address import kind_of, live_id_of, split
from reconciler.model.kind import Kind
from reconciler.model.marks import AfterValidator, WithJsonSchema, said
from reconciler.model.scalars import Boolean, Day, Integer, Text, faults, refusals, wrong_value
from reconciler.model.state import Removal
from reconciler.model.written import Written

KindTable: TypeAlias = MappingType[str, Kind]
_RECORD_PARTS = 3


def _reason(value: str) -> str:
    if not value.strip():
        raise wrong_value("The reason is empty.", "Say why it may go.")
    return value


def _count(value: int) -> int:
    if value < 1:
        raise wrong_value("The number must be 1 or greater.")
    return value


class RemovalModel(Written):
    """An entry under `removed:`; its key is an address, or a glob over addresses."""

    reason: Annotated[Text, AfterValidator(_reason)] = said(description="Why it may go.")
    count: Annotated[Integer, AfterValidator(_count), WithJsonSchema({"type": "integer", "minimum": 1})] | None = said(
        default=None, description="How many resources a glob covers, exactly."
    )
    keep: Boolean = said(default=False, description="Let go of it without deleting it.")
    after: Day | None = said(default=None, description="The last day on which it stays; it goes afterwards.")


def read_removals(file: str, node: Node, kinds: KindTable, problems: Problems) -> list[Removal]:
    """Return the entries of a file's ``removed:``; what is wrong with them is reported."""
    if not isinstance(node, Mapping):
        if not isinstance(node, Broken):
            detail = f"`removed` needs a mapping of addresses, but here stands {describe(node)}."
            problems.error("wrong-type", detail, place(file, node), "Write `ADDRESS: {reason: ...}`.")
        return []
    found = (_removal(file, key, value, kinds, problems) for key, value in node.entries.values())
    return [removal for removal in found if removal is not None]


def _removal(file: str, key: Scalar, node: Node, kinds: KindTable, problems: Problems) -> Removal | None:
    if problems.is_full(file):
        return None
    pattern = _pattern(file, key, kinds, problems)
    subject = Subject(file, node, RemovalModel, "an entry under `removed`", key)
    try:
        model = RemovalModel.model_validate(plain(node))
    except faults() as error:
        report_errors(subject, error.errors(include_url=False, include_input=False), problems)
        return None
    at = place(file, key)
    if pattern is None:
        return None
    if kinds[kind_of(pattern)].fixed and not model.keep:
        detail = f"What `{key.text}` names is always there, so it can't go."
        remedy = "Delete this entry: without a declaration it is let go. `keep: true` says so in words."
        problems.error("removed-fixed", detail, at, remedy)
    elif is_glob(pattern) and model.count is None:
        remedy = "Add `count: N` with the exact number of resources that may go."
        problems.error("missing-key", f"The glob `{key.text}` needs the key `count`.", at, remedy)
    elif not is_glob(pattern) and model.count not in (None, 1):
        problems.error("wrong-value", f"`{key.text}` names one resource, not {model.count}.", at, "Delete `count`.")
    else:
        return Removal(pattern, model.reason, at, model.count, model.keep, model.after)
    return None


def is_glob(pattern: str) -> bool:
    """Tell whether a removal names resources by a glob."""
    return any(mark in pattern for mark in "*?[")


def _pattern(file: str, key: Scalar, kinds: KindTable, problems: Problems) -> str | None:
    """Return a removal's address in canonical form; a glob, or an entry named by the account's own id, as written."""
    name = kind_of(key.text)
    kind = kinds.get(name)
    at = place(file, key)
    if kind is None:
        remedy = did_you_mean(name, kinds, "Kinds")
        problems.error("unknown-kind", f"`{key.text}` begins with `{name}`, which is no kind of resource.", at, remedy)
        return None
    parts = split(key.text)[1:]
    expected = _RECORD_PARTS if not kind.path else 1 if "*" in kind.path else 0
    if len(parts) != expected or not all(parts):
        shown = "/".join([name, *_SHAPES.get(expected, ())])
        problems.error("wrong-value", f"`{key.text}` is not the address of a {kind.title}.", at, f"Write `{shown}`.")
        return None
    if is_glob(key.text) or (kind.natural_key and live_id_of(key.text)):
        return key.text
    try:
        return kind.address(kind.keys(key.text))
    except refusals() as error:
        remedy = str((error.context or {}).get("help", ""))
        problems.error("wrong-value", error.message(), at, remedy)
        return None


_SHAPES = {1: ("NAME",), _RECORD_PARTS: ("ZONE", "NAME", "TYPE")}
