"""Receipts: what the record says about one apply, before it (the intent) and after it (the outcome)."""

from collections.abc import Mapping
from dataclasses import field, fields

from reconciler.model.address import Address
from reconciler.model.approvals import Grant
from reconciler.model.change import Action
from reconciler.model.fields import Json
from reconciler.model.late import dataclass

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One change in a receipt: what was to be done, under which idempotency key, and (in the outcome) how it ended.

    ``moved_from`` is the address that the resource had before, or empty; ``risk`` what could go wrong, in words,
    ``price`` what a request costs; that stands in a receipt only where there is one.
    """

    address: Address
    action: str
    origin: str
    seal: str
    key: str
    status: str = ""
    detail: str = ""
    moved_from: str = ""
    risk: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True)
class Takeover:
    """Who went on with an interrupted apply, where and when; ``abandoned`` says why they didn't finish it, if so."""

    who: str
    host: str
    pid: int
    at: str
    run_url: str = ""
    machine: str = ""
    abandoned: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One apply. ``phase`` is ``intent`` or ``outcome``; both carry the same ``number`` and ``nonce``.

    Times are ISO 8601 in UTC; ``config_commit`` is the commit that was carried out, ``previous`` the one before it;
    ``owned``, ``advanced`` and ``dropped`` count what the record learnt without a write. ``origins`` are those of the
    kinds that another provider than the default holds, and stand in it only where there are several; ``approvals`` only
    where any were found. ``machine`` tells whether a process number is one of ours, ``taken`` who went on with it after
    it was interrupted, the latest last. No field ever holds a secret or a private value.
    """

    number: int
    phase: str
    account: str
    origin: str
    seal: str
    context: str
    nonce: str
    who: str
    host: str
    pid: int
    started: str
    config_commit: str
    version: str
    run_url: str = ""
    finished: str = ""
    steps: tuple[Step, ...] = ()
    owned: int = 0
    advanced: int = 0
    dropped: int = 0
    reason: str = ""
    override: tuple[Address, ...] = ()
    allow_deletes: int | None = None
    previous: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
    machine: str = ""
    taken: tuple[Takeover, ...] = ()
    approvals: tuple[Grant, ...] = ()
    format: int = field(default=FORMAT)

    @property
    def holder(self) -> Takeover:
        """Who is, or was last, at work on this apply."""
        begun = Takeover(self.who, self.host, self.pid, self.started, self.run_url, self.machine)
        return self.taken[-1] if self.taken else begun

    def to_json(self) -> Json:
        """Return the receipt as JSON types."""
        facts = {name: getattr(self, name) for name in self.__slots__}
        steps = [_step_json(step) for step in self.steps]
        more: Json = {"origins": dict(self.origins)} if facts.pop("origins") else {}
        if facts.pop("taken"):
            more["taken"] = [{name: getattr(one, name) for name in Takeover.__slots__} for one in self.taken]
        if facts.pop("approvals"):
            more["approvals"] = [one.to_json() for one in self.approvals]
        return {**facts, "steps": steps, "override": list(self.override), **more}

    @classmethod
    def from_json(cls, data: Json) -> "Receipt":
        """Return the receipt of :meth:`to_json`; raises ``KeyError``, ``TypeError`` or ``ValueError`` otherwise."""
        steps = tuple(Step(**step) for step in data["steps"])
        taken = tuple(Takeover(**one) for one in data.get("taken", ()))
        approvals = tuple(Grant.from_json(one) for one in data.get("approvals", ()))
        tuples = {"steps": steps, "override": tuple(data["override"]), "taken": taken, "approvals": approvals}
        receipt = cls(**{**data, **tuples})
        parts: list[Step | Receipt | Takeover] = [receipt, *steps, *taken]
        for part in parts:
            _demand_types(part)
        for step in steps:
            Action(step.action)
        return receipt


def _step_json(step: Step) -> Json:
    facts = {name: getattr(step, name) for name in Step.__slots__}
    return facts if step.price else {name: fact for name, fact in facts.items() if name != "price"}


def _demand_types(part: Step | Receipt | Takeover) -> None:
    """Raise ``TypeError`` where a fact isn't the text or the number that it should be."""
    for one in fields(part):
        if one.type in (str, int) and not isinstance(getattr(part, one.name), one.type):
            raise TypeError(f"the receipt's {one.name} isn't what it should be")
