"""What became of each configuration commit: applied, superseded, without effect, not loadable, refused or pending.

What only a person can do awaits a hand, also that somebody looks for the first time; once it was seen as the commit
says it is attested, and applied as soon as an apply has recorded that.
"""

from collections.abc import Iterator, Mapping

from reconciler.audit.applies import Applies
from reconciler.audit.attribution import Ancestry
from reconciler.audit.effects import Effect
from reconciler.kinds import KINDS
from reconciler.model.account import Providers
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.history import Judged, LoggedCommit, Verdict
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status

_WORST_FIRST = (Verdict.REFUSED, Verdict.AWAITING, Verdict.ATTESTED)


def judge(
    ancestry: Ancestry, head: str, applies: Applies, stands_for: Mapping[str, str], providers: Providers
) -> tuple[Judged, ...]:
    """Return the verdict on each commit of the line, newest first; ``stands_for`` has the base of each snapshot."""
    line = [commit for commit in ancestry.line(head) if commit.id in ancestry.effects]
    carried = _carried(ancestry, line, applies, stands_for)
    later: dict[Address, list[int]] = {}  # where on the line an address changes, the oldest of those seen last
    judge = _Judge(line, ancestry, applies, carried, later, providers, frozenset(map(group_of, applies.attested)))
    judged = []
    for at, commit in enumerate(line):
        effect = ancestry.effects[commit.id]
        judged.append(judge.judge(at, commit, effect))
        for address in effect.values:
            later.setdefault(address, []).append(at)
    return tuple(judged)


def _carried(
    ancestry: Ancestry, line: list[LoggedCommit], applies: Applies, stands_for: Mapping[str, str]
) -> dict[str, int]:
    """Return for each commit the first receipt whose configuration commit contains it."""
    waiting, found = {commit.id for commit in line}, dict[str, int]()
    seen: set[str] = set()
    for link in applies.links:
        config = link.facts["config_commit"]
        todo = [stands_for.get(config, config)]
        while todo:
            one = todo.pop()
            if one in seen or one not in ancestry.commits:
                continue
            seen.add(one)
            todo += ancestry.commits[one].parents
            if one in waiting:
                found[one] = link.number
    return found


@dataclass(frozen=True, slots=True)
class _Judge:
    line: list[LoggedCommit]
    ancestry: Ancestry
    applies: Applies
    carried: Mapping[str, int]
    later: Mapping[Address, list[int]]
    providers: Providers
    looked: frozenset[str]  # groups of which somebody attested anything

    def judge(self, at: int, commit: LoggedCommit, effect: Effect) -> Judged:
        """Return the verdict on one commit."""
        if effect.error:
            return Judged(commit, Verdict.NOT_LOADABLE, detail=effect.error, touches=effect.touches)
        if not effect.values:
            return Judged(commit, Verdict.NO_EFFECT, touches=effect.touches)
        changes = tuple(sorted(effect.values))
        first = self.carried.get(commit.id)
        if first is None:
            return Judged(commit, Verdict.PENDING, changes, open=changes)
        done, over, undone = dict[Address, int](), dict[Address, int](), list[Address]()
        for address in changes:
            number = self._done(address, commit, first)
            if number is not None:
                done[address] = number
            elif self.later.get(address):
                over[address] = self.later[address][-1]
            else:
                undone.append(address)
        return self._sum(commit, changes, done, over, undone)

    def _sum(
        self,
        commit: LoggedCommit,
        changes: tuple[Address, ...],
        done: Mapping[Address, int],
        over: Mapping[Address, int],
        undone: list[Address],
    ) -> Judged:
        first = self.carried[commit.id]
        by = self.line[min(over.values())].id if over else ""
        receipt = max(done.values(), default=0)
        if undone:
            fates = {address: self._fate(commit, address) for address in undone}
            detail = "; ".join(self._why(commit, address, fates[address]) for address in undone[:3])
            verdict = next(one for one in _WORST_FIRST if one in fates.values())
            return Judged(commit, verdict, changes, first, receipt, by, detail, tuple(undone), fates=fates)
        if done:
            detail = f"{len(over)} of {len(changes)} changes superseded" if over else ""
            return Judged(commit, Verdict.APPLIED, changes, first, receipt, by, detail)
        return Judged(commit, Verdict.SUPERSEDED, changes, first, 0, by)

    def _done(self, address: Address, commit: LoggedCommit, first: int) -> int | None:
        """Return the receipt after which the account has what the commit says, before another commit says otherwise."""
        said = self.ancestry.effects[commit.id].values[address]
        return self.applies.since(address, said and said.value, self._numbers(address, first))

    def _numbers(self, address: Address, first: int) -> Iterator[int]:
        """Yield the receipts from the first that contains a commit up to the last before its value changes again."""
        changed = self.later.get(address)
        end = self.carried.get(self.line[changed[-1]].id) if changed else None
        for link in self.applies.links:
            if link.number >= first and (end is None or link.number < end):
                yield link.number

    def _fate(self, commit: LoggedCommit, address: Address) -> Verdict:
        """Return what became of a change that no apply has recorded as done, and that nothing has overtaken."""
        said, seen = self.ancestry.effects[commit.id].values[address], self.applies.attested.get(address, ())
        if seen and seen[-1] and seen[-1]["value"] == (said and said.value):
            return Verdict.ATTESTED
        waits = address in self.applies.waiting or self._status(commit, address) == Status.AWAITING
        return Verdict.AWAITING if waits or self._is_unseen(address) else Verdict.REFUSED

    def _is_unseen(self, address: Address) -> bool:
        """Tell whether nobody ever looked at what only a person can see, so that it stands in no plan."""
        kind = KINDS[kind_of(address)]
        if kind.is_request or self.providers.by_hand(kind.section) is None:
            return False
        return address not in self.applies.attested and (kind.fixed or group_of(address) not in self.looked)

    def _why(self, commit: LoggedCommit, address: Address, fate: Verdict) -> str:
        if fate is Verdict.ATTESTED:
            return f"{address}: attested, recorded by the next apply"
        if self._is_unseen(address):
            return f"{address}: nobody has attested what is there"
        return f"{address}: {self._status(commit, address) or 'not carried out'}"

    def _status(self, commit: LoggedCommit, address: Address) -> str:
        """Return how the change ended in the first apply that held it, empty where it held none or did it."""
        step = self.applies.step(address, self.carried[commit.id])
        return str(step["status"]) if step and step["status"] != Status.DONE else ""
