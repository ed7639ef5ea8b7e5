"""A change's fields as text: masked by their kind, neutralised, and reduced to what differs."""

from collections.abc import Iterable, Mapping

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.fields import Json, Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.text import neutral

#: How much of one value is shown; longer than the longest key in DNS that people look at.
VALUE_LIMIT = 1500


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field that a change touches; ``before``, ``after`` and ``applied`` are None where it isn't there.

    A field with several values has them line by line in ``removed``, ``added`` and ``kept``, and then no ``before``
    and ``after``. ``remark`` says what the texts alone don't.
    """

    name: str
    before: str | None = None
    after: str | None = None
    applied: str | None = None
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    remark: str = ""

    @property
    def is_list(self) -> bool:
        """Whether the field is shown line by line."""
        return bool(self.removed or self.added or self.kept)


def view_fields(change: Change, with_applied: bool = False) -> tuple[FieldView, ...]:
    """Return the fields that the change touches, in the kind's order; ``with_applied`` adds the record's value."""
    kind = KINDS[kind_of(change.address)]
    before, after = _shown(kind, change.before), _shown(kind, change.after)
    applied = _shown(kind, change.applied) if with_applied else {}
    only_after = change.before is not None and change.after is not None
    views = []
    for name in after if only_after else after or before:
        if only_after and not _differs(kind, change, name, before, after):
            continue
        views.append(_view(kind, change, name, before.get(name), after.get(name), applied.get(name)))
    return tuple(views)


def masked_json(address: Address, value: Value | None) -> Json:
    """Return a value as its kind's JSON with private leaves masked, or None without one."""
    if value is None:
        return None
    kind = KINDS[kind_of(address)]
    return kind.to_json(kind.masked(value))


def _shown(kind: Kind, value: Value | None) -> Mapping[str, str]:
    return {} if value is None else kind.show(value)


def _differs(kind: Kind, change: Change, name: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    if before.get(name) != after.get(name):
        return True
    only = frozenset({name})
    hides = any(path.partition(".")[0] == name for path in kind.private_fields)
    return hides and kind.project(change.before, only) != kind.project(change.after, only)


def _view(
    kind: Kind, change: Change, name: str, before: str | None, after: str | None, applied: str | None
) -> FieldView:
    forces = change.action is Action.REPLACE and name == kind.natural_key
    remark = "forces replacement" if forces else ""
    if kind.name == "record" and any("\n" in (text or "") for text in (before, after, applied)):
        return _list_view(name, before, after, applied, remark)
    old, new, record = (None if text is None else _one_line(text) for text in (before, after, applied))
    if old is not None and old == new:
        remark = remark or "differs in what isn't shown"
    return FieldView(name, old, new, record, remark=remark)


def _one_line(text: str) -> str:
    return neutral(text, VALUE_LIMIT) or '""'


def _list_view(name: str, before: str | None, after: str | None, applied: str | None, remark: str) -> FieldView:
    old, new = (() if text is None else tuple(text.split("\n")) for text in (before, after))
    there, wanted = frozenset(old), frozenset(new)
    return FieldView(
        name,
        applied=None if applied is None else neutral(applied.replace("\n", ", "), VALUE_LIMIT),
        removed=_neutral(text for text in old if text not in wanted),
        added=_neutral(text for text in new if text not in there),
        kept=_neutral(text for text in new if text in there),
        remark=remark,
    )


def _neutral(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(neutral(text, VALUE_LIMIT) for text in texts)
