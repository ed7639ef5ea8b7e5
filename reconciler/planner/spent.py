"""Spent entries: what ``removed:`` and ``previously:`` name that isn't ours, or isn't any more."""

from collections.abc import Iterator

from reconciler.model.address import kind_of
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.groups import covered
from reconciler.model.span import Span
from reconciler.model.state import Applied, Desired, Removal
from reconciler.planner.codes import diagnostic

_SHOWN = 3


def spent(desired: Desired, applied: Applied) -> list[tuple[str, Span]]:
    """Return what each spent entry names, and where it stands; none while nothing was applied at all.

    An entry under ``removed:`` still works while it names what is ours, or what policy would delete.
    """
    if not applied.number:
        return []
    return sorted([*_renamings(desired, applied), *_removals(desired, applied)], key=lambda found: found[1])


def places_of_spent(desired: Desired, applied: Applied) -> list[Span]:
    """Return where the spent entries stand."""
    return [place for _, place in spent(desired, applied)]


def note_spent(desired: Desired, applied: Applied) -> list[Diagnostic]:
    """Return one finding for all spent entries, or none."""
    found = spent(desired, applied)
    if not found:
        return []
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    detail = f"Nothing is left to do for {', '.join(name for name, _ in found[:_SHOWN])}{more}."
    remedy = "`reconciler fmt --prune` takes such entries out."
    return [diagnostic("removed-spent", detail, remedy, Severity.NOTE, span=found[0][1])]


def _renamings(desired: Desired, applied: Applied) -> Iterator[tuple[str, Span]]:
    for new, (old, span) in desired.renamings.items():
        if old not in applied.state or new in applied.state:
            yield f"previously: {old}", span


def _removals(desired: Desired, applied: Applied) -> Iterator[tuple[str, Span]]:
    for removal in desired.removals:
        if not _names_ours(removal, applied) and not _is_policy(removal, desired):
            yield removal.pattern, removal.span


def _names_ours(removal: Removal, applied: Applied) -> bool:
    if removal.count is None:
        return removal.pattern in applied.state
    return any(True for _ in covered(applied.state, removal.pattern))


def _is_policy(removal: Removal, desired: Desired) -> bool:
    return desired.config.policy.for_unmanaged(kind_of(removal.pattern)) == "delete"
