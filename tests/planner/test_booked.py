"""A declared domain must be booked: told before anything is tried in it, with the order to write."""

from planner.world import ORIGIN, TODAY, World, a, desired, fields, mailbox
from reconciler.facts.domain import Domain
from reconciler.facts.package import Package
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.facts import NO_FACTS, Facts
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.booked import NEEDED, leave_unbooked
from reconciler.planner.terms import facts_needed

LIMITED = Package(id="web-1", title="Web L", tariff="package/web-l", limits={"domains": 3})
BOOKED = Domain(domain="example.org", package="web-1")
FACTS = Facts.of(NEEDED, [LIMITED, BOOKED])
LIVE = Live("K-104711", ORIGIN, {})


def mail(*domains: str) -> Desired:
    return desired({f"mail_domain/{domain}": fields(catch_all=None) for domain in domains})


def found(wanted: Desired, facts: Facts = FACTS, applied: Applied = Applied(), live: Live = LIVE) -> list[Diagnostic]:  # noqa: B008  # frozen
    return leave_unbooked(wanted, live, applied, facts, TODAY)[1]


def test_what_is_booked_is_no_finding() -> None:
    """Nor is what the account has anyway; a name below it is a domain of its own, which stands in its zone instead."""
    there = Live("K-104711", ORIGIN, {"mail_domain/example.net": fields(catch_all=None)})
    assert found(mail("example.org", "example.net"), live=there) == []
    (one,) = found(mail("shop.example.org"))
    assert one.help.startswith("A name below a booked domain stands in that domain's zone")


def test_the_order_is_offered() -> None:
    """As YAML that can be copied, under a reference of this month."""
    (one,) = found(mail("example.net"))
    assert one.code == "domain-not-booked"
    assert "requests: {2026-11-example-net: {order: {domain: example.net}}}" in one.help


def test_an_order_that_is_written_is_named() -> None:
    """Nothing is to be ordered twice."""
    state = dict(mail("example.net").state) | {"order/2026-11-net": fields(domain="example.net")}
    (one,) = found(desired(state))
    assert one.help == "order/2026-11-net asks for it. Plan again when the company has booked it."


def test_what_is_in_it_is_left_out_and_the_rest_goes_on() -> None:
    """Its mail and its zone can't be made; everything else is planned, the order among it."""
    inside = {"zone/example.net": fields(), "record/example.net/@/A": a(), "mailbox/info@example.net": mailbox()}
    rest = {
        "mail_domain/example.org": fields(catch_all=None),
        "alias/x@example.org": fields(targets=("a@example.com",)),
    }
    left, _ = leave_unbooked(desired({**inside, **rest}), LIVE, Applied(), FACTS, TODAY)
    assert left.state == rest


def test_an_unlimited_package_books_by_itself() -> None:
    """As the embedded account does."""
    unlimited = Package(id="all", title="All", tariff="package/all", unlimited=True)
    assert found(mail("example.net"), Facts.of(NEEDED, [unlimited])) == []


def test_what_is_not_known_is_no_finding() -> None:
    """An account that tells nothing of domains may have any."""
    assert found(mail("example.net"), NO_FACTS) == []


def test_a_zone_elsewhere_need_not_be_booked() -> None:
    """Another provider's zones are nobody's business here; the mail of the domain is."""
    live = Live("K-104711", ORIGIN, {}, origins={"zone": "rfc2136:192.0.2.53", "record": "rfc2136:192.0.2.53"})
    assert found(desired({"zone/example.net": fields()}), live=live) == []
    assert len(found(desired({"zone/example.net": fields()}))) == 1


def test_the_facts_are_read_only_for_new_domains() -> None:
    """What was applied once is booked, so that an ordinary plan asks for nothing."""
    world = World().own({"mail_domain/example.org": fields(catch_all=None)})
    assert facts_needed(mail("example.org"), world.applied) == frozenset()
    assert facts_needed(mail("example.org", "example.net"), world.applied) == NEEDED
    assert found(mail("example.org"), Facts.of(NEEDED, [LIMITED]), world.applied) == []
