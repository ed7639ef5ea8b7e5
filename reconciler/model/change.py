"""Changes: the closed set of things an apply may do, as frozen data without code or finished text."""

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.span import Span

if TYPE_CHECKING:
    from reconciler.model.money import Quote


class Action(StrEnum):
    """What is done to a resource. ``forget`` is no live write; ``submit`` asks for something once."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    MOVE = "move"
    DELETE = "delete"
    FORGET = "forget"
    SUBMIT = "submit"

    @property
    def symbol(self) -> str:
        """The symbol in front of the address, as in Terraform."""
        return _SYMBOLS[self]

    @property
    def writes(self) -> bool:
        """Whether the action writes to the live account."""
        return self not in (Action.MOVE, Action.FORGET)

    @property
    def destroys(self) -> bool:
        """Whether the action takes something away from the live account."""
        return self in (Action.DELETE, Action.REPLACE)


_SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.MOVE: "=",
    Action.DELETE: "-",
    Action.FORGET: "=",
    Action.SUBMIT: ">",
}


class Origin(StrEnum):
    """Why a difference exists: git asks for it, someone changed the account by hand, both, or nobody declared it."""

    ASKED = "asked"
    DRIFT = "drift"
    BOTH = "both"
    UNMANAGED = "unmanaged"


class Risk(IntEnum):
    """What can go wrong, from least to most."""

    COSMETIC = 0
    TRAFFIC = 1
    ACCESS = 2
    MONEY = 3
    LEGAL = 4
    DATA_LOSS = 5

    @property
    def label(self) -> str:
        """The risk in words."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Cause:
    """The commit that asks for a change: id, author (``Name <mail>``), time (ISO 8601) and subject, all as found."""

    commit: str
    author: str
    when: str
    subject: str


@dataclass(frozen=True, slots=True)
class Content:
    """What goes with a zone: how many record sets beside its own SOA and NS, and those of them that nobody declared."""

    count: int
    unmanaged: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one resource.

    ``before`` and ``after`` are canonical values projected onto the declared fields, as they are live and as they are
    desired; personal values in them are real, so only views that mask them may show them. ``applied`` is the
    record's value (personal fields as digests). ``refused`` holds the reason why the change can't be carried out.
    ``approved_in_git`` says that ``removed:`` names the resource, so that guards count nothing. ``needs`` names
    the changes of the same plan without which this one is skipped. ``preset`` names the presets that declare it,
    ``moved_from`` is the address that the resource had. ``cause`` is the commit that asks for it, where that is known;
    no seal covers it. ``content`` is what is deleted with a zone, for people to see: its seal covers all of it anyway.
    ``quote`` is what a request costs and binds to, which its seal covers.
    """

    address: Address
    action: Action
    origin: Origin
    before: Value | None
    after: Value | None
    applied: Value | None = None
    risk: Risk = Risk.COSMETIC
    takes_over: bool = False
    approved_in_git: bool = False
    reason: str = ""
    refused: str = ""
    span: Span | None = None
    live_id: str | None = None
    version: str | None = None
    moved_from: Address | None = None
    needs: tuple[Address, ...] = ()
    preset: str = ""
    cause: Cause | None = None
    content: Content | None = None
    quote: "Quote | None" = None
    seal: str = ""

    @property
    def renames(self) -> bool:
        """Whether the live entry gets another name; one that goes by an id of the account's own has none of ours."""
        return self.action is Action.UPDATE and self.moved_from is not None and self.live_id is None

    @property
    def covers(self) -> str:
        """The prefix of the addresses that go with this one (the record sets of a zone that goes), else empty."""
        kind, _, name = self.address.partition("/")
        goes = kind == "zone" and self.action in (Action.DELETE, Action.FORGET)
        return f"record/{name}/" if goes else ""
