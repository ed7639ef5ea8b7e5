"""Is an answer the one that is wanted? Pure, and what a server says is only ever compared and shown."""

from reconciler.kinds.record import RecordValue, record_value, texts
from reconciler.model.verified import Difference
from reconciler.nameserver.answers import Found, Question, Reply, Sets
from reconciler.nameserver.errors import rcode_text
from reconciler.verify.expected import Expectation, Part

NO_ANSWER = "no answer"
_NOERROR, _SERVFAIL, _NXDOMAIN, _REFUSED, _NOTAUTH = 0, 2, 3, 5, 9


def judge(expectation: Expectation, reply: Reply | None) -> Difference | None:
    """Return how an answer differs from what is wanted, or None where it doesn't."""
    wanted = expectation.wanted
    shown = "nothing" if wanted is None else value_line(wanted)
    if reply is None:
        return Difference(expectation.address, NO_ANSWER, shown)
    if reply.rcode not in (_NOERROR, _NXDOMAIN):
        return Difference(expectation.address, f"answers {rcode_text(reply.rcode)}", shown)
    problem = _missing(expectation, reply) if wanted is not None else _still_there(expectation, reply)
    return Difference(expectation.address, problem, shown) if problem else None


def zone_problem(reply: Reply, zone: bytes) -> str:
    """Return why a server that was asked for a zone's SOA can't be taken for one of its servers, or nothing."""
    if reply.rcode == _REFUSED:
        return "it refuses to answer for the zone (REFUSED): it doesn't serve the zone, or not to us"
    if reply.rcode == _SERVFAIL:
        return "it can't serve the zone (SERVFAIL): it couldn't load or transfer it, or its copy has expired"
    if reply.rcode == _NOTAUTH:
        return "it isn't authoritative for the zone (NOTAUTH)"
    if reply.rcode not in (_NOERROR, _NXDOMAIN):
        return f"it answers {rcode_text(reply.rcode)}"
    if (zone, "SOA") in reply.answer:
        return "" if reply.authoritative else "it isn't authoritative for the zone (lame): it answers from a cache"
    if any(rtype == "SOA" and owner != zone for owner, rtype in reply.authority) and reply.authoritative:
        return "it isn't authoritative for the zone (lame): it serves a zone above, which doesn't delegate it"
    return "it isn't authoritative for the zone (lame): it answers without the zone's SOA"


def foreign_soa(served: bytes, ours: bytes) -> bool:
    """Tell whether an SOA is of another zone of the same name: another primary server, or another mailbox."""
    return _names(served) != _names(ours)


def caught_up(serial: int, primary: int) -> bool:
    """Tell whether a serial is the primary's or later, in their arithmetic (RFC 1982)."""
    return (serial - primary) % 2**32 < 2**31


def value_line(value: RecordValue) -> str:
    """Return a record set in one line."""
    return f"{', '.join(texts(value))} (TTL {value.ttl})"


def _names(soa: bytes) -> bytes:
    return soa[:-20].lower()


def _missing(expectation: Expectation, reply: Reply) -> str:
    """Return what is wrong with an answer in which a record set has to be."""
    wanted, question = expectation.wanted, expectation.question
    found = _found(expectation, reply)
    if wanted is None or found is None:
        return _instead(question, reply)
    served = _value(question.rtype, found)
    # Where a zone below is served, too, its answers are its own: they may live as long as they like.
    own = expectation.part is Part.ANSWER or not reply.authoritative
    if served.values != wanted.values or (own and served.ttl != wanted.ttl):
        return value_line(served)
    if expectation.part is Part.ANSWER and not reply.authoritative:
        return f"{value_line(served)}, and not as an authority"
    return ""


def _still_there(expectation: Expectation, reply: Reply) -> str:
    """Return what is wrong with an answer in which nothing may be but what a wildcard answers."""
    question = expectation.question
    found = reply.answer.get(question)
    if found is None:
        return ""
    served = _value(question.rtype, found)
    return "" if served == expectation.synthesised else value_line(served)


def _found(expectation: Expectation, reply: Reply) -> Found | None:
    key = expectation.question
    places: tuple[Sets, ...] = (reply.answer,)
    if expectation.part is Part.REFERRAL:
        places = (reply.answer, reply.authority)
    elif expectation.part is Part.GLUE:
        places = (reply.answer, reply.additional)
    return next((place[key] for place in places if key in place), None)


def _instead(question: Question, reply: Reply) -> str:
    """Return what a server says where the record set isn't."""
    if alias := reply.answer.get((question.name, "CNAME")):
        return f"CNAME {value_line(_value('CNAME', alias))}"
    return "no such name (NXDOMAIN)" if reply.rcode == _NXDOMAIN else f"no {question.rtype} there"


def _value(rtype: str, found: Found) -> RecordValue:
    return record_value(rtype, found.ttl, found.values)
