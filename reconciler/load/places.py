"""Where the record sets of one file stand: two numbers each, made into a place when somebody asks for one."""

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from reconciler.model.address import Address
from reconciler.model.span import Span


class Places(Mapping[Address, Span]):
    """The places of a file's record sets.

    ``addresses`` gives the record sets, ``numbers`` the lines of all of them in the same order, then their columns;
    both are called when somebody looks.
    """

    __slots__ = ("_addresses", "_count", "_file", "_index", "_numbers", "_read")

    def __init__(
        self,
        file: str,
        count: int,
        addresses: Callable[[], Collection[Address]],
        numbers: Callable[[], Sequence[int]],
    ) -> None:
        self._file = file
        self._count = count
        self._addresses = addresses
        self._read = numbers
        self._numbers: Sequence[int] = ()
        self._index: dict[Address, int] | None = None

    def in_order(self, order: Collection[Address]) -> "array[int]":
        """Return the lines of these record sets, then their columns; what that needs isn't kept."""
        given, index = self._read(), self._made()
        at = array("I", map(index.__getitem__, order))
        numbers = array("I", map(given.__getitem__, at))
        numbers.extend(given[self._count + one] for one in at)
        return numbers

    def __getitem__(self, address: Address) -> Span:
        at = self._look()[address]
        return Span(self._file, self._numbers[at], self._numbers[self._count + at])

    def __iter__(self) -> Iterator[Address]:
        return iter(self._look())

    def __len__(self) -> int:
        return self._count

    def __contains__(self, address: object) -> bool:
        return address in self._look()

    def _look(self) -> dict[Address, int]:
        if self._index is None:
            self._numbers = self._read()
            self._index = self._made()
        return self._index

    def _made(self) -> dict[Address, int]:
        return dict(zip(self._addresses(), range(self._count), strict=True))


def places_of(file: str, places: Mapping[Address, Span]) -> Places:
    """Return places as two numbers each."""
    if isinstance(places, Places):
        return places
    spans = list(places.values())
    numbers = array("I", [*(span.line for span in spans), *(span.column for span in spans)])
    return Places(file, len(spans), places.keys, lambda: numbers)


def pack(numbers: "array[int]") -> bytes:
    """Return lines and columns as bytes, in the order of bytes of this machine."""
    return numbers.tobytes()


def unpack(data: bytes) -> Sequence[int]:
    """Return what :func:`pack` turned into ``data``."""
    return memoryview(data).cast("I")
