"""Guards on the final list of changes: deletions that are too many, or that nobody may mean.

With n owned addresses before, deletions that ``removed:`` doesn't name may be up to max(3, floor(0.3 n)) in a zone or
other kind, and up to max(10, floor(0.1 n)) in the account; equal is allowed, a replacement counts. The exact number
under ``--allow-deletes`` and ``policy: {guards: off}`` lift these guards; nothing lifts protection and tombstones,
which were judged before.
"""

from collections import Counter
from collections.abc import Iterator

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.late import dataclass
from reconciler.model.plan import Options, Refusal
from reconciler.model.state import Applied, Desired
from reconciler.planner.groups import Group, Grouped
from reconciler.planner.lasts import last_authority, lasts_of_zones


def group_limit(owned: int) -> int:
    """Return how many of a zone's or kind's owned addresses may be deleted at once."""
    return max(3, owned * 3 // 10)


def account_limit(owned: int) -> int:
    """Return how many of the account's owned addresses may be deleted at once."""
    return max(10, owned // 10)


@dataclass(frozen=True, slots=True)
class Guards:
    """What the guards judge: the final changes, the states, and what the caller allows.

    ``contacts`` are the live contacts under our addresses.
    """

    changes: list[Change]
    desired: Desired
    states: Grouped
    applied: Applied
    contacts: Group
    options: Options

    def run(self) -> list[Refusal]:
        """Return the refusal of every guard that says no."""
        if self.desired.config.policy.guards == "off":
            return []
        deletions = [c.address for c in self.changes if c.action.destroys and not c.approved_in_git]
        found = list(last_authority(self.changes, self.contacts, self.options))
        if self.options.allow_deletes is not None:
            return found + list(self._number(deletions))
        return found + list(self._let_go()) + (list(self._all(deletions)) if deletions else [])

    def _number(self, deletions: list[Address]) -> Iterator[Refusal]:
        allowed = self.options.allow_deletes
        if len(deletions) != allowed:
            detail = f"--allow-deletes {allowed} was given, but {len(deletions)} would be deleted."
            yield Refusal("allow-deletes", detail, "Look at the plan again and give its number.", tuple(deletions))
        elif not self.options.reason.strip():
            yield Refusal("allow-deletes", "--allow-deletes was given without a reason.", "Say `--reason TEXT`.")

    def _let_go(self) -> Iterator[Refusal]:
        """Refuse when a section of what the account always has is gone, and with it what we own there."""
        by_kind: dict[str, list[Address]] = {}
        for change in self.changes:
            kind = KINDS[kind_of(change.address)]
            if change.action is Action.FORGET and kind.fixed and not change.approved_in_git:
                by_kind.setdefault(kind.name, []).append(change.address)
        for kind_name, addresses in sorted(by_kind.items()):
            owned = self.states.applied.get(kind_name, {})
            if kind_name not in self.desired.declared and len(owned) >= 3:
                detail = f"The whole of {kind_name} is gone from git, and {len(owned)} owned there would be let go."
                remedy = (
                    f"Put it back, or write `removed: {{{kind_name}/*: {{reason: TEXT, keep: true, "
                    f"count: {len(addresses)}}}}}`."
                )
                yield Refusal("section-vanished", detail, remedy, tuple(sorted(addresses)))

    def _all(self, deletions: list[Address]) -> Iterator[Refusal]:
        remedy = f"If it is meant, name them under `removed:`, or say `--allow-deletes {len(deletions)} --reason TEXT`."
        by_group: dict[str, list[Address]] = {}
        for address in deletions:
            by_group.setdefault(group_of(address), []).append(address)
        for group, addresses in sorted(by_group.items()):
            yield from self._group(group, addresses, remedy)
        owned = sum(map(len, self.states.applied.values()))
        if len(deletions) > account_limit(owned):
            detail = (
                f"{len(deletions)} would be deleted in the account, of which we own {owned}; "
                f"{account_limit(owned)} is the most at once."
            )
            yield Refusal("too-many-deletions", detail, remedy, tuple(sorted(deletions)))
        yield from self._vanished_files(deletions, remedy)
        yield from lasts_of_zones(self.changes, self.states, remedy)

    def _group(self, group: str, addresses: list[Address], remedy: str) -> Iterator[Refusal]:
        """Judge the deletions in one zone or kind."""
        owned, declared = self.states.applied.get(group, {}), self.states.desired.get(group, {})
        limit, listed = group_limit(len(owned)), tuple(sorted(addresses))
        vanished = group not in self.desired.declared and not declared
        if vanished and len(owned) >= 3:
            detail = f"The whole of {group} is gone from git, and {len(owned)} owned there would be left without it."
            yield Refusal("section-vanished", detail, f"Put it back (`{{}}` for none). {remedy}", listed)
        elif len(owned) > 3 and not declared and self._gone(group) == len(owned):
            yield Refusal("deletes-all", f"All {len(owned)} owned in {group} would be deleted.", remedy, listed)
        elif len(addresses) > limit:
            detail = f"{len(addresses)} would be deleted in {group}, of which we own {len(owned)}; {limit} is the most."
            yield Refusal("too-many-deletions", detail, remedy, listed)

    def _gone(self, group: str) -> int:
        owned = self.states.applied.get(group, {})
        return sum(change.action.destroys and change.address in owned for change in self.changes)

    def _vanished_files(self, deletions: list[Address], remedy: str) -> Iterator[Refusal]:
        """Refuse when a file that declared three or more is gone, and with it all that it declared."""
        provenance = self.applied.provenance
        paths = {provenance[a].path for a in deletions if a in provenance} - self.desired.files.keys() - {""}
        if not paths:
            return
        declared = Counter(p.path for p in provenance.values() if p.path in paths)
        moved, state = {change.moved_from for change in self.changes}, self.desired.state
        still = {p.path for a, p in provenance.items() if p.path in paths and (a in moved or a in state)}
        for path in sorted(paths - still):
            if declared[path] >= 3:
                gone = tuple(sorted(a for a in deletions if a in provenance and provenance[a].path == path))
                detail = f"The file {path} is gone, which declared {declared[path]} of what we own."
                yield Refusal("file-vanished", detail, f"Put it back. {remedy}", gone)
