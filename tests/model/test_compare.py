"""The table of section 4: every row, and what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.change import Action, Origin
from reconciler.model.compare import Bookkeeping, Verdict, classify, compare

#: desired, applied, live -> action, origin, bookkeeping, takes over
ROWS = [
    ("D", None, None, Verdict(Action.CREATE, Origin.ASKED)),
    ("D", None, "D", Verdict(None, Origin.ASKED, Bookkeeping.OWN)),
    ("D", None, "L", Verdict(Action.UPDATE, Origin.ASKED, takes_over=True)),
    (None, None, "L", Verdict(None, Origin.UNMANAGED)),
    (None, "A", "A", Verdict(Action.DELETE, Origin.ASKED)),
    (None, "A", "L", Verdict(Action.DELETE, Origin.BOTH)),
    (None, "A", None, Verdict(None, Origin.ASKED, Bookkeeping.DROP)),
    ("D", "D", "L", Verdict(Action.UPDATE, Origin.DRIFT)),
    ("D", "D", None, Verdict(Action.CREATE, Origin.DRIFT)),
    ("D", "A", "A", Verdict(Action.UPDATE, Origin.ASKED)),
    ("D", "A", "D", Verdict(None, Origin.ASKED, Bookkeeping.ADVANCE)),
    ("D", "A", None, Verdict(Action.CREATE, Origin.BOTH)),
    ("D", "A", "L", Verdict(Action.UPDATE, Origin.BOTH)),
    ("D", "D", "D", None),
    (None, None, None, None),
]


@pytest.mark.parametrize(("desired", "applied", "live", "verdict"), ROWS)
def test_each_row_of_the_table(
    desired: str | None, applied: str | None, live: str | None, verdict: Verdict | None
) -> None:
    """Thirteen rows, and the two cases in which there is nothing to say."""
    assert classify(desired, applied, live) == verdict


@pytest.mark.parametrize("live", ["A", "L", None])
def test_what_the_account_always_has_is_let_go_and_not_deleted(live: str | None) -> None:
    """For a fixed kind *A, no D* is ``forget``, whatever is live."""
    assert classify(None, "A", live, fixed=True) == Verdict(Action.FORGET, Origin.ASKED)


values = st.sampled_from(["D", "A", "L", None])
states = st.dictionaries(st.sampled_from([f"alias/{n}" for n in "abcdef"]), st.sampled_from(["x", "y", "z"]))


@given(values, values, values)
def test_the_table_is_complete(desired: str | None, applied: str | None, live: str | None) -> None:
    """Every combination that isn't already as it should be has exactly one row; equality is all that counts."""
    pattern = (desired is None, applied is None, live is None, desired == applied, desired == live, applied == live)
    same = [
        row[3]
        for row in ROWS
        if pattern == (*(x is None for x in row[:3]), row[0] == row[1], row[0] == row[2], row[1] == row[2])
    ]
    if pattern[:3] == (True, True, False):
        same = same[:1]
    assert len(same) == 1
    assert classify(desired, applied, live) == same[0]


@given(states, states, states)
def test_comparing_states_is_classifying_each_address(
    desired: dict[str, str], live: dict[str, str], applied: dict[str, str]
) -> None:
    """``compare`` yields each address at most once, with its row, and leaves out what agrees."""
    found = list(compare(desired, live, applied))
    addresses = desired.keys() | live.keys() | applied.keys()
    rows = {a: classify(desired.get(a), applied.get(a), live.get(a)) for a in addresses}
    assert len(dict(found)) == len(found)
    assert dict(found) == {address: verdict for address, verdict in rows.items() if verdict}


@given(states)
def test_equal_states_have_no_differences(state: dict[str, str]) -> None:
    """What is declared, live and recorded alike needs nothing, and neither does one and the same state."""
    assert list(compare(state, dict(state), dict(state))) == []
    assert list(compare(state, state, state)) == []


@given(states, states, states)
def test_deletions_concern_only_what_the_record_owns(
    desired: dict[str, str], live: dict[str, str], applied: dict[str, str]
) -> None:
    """No record, no deletion: what nobody declared is at most reported."""
    for address, verdict in compare(desired, live, applied):
        if verdict.action is Action.DELETE:
            assert address in applied
            assert address not in desired
