"""A plan as Markdown: a table of the changes, their fields as a diff, and what stands beside the plan."""

from collections.abc import Iterator

from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.report.fields import FieldView
from reconciler.report.rendering import render
from reconciler.report.view import ChangeView, view_plan


def plan_markdown(plan: Plan) -> str:
    """Return a plan as Markdown in which no text of git or of the account can act."""
    view = view_plan(plan)
    rows = (*view.changes, *view.contested, *view.refused)
    diff = "\n".join(text for change in rows for text in _diff(change))
    return render("plan.md.j2", view=view, rows=rows, diff=diff)


def _diff(change: ChangeView) -> Iterator[str]:
    """Yield a change as lines of a diff: the first character says what goes and what comes."""
    yield f"@@ {change.symbol} {change.address} @@"
    for field in change.fields:
        yield from _sides(change.action, field)
    if change.preset:
        yield f"# preset: {change.preset}"
    if change.reason:
        yield f"# reason: {change.reason}"
    if change.refused:
        yield f"! refused: {change.refused}"


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
