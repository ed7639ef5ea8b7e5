"""Facts: what an account says of itself, by kind and name, as far as it was read."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, TypeVar

from reconciler.model.late import dataclass

if TYPE_CHECKING:
    from reconciler.model.fact import Fact

_F = TypeVar("_F", bound="Fact")


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that were read complete: those of each kind in ``kinds``, by name; of another kind nothing is known."""

    kinds: Mapping[str, Mapping[str, "Fact"]] = field(default_factory=dict)

    @classmethod
    def of(cls, kinds: Iterable[str], found: Iterable["Fact"]) -> "Facts":
        """Return facts of some kinds, which may have none."""
        by_kind: dict[str, dict[str, Fact]] = {kind: {} for kind in kinds}
        for fact in found:
            by_kind[fact.kind][fact.name] = fact
        return cls(by_kind)

    def all(self, sort: type[_F]) -> tuple[_F, ...]:
        """Return the facts of one kind by name; raises ``KeyError`` where the kind wasn't read."""
        found = self.kinds[sort.kind]
        return tuple(fact for _, fact in sorted(found.items()) if isinstance(fact, sort))

    def knows(self, kind: str) -> bool:
        """Tell whether a kind was read."""
        return kind in self.kinds


#: Where nothing was read, because nothing is needed or nobody tells it.
NO_FACTS = Facts()
