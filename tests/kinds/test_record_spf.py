"""SPF: what a record says, and several senders in one record."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.record_spf import MOST_LOOKUPS, Sender, SpfError, is_spf, merge_spf, parse_spf

INCLUDES = ("include:_spf.example.net", "include:_spf.google.com", "exists:%{i}._spf.example.org")
NETWORKS = ("ip4:192.0.2.1", "ip4:192.0.2.0/24", "ip6:2001:db8::/32")
MECHANISMS = st.sampled_from(["a", "mx", "mx/24", "a:mail.example.org", "ptr", *INCLUDES, *NETWORKS])
QUALIFIED = st.tuples(st.sampled_from(["", "", "", "-", "~", "?"]), MECHANISMS).map("".join)
ALLS = st.sampled_from(["-all", "~all"])
PRESETS = st.lists(
    st.builds(
        Sender,
        st.sampled_from(["c@1", "b@1", "a@1"]),
        st.lists(MECHANISMS, max_size=4, unique=True).map(tuple),
        ALLS,
        costs=st.just({"include:_spf.google.com": 4}),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda sender: sender.name,
)
OWN = st.none() | st.builds(
    Sender,
    st.just("zones/example.org.yaml:1:1"),
    st.lists(QUALIFIED, max_size=4).map(tuple),
    st.none() | st.sampled_from(["-all", "~all", "?all", "all"]),
    st.sampled_from([(), ("exp=why.example.org",)]),
)


def bare(mechanism: str) -> str:
    return mechanism.lstrip("-~?")


@given(own=OWN, presets=PRESETS)
def test_a_merged_record_is_read_again(own: Sender | None, presets: list[Sender]) -> None:
    """It is one SPF record: what it says is what its parts said, with one ``all`` as its last mechanism."""
    text = merge_spf(own, presets).text
    again = parse_spf("merged", text)

    assert is_spf(text)
    assert again.record == text
    assert again.all is not None
    assert len(re.findall(r"\S*\ball\b(?!\S)", text)) == 1


@given(own=OWN, presets=PRESETS)
def test_every_mechanism_is_there_once(own: Sender | None, presets: list[Sender]) -> None:
    """Nobody who may send is lost; the zone's own word on a mechanism is the one that counts."""
    merged = parse_spf("merged", merge_spf(own, presets).text).mechanisms
    declared = [term for sender in (*([own] if own else []), *presets) for term in sender.mechanisms]

    assert sorted(map(bare, merged)) == sorted({bare(term) for term in declared})
    if own:
        first = list({bare(term): term for term in reversed(own.mechanisms)}.values())
        assert set(first) <= set(merged)


@given(own=OWN, presets=PRESETS, data=st.data())
def test_the_order_of_presets_does_not_matter(own: Sender | None, presets: list[Sender], data: st.DataObject) -> None:
    """The same senders give the same record, in whatever order they are named."""
    shuffled = data.draw(st.permutations(presets))

    assert merge_spf(own, presets) == merge_spf(own, shuffled)


@given(own=OWN, presets=PRESETS)
def test_merging_again_changes_nothing(own: Sender | None, presets: list[Sender]) -> None:
    """A zone whose own record is the merged one already has nothing to merge."""
    text = merge_spf(own, presets).text

    assert merge_spf(parse_spf("merged", text), presets).text == text


@given(presets=PRESETS)
def test_every_look_up_is_somebodys(presets: list[Sender]) -> None:
    """The sum of the senders is what the record costs; networks cost nothing."""
    merged = merge_spf(None, presets)
    known = {"include:_spf.google.com": 4}
    costs = [known.get(term, int(not term.startswith("ip"))) for term in parse_spf("merged", merged.text).mechanisms]

    assert sum(merged.lookups.values()) == sum(costs)
    assert merged.is_too_much == (sum(costs) > MOST_LOOKUPS)


def test_the_order_is_documented() -> None:
    """The zone's own first, then presets by name; its own ``all``; modifiers last."""
    own = parse_spf("file", "v=spf1 ip4:192.0.2.1 exp=why.example.org ?all")
    others = [Sender("b@1", ("mx", "a"), "-all"), Sender("a@1", ("include:x.example", "mx"), "~all")]

    assert merge_spf(own, others).text == "v=spf1 ip4:192.0.2.1 include:x.example mx a ?all exp=why.example.org"
    assert merge_spf(None, others).text == "v=spf1 include:x.example mx a -all"


def test_costs() -> None:
    """Whoever names a mechanism first pays for it; an ``include`` that a preset knows costs what lies below it."""
    own = parse_spf("file", "v=spf1 mx include:_spf.google.com ip4:192.0.2.1 -all", {"include:_spf.google.com": 4})
    merged = merge_spf(own, [Sender("b@1", ("mx", "a:x.example"), "-all", costs={"mx": 1, "a:x.example": 1})])

    assert merged.lookups == {"file": 5, "b@1": 1}


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("v=spf1", "v=spf1"),
        ("V=SPF1 +MX  Include:_SPF.Example.Org -ALL", "v=spf1 mx include:_spf.example.org -all"),
        ("v=spf1 exists:%{I}.Example.org ?all", "v=spf1 exists:%{I}.Example.org ?all"),
        ("v=spf1 a/24//64 mx:example.org/28 all", "v=spf1 a/24//64 mx:example.org/28 all"),
        ("v=spf1 exp=Why.example.org ptr", "v=spf1 ptr exp=Why.example.org"),
    ],
)
def test_what_a_record_says(text: str, record: str) -> None:
    """Case and ``+`` mean nothing, except in macros; modifiers may stand anywhere."""
    assert parse_spf("file", text).record == record


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("v=spf1 redirect=_spf.example.net", "without other senders"),
        ("v=spf1 -all mx", "stands behind `-all`"),
        ("v=spf1 -all ~all", "stands behind `-all`"),
        ("v=spf1 ipv4:192.0.2.1 -all", "no mechanism"),
        ("v=spf1 include -all", "no mechanism"),
        ("v=spf1 all:x", "no mechanism"),
        ("v=spf1 --all", "no mechanism"),
        ("v=spf1 mx;a", "no mechanism"),
        ("v=spf1 a:bücher.example", "ASCII"),
        ("v=spf1 a:\udcff", "ASCII"),
        ("v=spf1\u00a0mx", "ASCII"),
    ],
)
def test_what_can_not_be_merged(text: str, why: str) -> None:
    """Where merging would change what a record means, or nobody knows what it means, it is refused with a way out."""
    with pytest.raises(SpfError, match=re.escape(why)) as refused:
        parse_spf("file", text)
    assert refused.value.help


@pytest.mark.parametrize(("text", "is_one"), [("v=spf1", True), ("v=SPF1 -all", True), ("v=spf10 -all", False)])
def test_what_an_spf_record_is(text: str, is_one: bool) -> None:
    """The version ends with a space or with the text (section 4.5)."""
    assert is_spf(text) is is_one
