"""Where the record sets of one file stand: two numbers each, made into a place when somebody asks for one."""

import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from reconciler.model.address import Address
from reconciler.model.span import Span


class Places(Mapping[Address, Span]):
    """The places of a file's record sets.

    ``addresses`` gives the record sets, ``numbers`` line and column of each in the same order; both are called once,
    when somebody looks.
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

    def numbers(self, order: Collection[Address]) -> list[int]:
        """Return line and column of each record set in this order."""
        index = self._look()
        return [number for address in order for number in self._numbers[index[address] : index[address] + 2]]

    def __getitem__(self, address: Address) -> Span:
        at = self._look()[address]
        return Span(self._file, self._numbers[at], self._numbers[at + 1])

    def __iter__(self) -> Iterator[Address]:
        return iter(self._look())

    def __len__(self) -> int:
        return self._count

    def __contains__(self, address: object) -> bool:
        return address in self._look()

    def _look(self) -> dict[Address, int]:
        if self._index is None:
            self._numbers = self._read()
            self._index = dict(zip(self._addresses(), range(0, 2 * self._count, 2), strict=True))
        return self._index


def pack(numbers: Sequence[int]) -> bytes:
    """Return lines and columns as bytes."""
    return struct.pack(f"<{len(numbers)}I", *numbers)


def unpack(data: bytes) -> Sequence[int]:
    """Return what :func:`pack` turned into ``data``; raises ``struct.error`` for what isn't whole."""
    return struct.unpack(f"<{len(data) // 4}I", data)
