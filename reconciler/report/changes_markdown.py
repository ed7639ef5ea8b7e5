"""One change as Markdown: whole, with a diff or all three values, or as lines of a diff that others share."""

from collections.abc import Iterable, Iterator

from reconciler.model.change import Action, Change, Origin
from reconciler.report.fields import FieldView
from reconciler.report.rendering import code_span, fenced
from reconciler.report.view import ChangeView, view_change

#: What a view has cut already is shown as it is: who approves must see where two long values differ.
_WHOLE = 100_000


def whole_change(change: Change) -> str:
    """Return a change that is never folded: who asks for it and where, and what it does."""
    view = view_change(change, with_applied=change.origin is Origin.BOTH)
    parts = [f"**{code_span(view.symbol)} {code_span(view.address)}** {_spans([', '.join(view.labels), view.place])}"]
    parts += [f"{name} {code_span(text)}" for name, text in _beside(view)]
    head = "  \n".join(parts)
    if not view.fields:
        return head
    if change.origin is Origin.BOTH:
        return f"{head}\n\n{_three_values(view)}"
    return f"{head}\n\n{fenced(chr(10).join(_field_lines(view)), 'diff')}"


def diff_lines(change: Change) -> str:
    """Return a change as lines of a diff: the first character says what goes and what comes."""
    view = view_change(change, with_applied=change.origin is Origin.BOTH)
    about = ", ".join(text for text in (*view.labels, view.place) if text)
    lines = [f"@@ {view.symbol} {view.address} @@ {about}", *_field_lines(view)]
    return "\n".join([*lines, *(f"# {name} {text}" for name, text in _beside(view))])


def one_line(change: Change) -> str:
    """Return a change as its symbol, its address and its place."""
    view = view_change(change)
    return f"{view.symbol:>3} {view.address}{f'  {view.place}' if view.place else ''}"


def _beside(view: ChangeView) -> Iterator[tuple[str, str]]:
    texts = {
        "price:": view.price,
        "covers:": view.covers,
        "commit:": view.cause,
        "preset:": view.preset,
        "reason:": view.reason,
        "refused:": view.refused,
    }
    yield from ((name, text) for name, text in texts.items() if text)


def _spans(texts: Iterable[str]) -> str:
    return " ".join(code_span(text) for text in texts if text)


def _three_values(view: ChangeView) -> str:
    """Return a table of the fields as they were applied, as somebody made them by hand, and as git wants them."""
    rows = ["| field | applied | live, by hand | desired |", "|---|---|---|---|"]
    for field in view.fields:
        live = ", ".join((*field.removed, *field.kept)) if field.is_list else field.before
        desired = ", ".join((*field.added, *field.kept)) if field.is_list else field.after
        cells = (field.name, field.applied, live, desired)
        rows.append("| " + " | ".join("" if text is None else code_span(text, _WHOLE) for text in cells) + " |")
    return "\n".join(rows)


def _field_lines(view: ChangeView) -> Iterator[str]:
    for field in view.fields:
        yield from _sides(view.action, field)


def _sides(action: Action, field: FieldView) -> Iterator[str]:
    if field.is_list:
        yield from (f"- {field.name}: {text}" for text in field.removed)
        yield from (f"+ {field.name}: {text}" for text in field.added)
    else:
        if field.before is not None and action is not Action.CREATE:
            yield f"- {field.name}: {field.before}"
        if field.after is not None and action is not Action.DELETE:
            yield f"+ {field.name}: {field.after}"
    remarks = [field.remark] if field.remark else []
    if field.applied is not None:
        remarks.append(f"applied: {field.applied}")
    if remarks:
        yield f"# {field.name}: {', '.join(remarks)}"
