"""Approvals as facts: who must approve a plan, and what was found of who did."""

from dataclasses import fields

from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """What policy asks for before changes of these risks may be applied: ``count`` reviews, ``of`` whom (else anybody
    who may write), and whether the author's own counts.
    """

    count: int
    of: tuple[str, ...]
    not_author: bool
    risks: tuple[str, ...]
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """One review that approves exactly what was merged; ``groups`` are the names of policy that stand for ``who``."""

    id: str
    who: str
    groups: tuple[str, ...] = ()
    is_author: bool = False

    def counts(self, demand: Demand) -> bool:
        """Tell whether a demand is served by this review."""
        admitted = bool(set(demand.of) & set(self.groups)) if demand.of else "*" in self.groups
        return admitted and not (demand.not_author and self.is_author)


@dataclass(frozen=True, slots=True)
class Grant:
    """One approval of a plan's seal, and where it was found.

    ``claimed`` says that nobody proved it: whoever could write the commit's message could write it. ``commit`` led to
    it, ``head`` is what was approved, ``status`` and ``pull_request`` are the forge's own ids, ``who`` posted it.
    """

    source: str
    seal: str
    who: str = ""
    claimed: bool = False
    commit: str = ""
    pull_request: str = ""
    head: str = ""
    status: str = ""
    reviews: tuple[Review, ...] = ()

    @property
    def line(self) -> str:
        """The grant in a line for people; what it quotes is as it was found."""
        where = f"pull request {self.pull_request} at {self.head[:12]}" if self.pull_request else self.source
        reviewers = ", ".join(dict.fromkeys(review.who for review in self.reviews))
        parts = [f"claimed by {where}" if self.claimed else where, f"of {self.commit[:12]}" if self.commit else ""]
        parts += [f"sealed by {self.who}" if self.who else "", f"reviewed by {reviewers}" if reviewers else ""]
        return ", ".join(filter(None, [" ".join(filter(None, parts[:2])), *parts[2:]]))

    def to_json(self) -> Json:
        """Return the grant as JSON types."""
        facts = {one.name: getattr(self, one.name) for one in fields(self)}
        reviews = [{one.name: getattr(review, one.name) for one in fields(review)} for review in self.reviews]
        return {**facts, "reviews": [{**review, "groups": list(review["groups"])} for review in reviews]}

    @classmethod
    def from_json(cls, data: Json) -> "Grant":
        """Return the grant of :meth:`to_json`; raises ``KeyError``, ``TypeError`` or ``ValueError`` otherwise."""
        reviews = tuple(Review(**{**review, "groups": tuple(review["groups"])}) for review in data["reviews"])
        grant = cls(**{**data, "reviews": reviews})
        texts = [getattr(grant, one.name) for one in fields(grant) if one.type is str]
        texts += [text for review in reviews for text in (review.id, review.who, *review.groups)]
        if not all(isinstance(text, str) for text in texts) or type(grant.claimed) is not bool:
            raise TypeError("an approval isn't what it should be")
        return grant
