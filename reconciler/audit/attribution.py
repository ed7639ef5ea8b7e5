"""Which commit last gave an address its value: along the first parents and, at a merge, behind it."""

from collections.abc import Iterable, Mapping

from reconciler.audit.effects import Effects
from reconciler.model.address import Address
from reconciler.model.history import LoggedCommit


class Ancestry:
    """The commits of a history and what each changes."""

    def __init__(self, commits: Iterable[LoggedCommit], effects: Effects) -> None:
        self.commits: Mapping[str, LoggedCommit] = {commit.id: commit for commit in commits}
        self.effects = effects
        self._behind: dict[tuple[str, str], frozenset[str]] = {}

    def line(self, head: str) -> Iterable[LoggedCommit]:
        """Yield ``head`` and its first parents, newest first."""
        commit = self.commits.get(head)
        while commit:
            yield commit
            commit = self.commits.get(commit.parents[0]) if commit.parents else None

    def origins(self, head: str, addresses: Iterable[Address]) -> dict[Address, LoggedCommit]:
        """Return the commit that last gave each address its value at ``head``, where it is in sight."""
        wanted, found = set(addresses), dict[Address, LoggedCommit]()
        for commit in self.line(head):
            if not wanted:
                break
            effect = self.effects.get(commit.id)
            if effect is None:
                break
            here = wanted & effect.values.keys()
            found |= {address: self.origin(commit, address) for address in here}
            wanted -= here
        return found

    def origin(self, commit: LoggedCommit, address: Address) -> LoggedCommit:
        """Return the commit that made a change which ``commit`` brings: itself, unless it merges one that made it."""
        value = self._value(commit, address)
        for other in commit.parents[1:]:
            behind = self._only_behind(commit.parents[0], other)
            for one in self.line(other):
                if one.id not in behind or one.id not in self.effects:
                    break
                if address in self.effects[one.id].values:
                    if self._value(one, address) == value:
                        return self.origin(one, address)
                    break
        return commit

    def _value(self, commit: LoggedCommit, address: Address) -> object:
        said = self.effects[commit.id].values[address]
        return said and said.value

    def _only_behind(self, main: str, other: str) -> frozenset[str]:
        """Return the commits that ``other`` contains and ``main`` doesn't."""
        if (main, other) not in self._behind:
            self._behind[main, other] = frozenset(self._ancestors(other) - self._ancestors(main))
        return self._behind[main, other]

    def _ancestors(self, commit: str) -> set[str]:
        seen, todo = set[str](), [commit]
        while todo:
            one = todo.pop()
            if one not in seen and one in self.commits:
                seen.add(one)
                todo += self.commits[one].parents
        return seen
