"""Requests: what is submitted exactly once, and what can't be taken back.

    ===========================  ==============================================================
    case                         change
    ===========================  ==============================================================
    no A, D, no L                submit; refused where the reference was ever ours
    no A, D = L                  none; taken into ownership
    no A, D differs from L       refused
    A = D, L                     none; what became of it is told
    A = D, no L                  none; a finding, never a second submission
    A differs from D             refused
    A, no D                      forget; the record remembers that the reference is used
    A, no D, another D the same  refused, and nothing is forgotten: it would be submitted again
    no A, no D, L                none: nobody has to declare what was asked for elsewhere
    ===========================  ==============================================================

A reference is used once over all kinds. An agreement that the account says *needs a signature* was never submitted,
unless the record says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import date

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Origin
from reconciler.model.compare import ADVANCE, FORGET, OWN, Verdict
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.facts import Facts
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.state import Applied, Asked, Desired, Live
from reconciler.planner.case import Case
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group, Grouped
from reconciler.planner.terms import hindrance, price_of

#: The account waits for a declaration of the document as it is now.
UNSIGNED = "needs signature"
#: The only kind that is submitted anew when it isn't signed: whatever a broken account says, nothing is paid again.
_SIGNED = "data_processing_agreement"
#: The kinds whose entries are requests.
REQUESTS = frozenset(kind.name for kind in KINDS.values() if kind.is_request)

_SUBMIT = Verdict(Action.SUBMIT, Origin.ASKED)
_NOT_DONE = {
    "rejected": "The company rejected it, so nothing was done.",
    UNSIGNED: "It isn't concluded: the document changed after it was signed.",
}
_ANEW = "Write it under a new reference"
_AGAIN = (
    "It reads as {old}, which was submitted and is declared no longer; under another reference it would be submitted a "
    "second time. Declare {old} again: alone, or with this one if both are wanted."
)


@dataclass(slots=True)
class Found:
    """The cases of requests, and what is to be said about them."""

    cases: list[Case] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Requests:
    """What requests are judged by; ``facts`` are those that :func:`~reconciler.planner.terms.facts_needed` names.

    Where nobody was asked for facts (None), nothing is known of prices and documents, and nothing is refused for that.
    """

    desired: Desired
    live: Live
    applied: Applied
    facts: Facts | None
    today: date

    def run(self, states: Grouped) -> Found:
        """Return every case of a request, and findings about those that are ours."""
        found = Found()
        for kind in sorted(REQUESTS & {*states.desired, *states.applied}):
            desired, live, applied = states.states(kind)
            renamed = self._renamed(desired, live, applied)
            for address in sorted(desired.keys() | applied.keys()):
                if address in renamed:
                    refused = _AGAIN.format(old=renamed[address])
                    found.cases.append(Case(address, _SUBMIT, None, desired[address], None, refused=refused))
                elif address not in renamed.values():
                    self._judge(address, desired.get(address), live.get(address), applied.get(address), found)
        return found

    def _judge(self, address: Address, d: Value | None, live: Value | None, a: Value | None, into: Found) -> None:
        if d is None:
            if a is not None:
                into.cases.append(Case(address, FORGET, live, None, a))
                into.findings.append(self._let_go(address))
            return
        if a is not None:
            self._judge_ours(address, d, live, a, into)
        elif live is not None and not self._is_unsigned(address):
            into.cases.append(self._found(address, d, live))
        else:
            into.cases.append(self._new(address, d))

    def _judge_ours(self, address: Address, d: Value, live: Value | None, a: Value, into: Found) -> None:
        """Say what is to be said of a request that the record knows; nothing is ever submitted again."""
        same = _whole(address, d)
        if self._sealed(address, same) != _whole(address, a):
            refused = f"It was submitted already, and can't be changed any more. {_ANEW}, and put this one back."
            into.cases.append(Case(address, _SUBMIT, live, d, a, refused=refused))
        elif live is None:
            into.findings.append(self._lost(address))
        elif self._sealed(address, _whole(address, live)) != _whole(address, a):
            into.findings.append(self._differs(address))
        else:
            into.findings += self._told(address)
        if self._sealed(address, same) == _whole(address, a) and self._sealed(address, d) != a:
            into.cases.append(Case(address, ADVANCE, live, d, a))

    def _found(self, address: Address, d: Value, live: Value) -> Case:
        """Return the case of what the account knows and the record doesn't: submitted, and the outcome was lost."""
        if self._sealed(address, _whole(address, d)) == self._sealed(address, _whole(address, live)):
            return Case(address, OWN, live, d, None)
        refused = f"The account has another request of this reference already. {_ANEW}."
        return Case(address, _SUBMIT, live, d, None, refused=refused)

    def _new(self, address: Address, d: Value) -> Case:
        from reconciler.facts.quoting import Unpriced

        refused = self._used(address) or hindrance(address, d, self.facts, self.today)
        if refused or self.facts is None:
            return Case(address, _SUBMIT, None, d, None, refused=refused)
        quote = price_of(address, d, self.facts, self.today)
        if isinstance(quote, Unpriced):
            return Case(address, _SUBMIT, None, d, None, refused=quote.detail)
        return Case(address, _SUBMIT, None, d, None, quote=quote)

    def _used(self, address: Address) -> str:
        """Return why a reference may not be submitted: it was, as whatever kind, by us or by somebody else."""
        if address in self.applied.gone:
            receipt = self.applied.gone[address]
            return f"It was submitted before, and let go by receipt {receipt}. {_ANEW}."
        for other in _namesakes(address):
            if other in self.applied.state or other in self.applied.gone:
                return f"The reference was used already, for {other}. {_ANEW}."
            if other in self.live.state and not self._is_unsigned(other):
                return f"The account has {other}, under the same reference. {_ANEW}."
        return ""

    def _renamed(self, desired: Group, live: Group, applied: Group) -> dict[Address, Address]:
        """Return the new requests that read as one of ours which is declared no longer, each with that one.

        A reference that was only spelt otherwise would order, or pay, a second time. What came to nothing may be asked
        for again.
        """
        left = [old for old in sorted(applied.keys() - desired.keys()) if not self._came_to_nothing(old)]
        new = [one for one in sorted(desired.keys() - applied.keys()) if one not in live] if left else []
        same = {one: self._sealed(one, _whole(one, desired[one])) for one in new}
        return {one: old for one in new for old in left if same[one] == _whole(old, applied[old])}

    def _came_to_nothing(self, address: Address) -> bool:
        asked = self.live.requests.get(address)
        return asked is not None and asked.status in _NOT_DONE

    def _is_unsigned(self, address: Address) -> bool:
        asked = self.live.requests.get(address)
        return asked is not None and asked.status == UNSIGNED and kind_of(address) == _SIGNED

    def _sealed(self, address: Address, value: Value) -> Value:
        return KINDS[kind_of(address)].sealed(value, self.applied.salt)

    def _told(self, address: Address) -> Iterator[Diagnostic]:
        """Yield what the company's answer asks a person to do."""
        asked = self.live.requests.get(address)
        if asked is None:
            return
        if asked.status == "rejected":
            remedy = f"Nothing was done. {_ANEW} to ask again, or delete the declaration."
            yield self._warning("request-rejected", f"The company rejected {address}.", remedy, address)
        elif asked.status == UNSIGNED:
            detail = f"{address} needs a signature: the document changed after it was submitted."
            remedy = f"Read the new version (`reconciler show documents`). {_ANEW} that names it."
            yield self._warning("request-unsigned", detail, remedy, address)

    def _lost(self, address: Address) -> Diagnostic:
        detail = f"{address} was submitted, and the account's list of requests no longer has it."
        remedy = f"Ask the company what became of it. It isn't submitted a second time; {_ANEW.lower()} to ask again."
        return self._warning("request-lost", detail, remedy, address)

    def _differs(self, address: Address) -> Diagnostic:
        detail = f"{address} reads otherwise in the account than it was submitted."
        remedy = "Ask the company why; what was submitted stands in the record."
        return self._warning("request-differs", detail, remedy, address)

    def _let_go(self, address: Address) -> Diagnostic:
        asked = self.live.requests.get(address)
        lasting = _NOT_DONE.get(asked.status if asked else "", KINDS[kind_of(address)].lasting)
        detail = f"{address} is no longer declared, but submitting it can't be undone. {lasting}"
        remedy = "Its reference stays used. Declare it again, as it was, to keep it in the files."
        return diagnostic("request-let-go", detail, remedy, Severity.WARNING, address)

    def _warning(self, code: str, detail: str, remedy: str, address: Address) -> Diagnostic:
        return diagnostic(code, detail, remedy, Severity.WARNING, address, self.desired.places.get(address))


def ours(desired: Desired, live: Live, applied: Applied) -> dict[Address, Asked]:
    """Return what became of each request that is declared or recorded."""
    return {
        address: asked
        for address, asked in sorted(live.requests.items())
        if address in desired.state or address in applied.state
    }


def _whole(address: Address, value: Value) -> Value:
    """Return a request with the default of each field that it doesn't name: to name one is no change."""
    kind = KINDS[kind_of(address)]
    return kind.completed(value, frozenset(kind.defaults))


def _namesakes(address: Address) -> Iterable[Address]:
    """Yield the addresses that the same reference has in the other kinds."""
    kind, _, reference = address.partition("/")
    return (f"{other}/{reference}" for other in sorted(REQUESTS - {kind}))
