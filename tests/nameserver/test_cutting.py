"""A zone's changes are one message where they fit, and as few as can be where they don't."""

import re

import dns.message
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nameserver.ground import create, record_set
from reconciler.model.secret import Secret
from reconciler.nameserver.cutting import LARGEST, Part, SetChange, cut, encoded
from reconciler.nameserver.errors import TooLargeError
from reconciler.nameserver.owners import relative_wire, zone_wire
from reconciler.nameserver.server import Key
from reconciler.nameserver.signing import Signing
from reconciler.nameserver.zone import RecordSet

ZONE = "example.org"
SOA = b"\x02ns\0\x04host\0" + bytes(20)
A = record_set("A", 300, "192.0.2.1")
CNAME = record_set("CNAME", 300, "web.example.net.")


def _texts(count: int, mark: str = "a") -> RecordSet:
    return RecordSet(300, tuple(sorted(b"\xfe" + f"{mark}{n:03d}".encode() + b"x" * 250 for n in range(count))))


def _sizes(parts: tuple[Part, ...]) -> list[int]:
    key = Signing(Key("k" * 60 + ".example.", "hmac-sha512", Secret("AAAA")))
    return [len(key.sign(encoded(ZONE, part, 1, SOA))) for part in parts]


def test_nothing_is_no_message() -> None:
    """An empty update would still count the serial up on some servers."""
    assert cut(ZONE, []) == ()


def test_what_fits_is_one_message_without_the_soa() -> None:
    """So that a signer or another writer elsewhere in the zone doesn't stand in the way."""
    changes = [create(f"n{n}", "A", 300, "192.0.2.1") for n in range(600)]
    (part,) = cut(ZONE, changes)
    assert (len(part.changes), part.takes_soa, part.demanded.number) == (600, False, 1200)
    assert (
        encoded(ZONE, part, 7)[:12].hex()
        == "000728000001" + (1200).to_bytes(2).hex() + (600).to_bytes(2).hex() + "0000"
    )


def test_an_update_at_the_edge_of_64_kib_is_one_message() -> None:
    """It is cut by encoded octets, its signature among them, and not by count."""
    whole = cut(ZONE, [create("edge", "TXT", 300, *(f'"{n:03d}{"x" * 250}"' for n in range(240)))])
    assert len(whole) == 1
    assert LARGEST - 500 < _sizes(whole)[0] <= LARGEST
    more = cut(ZONE, [*whole[0].changes, create("more", "TXT", 300, f'"{"x" * 250}"', f'"{"y" * 250}"')])
    assert [part.takes_soa for part in more] == [False, True]
    assert max(_sizes(more)) <= LARGEST


def test_later_parts_need_the_soa_and_creations_come_first() -> None:
    """What points to a new name comes after it; what is gone is gone last."""
    gone = [SetChange(f"old{n}", "TXT", _texts(1), None) for n in range(20)]
    changed = [
        SetChange(f"www{n}", "CNAME", CNAME, record_set("CNAME", 300, f"new{n}.example.org.")) for n in range(20)
    ]
    new = [SetChange(f"new{n}", "TXT", None, _texts(1)) for n in range(20)]
    parts = cut(ZONE, [*gone, *changed, *new], 4000)
    assert [part.takes_soa for part in parts] == [False, *[True] * (len(parts) - 1)]
    assert [change.owner for part in parts for change in part.changes] == [c.owner for c in (*new, *changed, *gone)]
    assert max(_sizes(parts)) <= 4000


def test_all_changes_of_a_name_stay_together() -> None:
    """A name whose type changes never goes empty, and a CNAME finds its place free."""
    names = [(SetChange(f"n{n}", "A", A, None), SetChange(f"n{n}", "CNAME", None, CNAME)) for n in range(100)]
    parts = cut(ZONE, [*(a for a, _ in names), *(c for _, c in names)], 3000)
    assert len(parts) > 2
    assert all(part.takes_soa for part in parts)
    places = [{number for number, part in enumerate(parts) if change in part.changes} for change in sum(names, ())]
    assert all(len(place) == 1 for place in places)
    assert places[::2] == places[1::2]


def test_a_set_too_large_beside_its_old_values_is_covered_by_the_soa() -> None:
    """The new values fit alone; that nothing changed since is then proven by the SOA."""
    large = SetChange("large", "TXT", _texts(200, "a"), _texts(200, "b"))
    (part,) = cut(ZONE, [large])
    assert (part.changes, part.takes_soa, part.needs_look, part.demanded.number) == ((large,), True, True, 0)
    message = dns.message.from_wire(encoded(ZONE, part, 1, SOA))
    assert [(rrset.name.to_text(), rrset.rdtype) for rrset in message.prerequisite] == [("example.org.", 6)]
    with pytest.raises(ValueError, match="must be sent with the SOA"):
        encoded(ZONE, part, 1)


def test_sets_of_one_name_are_parted_where_they_must_be() -> None:
    """But none of those that become a CNAME."""
    sets = [SetChange("large", rtype, None, _texts(130)) for rtype in ("TXT", "SPF", "TYPE65281")]
    assert [part.changes for part in cut(ZONE, sets)] == [(change,) for change in sets]
    with pytest.raises(TooLargeError, match="The records of large are too large for one UPDATE message"):
        cut(ZONE, [SetChange("large", "TXT", None, _texts(300))])


def test_a_new_name_is_demanded_at_once() -> None:
    """In place of each of its sets and of a CNAME; a name that had something is never taken for one."""
    sets = [create("www", rtype, 300, text) for rtype, text in (("A", "192.0.2.1"), ("TXT", '"x"'))]
    changed = SetChange("www", "A", A, record_set("A", 300, "192.0.2.2"))
    (plain,), (at_once,) = cut(ZONE, sets), cut(ZONE, sets, new={"www"})
    assert (plain.demanded.number, at_once.demanded.number) == (3, 1)
    assert at_once.demanded.data == b"\3www\xc0\x0c" + bytes((0, 255, 0, 254, 0, 0, 0, 0, 0, 0))
    assert at_once.wanted == plain.wanted
    assert cut(ZONE, [changed, sets[1]], new={"www"}) == cut(ZONE, [changed, sets[1]])


LABELS = st.text("ab-_*9", min_size=1, max_size=5) | st.sampled_from(
    ["x" * 62, "x" * 63, "x" * 64, "", "@", "a\\.b", "ü", "A"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LABELS, min_size=1, max_size=5).map(".".join))
@example(".".join(["x" * 63] * 3 + ["y" * 49]))
@example(".".join(["x" * 63] * 3 + ["y" * 50]))
def test_a_name_is_encoded_as_by_the_general_way(owner: str) -> None:
    """Of however many plain labels it is; and what is refused there is refused here, for the same reason."""
    try:
        labels = relative_wire(owner, zone_wire(ZONE))
    except ValueError as error:
        with pytest.raises(type(error), match=re.escape(str(error))):
            cut(ZONE, [SetChange(owner, "A", None, A)])
    else:
        (part,) = cut(ZONE, [SetChange(owner, "A", None, A)])
        assert part.wanted.data.startswith(labels + b"\xc0\x0c\x00\x01\x00\x01")
