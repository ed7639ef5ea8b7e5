"""How long those who write the record give each other."""

from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds: between two renewals, of silence before a takeover, between two looks at the beat of another.

    What the holder saw of the record within the last ``fresh`` seconds it doesn't ask again.
    """

    renewal: float = 30.0
    silence: float = 120.0
    look: float = 5.0
    fresh: float = 1.0
