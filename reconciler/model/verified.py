"""What verifying found: whether each authoritative server of each zone answers as git says."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.late import dataclass


class Standing(StrEnum):
    """How a server stands with a zone."""

    GOOD = "good"
    DIFFERS = "differs"
    BEHIND = "behind"
    WRONG = "wrong"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Difference:
    """A record set that a server answers otherwise than it should, in presentation format, as found."""

    address: Address
    served: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One server asked for one zone; ``place`` is where it was asked, ``server`` the name by which it is known.

    ``primary`` is the serial that it should have at least, where that is known. ``problem`` says why it can't be taken
    for a server of the zone; ``seconds`` is how long it took until all was good, or until the deadline.
    """

    server: str
    place: str
    zone: str
    standing: Standing
    serial: int | None = None
    primary: int | None = None
    problem: str = ""
    equal: int = 0
    differing: tuple[Difference, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verified:
    """Everything that was asked.

    ``left_out`` says of each record set that nobody can ask for why that is so; ``unknown`` of each zone, or server of
    a zone, why it couldn't be asked.
    """

    checked: tuple[Checked, ...] = ()
    left_out: Mapping[Address, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether every server of every zone answers as it should."""
        return not self.unknown and all(one.standing is Standing.GOOD for one in self.checked)

    @property
    def has_unreachable(self) -> bool:
        """Whether some server never answered, or nobody knows which to ask."""
        return bool(self.unknown) or any(one.standing is Standing.UNREACHABLE for one in self.checked)
