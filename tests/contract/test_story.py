"""The life of a zone, told once and true on every provider of DNS: each step is a state, every second run is empty."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contract.backs import WAYS, Opened
from contract.tale import Tale, named, on
from reconciler.model.change import Origin
from reconciler.model.outcome import Status


def a_zone_is_filled(tale: Tale) -> None:
    """Records of many types at many names, among them none between the apex and a deep name."""
    tale.declare(
        on("@", "MX", "10 mx1.example.net.", "20 mx2.example.net."),
        on("@", "TXT", '"v=spf1 -all"', '"two" "strings"'),
        on("www", "A", "192.0.2.1", "192.0.2.2"),
        on("alias", "CNAME", "www.example.net."),
        on("turns", "A", "192.0.2.7"),
        on("many", "A", "192.0.2.3"),
        on("many", "AAAA", "2001:db8::3"),
        on("many", "TXT", '"a text"'),
        on("*", "CNAME", "wild.example.net."),
        on("*.deep.below", "A", "192.0.2.4"),
        on("_sip._tcp", "SRV", "0 5 5060 sip.example.net."),
        on("far.away.from.all", "A", "192.0.2.5"),
    )
    done = tale.apply()
    assert {short: action for short, action in done.items() if short != "zone"} == {
        f"{name}/{rtype}": "create" for name, rtype in tale.declared
    }


def values_change(tale: Tale) -> None:
    """One goes and one comes; the other stays."""
    tale.declare(on("www", "A", "192.0.2.2", "192.0.2.9"), on("@", "MX", "10 mx1.example.net."))
    assert tale.apply() == {"www/A": "update", "@/MX": "update"}


def only_a_ttl_changes(tale: Tale) -> None:
    """The values stay."""
    tale.declare(on("www", "A", "192.0.2.2", "192.0.2.9", ttl=60))
    assert tale.apply() == {"www/A": "update"}


def names_change_their_type(tale: Tale) -> None:
    """CNAME becomes A and A becomes CNAME in the same apply."""
    tale.drop(("alias", "CNAME"), ("turns", "A"))
    tale.declare(on("alias", "A", "192.0.2.8"), on("turns", "CNAME", "www.example.net."))
    done = tale.apply()
    assert done == {"alias/CNAME": "delete", "alias/A": "create", "turns/A": "delete", "turns/CNAME": "create"}


def types_at_one_name_change(tale: Tale) -> None:
    """One goes, one comes, one changes, one stays."""
    tale.drop(("many", "AAAA"))
    tale.declare(on("many", "TXT", '"another text"'), on("many", "MX", "5 mx.example.net."))
    assert tale.apply() == {"many/AAAA": "delete", "many/TXT": "update", "many/MX": "create"}


def a_wildcard_changes(tale: Tale) -> None:
    """Its target, then its type; it never stands for the names beside it."""
    tale.declare(on("*", "CNAME", "other.example.net."))
    assert tale.apply() == {"*/CNAME": "update"}
    tale.drop(("*", "CNAME"))
    tale.declare(on("*", "A", "192.0.2.6"))
    assert tale.apply() == {"*/CNAME": "delete", "*/A": "create"}


def the_apex_gets_other_name_servers(tale: Tale) -> None:
    """NS at the apex is touched only once it is declared; all of them may be others then."""
    tale.declare(on("@", "NS", "ns1.example.net.", "ns2.example.net.", ttl=3600))
    assert list(tale.apply()) == ["@/NS"]
    tale.declare(on("@", "NS", "ns3.example.net.", "ns4.example.net.", ttl=3600))
    assert tale.apply() == {"@/NS": "update"}


def a_hand_changes_what_is_ours(tale: Tale) -> None:
    """That is drift: held until somebody asks for its repair."""
    tale.by_hand("www", "A", "198.51.100.1")
    tale.by_hand("many", "MX")
    found = tale.plan().plan
    assert (found.changes, named(found.drift)) == ((), {"www/A": "update", "many/MX": "create"})
    assert {change.origin for change in found.drift} == {Origin.DRIFT}
    assert tale.apply(include_drift=True) == {"www/A": "update", "many/MX": "create"}


def a_hand_adds_what_nobody_declared(tale: Tale) -> None:
    """It is told, and outlives every apply."""
    tale.by_hand("stranger", "TXT", '"not ours"', ttl=120)
    tale.strangers["stranger", "TXT"] = (120, (b"not ours".hex(),))
    assert f"record/{tale.zone}/stranger/TXT" in tale.plan().plan.unmanaged
    tale.declare(on("www", "A", "192.0.2.1"))
    assert tale.apply() == {"www/A": "update"}


def what_a_hand_added_is_taken_over(tale: Tale) -> None:
    """Declared with another value it becomes ours by an update."""
    tale.declare(on("stranger", "TXT", '"ours now"'))
    (change,) = tale.plan().plan.changes
    assert change.takes_over
    assert tale.apply() == {"stranger/TXT": "update"}


def a_hand_is_faster_than_the_apply(tale: Tale) -> None:
    """What changed between plan and apply isn't overwritten, and nothing is said to be done that isn't."""
    tale.declare(on("www", "A", "192.0.2.20"), on("fresh", "A", "192.0.2.21"))
    planned = tale.plan()
    tale.by_hand("www", "A", "198.51.100.2")
    done = {f"{o.change.address}": o.status is Status.DONE for o in tale.carry_out(planned)}
    held = tale.back.held(tale.zone)
    assert held["www", "A"] == (300, ("198.51.100.2",))
    assert done == {
        f"record/{tale.zone}/www/A": False,
        f"record/{tale.zone}/fresh/A": ("fresh", "A") in held,
    }
    address = f"record/{tale.zone}/www/A"
    origins = {change.address: change.origin for change in (*tale.plan().plan.changes, *tale.plan().plan.refused)}
    assert origins[address] is Origin.BOTH
    tale.apply(override=frozenset({address}), reason="It is ours.")


def a_hand_makes_what_the_apply_creates(tale: Tale) -> None:
    """A record set that wasn't there at the plan and is there now isn't overwritten either."""
    tale.declare(on("contested", "A", "192.0.2.30"))
    planned = tale.plan()
    tale.by_hand("contested", "A", "198.51.100.3")
    (outcome,) = tale.carry_out(planned)
    assert outcome.status is not Status.DONE
    assert tale.back.held(tale.zone)["contested", "A"] == (300, ("198.51.100.3",))
    assert tale.apply() == {"contested/A": "update"}


def a_hand_deletes_what_the_apply_deletes(tale: Tale) -> None:
    """Then there is nothing left to do."""
    tale.drop(("contested", "A"))
    tale.by_hand("contested", "A")
    assert tale.apply() == {}


def records_are_deleted(tale: Tale) -> None:
    """Three, which the guards let pass; their names are empty then, and what stands below them stays."""
    tale.drop(("*.deep.below", "A"), ("turns", "CNAME"), ("_sip._tcp", "SRV"))
    assert tale.apply() == {"*.deep.below/A": "delete", "turns/CNAME": "delete", "_sip._tcp/SRV": "delete"}


def too_many_deletions_are_refused(tale: Tale) -> None:
    """Nothing of the plan is carried out; git brings everything back."""
    before = dict(tale.declared)
    tale.drop(*(key for key in before if key[0] != "@"))
    assert {refusal.code for refusal in tale.plan().plan.refusals}
    tale.declare(*before.values())
    tale.demand_quiet()


def types_without_rdata_are_served_or_left_out(tale: Tale) -> None:
    """ALIAS is kept where the provider can hold it; elsewhere a finding says so, and nothing else is held up."""
    tale.declare(on("plain", "A", "192.0.2.40"))
    served = "ALIAS" in tale.capabilities.other_types
    tale.declare(on("special", "ALIAS", "www.example.net."))
    found = tale.plan().plan
    assert named(found.changes) == {"plain/A": "create"} | ({"special/ALIAS": "create"} if served else {})
    assert any(finding.address == f"record/{tale.zone}/special/ALIAS" for finding in found.findings) is not served
    tale.carry_out(tale.plan())
    tale.drop(("special", "ALIAS"))
    tale.apply()


def the_zone_ends(tale: Tale) -> None:
    """With a tombstone, where the provider can remove zones; elsewhere the change is refused with what to do."""
    tale.remove_zone()
    found = tale.plan().plan
    if tale.capabilities.makes_zones:
        tale.carry_out(tale.plan())
        assert named(tale.plan().plan.changes) == {}
    else:
        assert [change.refused != "" for change in found.refused] == [True]


CHAPTERS: tuple[Callable[[Tale], None], ...] = (
    a_zone_is_filled,
    values_change,
    only_a_ttl_changes,
    names_change_their_type,
    types_at_one_name_change,
    a_wildcard_changes,
    the_apex_gets_other_name_servers,
    a_hand_changes_what_is_ours,
    a_hand_adds_what_nobody_declared,
    what_a_hand_added_is_taken_over,
    a_hand_is_faster_than_the_apply,
    a_hand_makes_what_the_apply_creates,
    a_hand_deletes_what_the_apply_deletes,
    records_are_deleted,
    too_many_deletions_are_refused,
    types_without_rdata_are_served_or_left_out,
    the_zone_ends,
)


@pytest.mark.parametrize("opened", WAYS)
def test_the_story(opened: Opened, request: pytest.FixtureRequest, tmp_path: Path, zone: str) -> None:
    """Each chapter begins where the one before ended; the one that fails is named."""
    tale = Tale(tmp_path / "account", opened(request), zone)
    for chapter in CHAPTERS:
        try:
            chapter(tale)
        except BaseException as error:
            error.add_note(f"In the chapter: {chapter.__name__.replace('_', ' ')}.")
            raise
