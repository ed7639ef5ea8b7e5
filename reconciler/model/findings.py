"""Findings of which there may be very many: the first few of each sort are at hand, all are made when somebody asks."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, overload

from reconciler.model.diagnostic import Diagnostic, Severity, sort_diagnostics

#: So many findings of a sort are at hand.
FIRST = 5


class Sort(NamedTuple):
    """What findings alike have in common."""

    code: str
    severity: Severity
    rank: int


class Few(NamedTuple):
    """How many findings of a sort there are, and the first :data:`FIRST` of them by place."""

    many: int
    first: tuple[Diagnostic, ...]


class Findings(Sequence[Diagnostic]):
    """Findings by place, of which ``few`` are known; ``load`` makes all of them, once, when somebody asks."""

    __slots__ = ("_every", "_load", "few")

    def __init__(self, few: Mapping[Sort, Few], load: Callable[[], Iterable[Diagnostic]]) -> None:
        self.few = few
        self._load = load
        self._every: tuple[Diagnostic, ...] | None = None

    @property
    def every(self) -> tuple[Diagnostic, ...]:
        """All of them."""
        if self._every is None:
            self._every = tuple(self._load())
        return self._every

    @overload
    def __getitem__(self, index: int) -> Diagnostic: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Diagnostic, ...]: ...

    def __getitem__(self, index: int | slice) -> Diagnostic | tuple[Diagnostic, ...]:
        return self.every[index]

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.every)

    def __len__(self) -> int:
        return sum(one.many for one in self.few.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.every == tuple(other)

    def __hash__(self) -> int:
        return hash(self.every)


def few_of(diagnostics: Sequence[Diagnostic]) -> Mapping[Sort, Few]:
    """Return how many findings of each sort there are, and the first few by place."""
    if isinstance(diagnostics, Findings):
        return diagnostics.few
    by_sort: dict[Sort, list[Diagnostic]] = {}
    for found in sort_diagnostics(list(diagnostics)):
        by_sort.setdefault(Sort(found.code, found.severity, found.rank), []).append(found)
    return {sort: Few(len(alike), tuple(alike[:FIRST])) for sort, alike in by_sort.items()}


def joined(*parts: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """Return all findings by place; where those of a part aren't made yet, they stay so."""
    there = [part for part in parts if len(part)]
    if not any(isinstance(part, Findings) for part in there):
        return sort_diagnostics([found for part in there for found in part])
    if len(there) == 1:
        return there[0]
    few: dict[Sort, Few] = {}
    for part in there:
        for sort, (many, first) in few_of(part).items():
            before = few.get(sort, Few(0, ()))
            few[sort] = Few(before.many + many, sort_diagnostics([*before.first, *first])[:FIRST])
    return Findings(few, lambda: sort_diagnostics([found for part in there for found in part]))


def of_codes(diagnostics: Sequence[Diagnostic], codes: Collection[str]) -> tuple[Diagnostic, ...]:
    """Return the findings of some codes; others aren't made for that."""
    few = [one for sort, one in few_of(diagnostics).items() if sort.code in codes]
    if all(one.many == len(one.first) for one in few):
        return sort_diagnostics([found for one in few for found in one.first])
    return tuple(found for found in diagnostics if found.code in codes)


def errors_of(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return those that are errors; where none is, nothing is made for that."""
    if not any(sort.severity is Severity.ERROR for sort in few_of(diagnostics)):
        return ()
    return tuple(found for found in diagnostics if found.is_error)
