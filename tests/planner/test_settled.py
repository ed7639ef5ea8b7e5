"""What is as declared and applied is projected by a short way, which never says otherwise than the general one."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.world import SALT, desired, fields, mailbox
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Fields, SecretVersion, Value
from reconciler.planner.project import Comparable, Projection

TODAY = date(2026, 11, 26)
BOX, ALIAS, DOMAIN, ZONE = "mailbox/m@example.org", "alias/a@example.org", "mail_domain/example.org", "zone/example.org"


class General(Projection):
    """Projects each address by the general way."""

    def _is_settled(self, d: Value, live: Value | None) -> bool:
        return False


def replies(until: str | None) -> Fields:
    return fields(subject="Away", text="Until later.", until=until, **{"from": None})


PARTS = {
    "name": st.sampled_from(["", "One"]),
    "quota": st.sampled_from([2**30, 2**31]),
    "forward_to": st.sampled_from([(), ("x@example.net",)]),
    "autoreply": st.sampled_from([None, replies(None), replies("2026-11-25"), replies("2026-11-26")]),
    "password": st.sampled_from([SecretVersion(1), SecretVersion(2), SecretVersion("aa")]),
}
boxes = st.fixed_dictionaries({}, optional=PARTS).map(Fields.of)
aliases = st.fixed_dictionaries({}, optional={"targets": PARTS["forward_to"]}).map(Fields.of)
domains = st.fixed_dictionaries({}, optional={"catch_all": st.sampled_from([None, "x@example.net"])}).map(Fields.of)


@st.composite
def three(draw: st.DrawFn) -> tuple[Address, Fields | None, Fields | None, Fields | None]:
    """An address, and what is declared, live and applied there: often much the same."""
    address, values = draw(
        st.sampled_from([(BOX, boxes), (ALIAS, aliases), (DOMAIN, domains), (ZONE, st.just(Fields()))])
    )
    one = draw(values)
    applied = draw(st.sampled_from([one, one, None]) | values)
    more = draw(st.sampled_from([one, one.only(one.names - {"password"}), None]) | values)
    live = None if more is None else Fields.of({**dict(draw(values)), **dict(more)})
    if live is not None and draw(st.booleans()):
        live = live.only(live.names - {"password"})
    return address, draw(st.sampled_from([one, one, None])), live, applied


def projected(way: type[Projection], address: Address, *states: Value | None) -> Comparable:
    """Return what one of the ways makes of the three states of an address."""
    d, live, a = ({} if value is None else {address: value} for value in states)
    return way(KINDS[kind_of(address)], desired(d), SALT, TODAY).run(d, live, a)


@given(three())
@example((BOX, mailbox(name="One"), fields(name="One", quota=2**30), mailbox(name="One")))
@example((BOX, mailbox(name="One"), mailbox(name="One", version=2), mailbox(name="One")))
@example((BOX, mailbox(name="One"), fields(name="Two"), mailbox(name="One")))
def test_the_short_way_is_the_general_one(drawn: tuple[Address, Value | None, Value | None, Value | None]) -> None:
    """All states, what is stale and what is said: the same, whatever is declared, live and applied."""
    short, general = (projected(way, *drawn) for way in (Projection, General))
    assert short == general


@pytest.mark.parametrize("live", [fields(name="One"), fields(name="One", quota=1), mailbox(name="One")])
def test_what_is_settled_is_one_value_in_all_states(live: Fields) -> None:
    """So that nothing is copied, and comparing it costs nothing."""
    value = mailbox(name="One")
    found = projected(Projection, BOX, value, live, value)
    for states in (found.desired, found.live, found.applied, found.after, found.before):
        assert states[BOX] is value
    assert not found.stale
    assert not found.findings
