"""What must be answered, and where in the answer it stands."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from reconciler.kinds.record_names import name_to_wire
from reconciler.model.fields import Value
from reconciler.ports import Capabilities
from reconciler.verify.expected import Expectation, Part, above, expected, owner_wire

CAN = Capabilities(kinds=frozenset({"zone", "record"}), server_types=frozenset({"CDS"}))
ZONE = "example.org"


def sets(**values: object) -> dict[str, Value]:
    """Return record sets, each given as ``name__TYPE``; two underscores at the beginning stand for the apex."""
    found: dict[str, Value] = {}
    for key, value in values.items():
        name, _, rtype = key.rpartition("__")
        address = f"record/{ZONE}/{name.replace('_star', '*').replace('_', '.') or '@'}/{rtype}"
        found[address] = KINDS["record"].parse(address, {"ttl": 60, "value": value})
    return found


def of(desired: dict[str, Value], live: dict[str, Value], *gone: str) -> dict[str, Expectation]:
    """Return the expectations by name and type."""
    found = expected(desired, live, (*desired, *gone), CAN, [ZONE]).zones[ZONE]
    return {"/".join(e.address.split("/")[2:]): e for e in found}


def test_a_delegation_stands_in_a_referral_and_its_server_in_the_glue() -> None:
    """What else lies below nobody is told, and DS belongs to the side above."""
    desired = sets(
        sub__NS="ns.sub.example.org.", sub__DS=f"1 13 2 {'00' * 32}", ns_sub__A="192.0.2.1", www_sub__A="192.0.2.2"
    )
    found = of(desired, {})
    assert {name: e.part for name, e in found.items()} == {
        "sub/NS": Part.REFERRAL,
        "sub/DS": Part.ANSWER,
        "ns.sub/A": Part.GLUE,
    }
    assert list(expected(desired, {}, desired, CAN, [ZONE]).left_out) == [f"record/{ZONE}/www.sub/A"]


def test_a_delegation_that_is_only_live_hides_as_well() -> None:
    """Nobody declared it, and yet the server refers to it."""
    assert of(sets(www_sub__A="192.0.2.2"), sets(sub__NS="ns.example.net.")) == {}


def test_the_apex_is_no_delegation() -> None:
    """Its NS set is the zone's own."""
    found = of(sets(__NS="ns.example.net.", www__A="192.0.2.1"), {})
    assert {e.part for e in found.values()} == {Part.ANSWER}


def test_types_that_the_server_makes_arent_asked_for() -> None:
    """Nobody could say what they should be."""
    desired = sets(__CDS=f"1 13 2 {'00' * 32}")
    assert expected(desired, {}, desired, CAN, [ZONE]).zones == {ZONE: ()}


def test_what_is_gone_may_be_answered_by_a_wildcard() -> None:
    """A wildcard answers for a name that isn't there, unless something stands between (RFC 4592)."""
    live = sets(_star__A="192.0.2.9", _star_b__TXT="text", www_c__A="192.0.2.8")
    gone = [
        f"record/{ZONE}/{name}" for name in ("a/A", "a/TXT", "x.y/A", "x.b/A", "x.b/TXT", "x.c/A", "c/A", "www.c/TXT")
    ]
    answered = {name for name, e in of({}, live, *gone).items() if e.synthesised}
    assert answered == {"a/A", "x.y/A", "x.b/TXT"}


@settings(max_examples=25)
@given(st.lists(st.text("abz09_*-", min_size=1, max_size=20), min_size=1, max_size=6))
def test_the_names_above_a_name_are_its_tails(labels: list[str]) -> None:
    """Each without its first label, down to one."""
    name = name_to_wire(".".join(labels) + ".")
    tails = [name_to_wire(".".join(labels[n:]) + ".") for n in range(1, len(labels))]
    assert list(above(name)) == tails
    assert owner_wire(".".join(labels), "@") == name
