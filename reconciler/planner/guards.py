"""Guards on the final list of changes: deletions that are too many, or that nobody may mean.

With n owned addresses before, deletions that ``removed:`` doesn't name may be up to max(3, floor(0.3 n)) in a zone or
kind and up to max(10, floor(0.1 n)) in the account; equal is allowed. ``allow_deletes`` with the exact number and
``policy.guards: off`` lift these; nothing lifts protection and tombstones, which are judged before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.change import Change
from reconciler.model.fields import Fields
from reconciler.model.plan import Options, Refusal
from reconciler.model.state import Applied, Desired, State


def guard(
    changes: Iterable[Change], desired: Desired, live: State, applied: Applied, options: Options
) -> list[Refusal]:
    """Return every guard's refusal; ``live`` is the live state under our addresses."""
    if desired.config.policy.guards == "off":
        return []
    deleted = [c.address for c in changes if c.action.destroys and not c.approved_in_git]
    if options.allow_deletes is not None:
        return _exact_number(deleted, options.allow_deletes)
    if not deleted:
        return list(_last_authority(desired, live, frozenset()))
    owned = Counter(map(group_of, applied.state))
    gone = Counter(map(group_of, deleted))
    return [
        *_thresholds(gone, owned),
        *_account_threshold(deleted, len(applied.state)),
        *_vanished(frozenset(deleted), desired, applied),
        *_last_of_zone(deleted, desired),
        *_last_authority(desired, live, frozenset(deleted)),
    ]


_HELP = "If it is meant, name them under `removed:`, or say `--allow-deletes {count} --reason TEXT`."


def _exact_number(deleted: list[Address], allowed: int) -> list[Refusal]:
    if len(deleted) == allowed:
        return []
    detail = f"--allow-deletes {allowed} was given, but the plan deletes {len(deleted)}."
    return [Refusal("allow-deletes", detail, "Look at the plan again and give its exact number.", tuple(deleted))]


def _thresholds(gone: Counter[str], owned: Counter[str]) -> Iterator[Refusal]:
    for group, count in sorted(gone.items()):
        n = owned[group]
        allowed = max(3, n * 3 // 10)
        if count > allowed:
            detail = f"{count} of {n} owned in {group} would be deleted; {allowed} is the most at once."
            yield Refusal("too-many-deletions", detail, _HELP.format(count=sum(gone.values())))
        elif n > 3 and count == n:
            detail = f"All {n} owned in {group} would be deleted."
            yield Refusal("deletes-all", detail, _HELP.format(count=sum(gone.values())))


def _account_threshold(deleted: list[Address], n: int) -> Iterator[Refusal]:
    allowed = max(10, n // 10)
    if len(deleted) > allowed:
        detail = f"{len(deleted)} of {n} owned in the account would be deleted; {allowed} is the most at once."
        yield Refusal("too-many-deletions", detail, _HELP.format(count=len(deleted)))


def _vanished(deleted: frozenset[Address], desired: Desired, applied: Applied) -> Iterator[Refusal]:
    """Refuse when a whole section or file that held three or more is no longer there."""
    sections: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for address in deleted:
        if (group := group_of(address)) not in desired.declared:
            sections[group] += 1
        provenance = applied.provenance.get(address)
        if provenance and provenance.path and provenance.path not in desired.files:
            files[provenance.path] += 1
    for what, counts in (("section", sections), ("file", files)):
        for name, count in sorted(counts.items()):
            if count >= 3:
                yield Refusal(
                    f"{what}-vanished",
                    f"The {what} {name} is no longer there, and {count} that it declared would be deleted.",
                    f"Put it back (`{{}}` for none), or else: {_HELP.format(count=len(deleted))}",
                )


def _last_of_zone(deleted: list[Address], desired: Desired) -> Iterator[Refusal]:
    """Refuse to leave a zone without any MX or without any NS that it had."""
    suspects = {(a.split("/")[1], a.rpartition("/")[2]) for a in deleted if a.endswith(("/MX", "/NS"))}
    if not suspects:
        return
    kept = {(a.split("/")[1], a.rpartition("/")[2]) for a in desired.state if a.endswith(("/MX", "/NS"))}
    for zone, rtype in sorted(suspects - kept):
        detail = f"The last {rtype} of the zone {zone} would be deleted."
        yield Refusal("last-of-zone", detail, _HELP.format(count=len(deleted)))


def _last_authority(desired: Desired, live: State, deleted: frozenset[Address]) -> Iterator[Refusal]:
    """Refuse to leave the account without an internal contact who may authorise, where it has one."""
    before = {a for a, value in live.items() if kind_of(a) == "contact" and _may_authorise(value)}
    if not before:
        return
    after = {a for a in before if a not in desired.state and a not in deleted}
    after |= {a for a, value in desired.state.items() if kind_of(a) == "contact" and _stays(value, live.get(a))}
    if not after:
        yield Refusal(
            "last-authority",
            "No internal contact who may authorise would be left.",
            "Give another internal contact `may: [authorise]` first.",
            tuple(sorted(before)),
        )


def _stays(declared: object, live: object) -> bool:
    known = {**dict(live if isinstance(live, Fields) else ()), **dict(declared if isinstance(declared, Fields) else ())}
    return _may_authorise(Fields.of(known))


def _may_authorise(value: object) -> bool:
    if not isinstance(value, Fields):
        return False
    rights = value.value("may", ())
    return value.value("scope", "internal") == "internal" and isinstance(rights, tuple) and "authorise" in rights
