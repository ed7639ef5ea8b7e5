"""Looks: that somebody compared the account with what was applied, when, and what they found; no values."""

from dataclasses import fields
from datetime import datetime
from enum import StrEnum

from reconciler.model.fields import Json
from reconciler.model.late import dataclass

FORMAT = 1
#: What the first looks didn't have.
_LATER = frozenset({"expectations"})


class Result(StrEnum):
    """What a look found; ``UNREADABLE`` says that the account, or what to compare it with, couldn't be read."""

    CLEAN = "clean"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Look:
    """One look. ``when`` is ISO 8601 in UTC; ``drift`` counts what a hand changed, ``both`` what git changed, too.

    ``receipt`` is the number of the apply against which it was compared, ``head`` the commit that was checked out, and
    ``error`` the sort of error that kept somebody from reading. ``expectations`` counts those of facts that aren't met;
    looks that were left before there were any don't say.
    """

    when: str
    result: Result
    who: str
    host: str
    run_url: str = ""
    head: str = ""
    receipt: int = 0
    drift: int = 0
    both: int = 0
    unmanaged: int = 0
    error: str = ""
    expectations: int = 0

    @property
    def time(self) -> datetime:
        """When it was."""
        return datetime.fromisoformat(self.when)

    def to_json(self) -> Json:
        """Return the look as JSON types."""
        return {"format": FORMAT, **{one.name: getattr(self, one.name) for one in fields(self)}}

    @classmethod
    def from_json(cls, data: Json) -> "Look":
        """Return the look of :meth:`to_json`; raises ``KeyError``, ``TypeError`` or ``ValueError`` otherwise."""
        if data["format"] != FORMAT:
            raise ValueError("it has another format")
        facts = {one.name: data[one.name] for one in fields(cls) if one.name in data or one.name not in _LATER}
        for one in fields(cls):
            if one.name in facts and one.type in (str, int) and not isinstance(facts[one.name], one.type):
                raise TypeError(f"its {one.name} isn't what it should be")
        look = cls(**{**facts, "result": Result(facts["result"])})
        if look.time.tzinfo is None:
            raise ValueError("its time has no zone")
        return look
