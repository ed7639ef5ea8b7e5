"""The table of facts; adding one is a file and a row here. A fact is imported when it is looked up."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from reconciler.model.fact import Fact

#: The file and the class of each kind of fact, in the order in which they are shown.
_ROWS = {
    "package": "package:Package",
    "domain": "domain:Domain",
    "server": "server:Server",
    "product": "product:Product",
    "invoice": "invoice:Invoice",
    "booking": "booking:Booking",
    "balance": "balance:Balance",
    "document": "document:Document",
    "price": "price:Price",
    "log": "log:LogEntry",
}


class _Facts(Mapping[str, "type[Fact]"]):
    """The table, which imports what is looked up in it."""

    def __getitem__(self, kind: str) -> "type[Fact]":
        module, _, name = _ROWS[kind].partition(":")
        return cast("type[Fact]", getattr(import_module(f"{__name__}.{module}"), name))

    def __contains__(self, kind: object) -> bool:
        return kind in _ROWS

    def __iter__(self) -> Iterator[str]:
        return iter(_ROWS)

    def __len__(self) -> int:
        return len(_ROWS)


#: Every kind of fact by its name, in the order in which they are shown.
FACTS: Mapping[str, "type[Fact]"] = _Facts()
