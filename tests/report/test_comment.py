"""The comment of a pull request: its order, what is never folded, and that it fits what a forge takes."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hand_made import asked, change, contested, drifted, fields, full_plan, plan_of, records
from reconciler.model.approvals import Demand
from reconciler.model.change import Action, Cause, Origin, Risk
from reconciler.model.errors import RefusedError
from reconciler.model.fields import SecretVersion
from reconciler.model.plan import Merge, Plan
from reconciler.model.span import Span
from reconciler.report.markdown import LIMIT, Heading, plan_markdown
from snapshots import assert_snapshot

MERGE = Merge("origin/main", "b" * 40, "a" * 40)
HEADING = Heading("#7", "2026-11-26 09:00+00:00")


def mixed() -> Plan:
    """Return the plan of a pull request with something of everything."""
    cause = Cause("c0ffee" * 6 + "c0ff", "Erika <erika@example.org>", "2026-11-25T08:00:00+00:00", "Old box goes")
    old = fields(name="Old", password=SecretVersion(1))
    return plan_of(
        *asked(),
        *(
            change(f"ftp_account/{risk.name.lower()}", Action.DELETE, Origin.ASKED, fields(home="/x"), None, risk=risk)
            for risk in (Risk.LEGAL, Risk.MONEY, Risk.ACCESS)
        ),
        change(
            "mailbox/old@example.org",
            Action.DELETE,
            Origin.ASKED,
            old,
            None,
            risk=Risk.DATA_LOSS,
            reason="left",
            span=Span("mail.yaml", 40, 3),
            cause=cause,
        ),
        contested(),
        drift=(drifted(),),
        unmanaged=("contact/~17",),
        pending=(
            change("record/example.org/new/A", Action.CREATE, Origin.ASKED, None, records("A", 300, "192.0.2.9")),
        ),
        merge=MERGE,
        demands=(Demand(2, ("owners",), True, ("data loss",), ("mailbox/old@example.org",)),),
        read="12 groups read",
        record="record as of receipt 3",
    )


def many(count: int, zones: int = 1) -> Plan:
    """Return a plan of so many routine changes."""
    return plan_of(
        *(
            change(
                f"record/zone{number % zones}.example/host{number}/A",
                Action.UPDATE,
                Origin.ASKED,
                records("A", 3600, "192.0.2.1"),
                records("A", 300, "192.0.2.2"),
                risk=Risk.TRAFFIC,
                span=Span(f"zones/zone{number % zones}.example.yaml", number, 3),
            )
            for number in range(count)
        )
    )


def with_risky(plan: Plan, count: int) -> Plan:
    """Return the plan with changes that are never folded."""
    gone = tuple(
        change(
            f"mailbox/{number}@example.org", Action.DELETE, Origin.ASKED, fields(name="n"), None, risk=Risk.DATA_LOSS
        )
        for number in range(count)
    )
    return replace(plan, batches=(*plan.batches, gone))


def test_whole_comment() -> None:
    """The comment of a pull request with everything in it."""
    assert_snapshot("comment.md", plan_markdown(mixed(), HEADING))


def test_comment_without_changes() -> None:
    """A pull request that changes nothing says so, and what waits on its base."""
    plan = replace(mixed(), batches=(), drift=(), unmanaged=())
    assert_snapshot("comment-nothing.md", plan_markdown(plan, Heading("#8")))


def test_order() -> None:
    """Account, pull request, merge, read; plan; approvals; both; risks; routine; beside; apply; seals."""
    text = plan_markdown(mixed(), HEADING)
    marks = [
        *("account `K-104711`", "Pull request `#7`", "Head `aaaaaaaaaaaa` merged into `origin/main`", "Read from"),
        *("**Plan: ", "**Money is at stake** in 1 change", "#### Who must approve", "#### Changed in git and by hand"),
        *("#### Risk: data loss", "#### Risk: access", "#### Risk: money", "#### Risk: legal", "#### Routine"),
        *("#### Not part of this approval", "Drift, held", "Pending", "Unmanaged"),
        *("#### What apply will do", "Seal of this plan", "Seal of each change"),
    ]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_what_is_never_folded() -> None:
    """Data loss, access, money, law, and what both sides changed stand outside of every folded part."""
    text = re.sub("<details>.*?</details>", "", plan_markdown(mixed(), HEADING), flags=re.DOTALL)
    for address in ("mailbox/old@example.org", "contact/erika", "ftp_account/legal", "ftp_account/money"):
        assert f"`{address}`" in text
    assert "record/example.org/www/A" not in text
    assert "| `phone` | `(private)` | `+49...56` | `+49...57` |" in text


def test_the_same_plan_gives_the_same_bytes() -> None:
    """Nothing depends on the moment or on the order in which changes were found."""
    plan = mixed()
    (batch,) = plan.batches
    assert plan_markdown(plan) == plan_markdown(mixed())
    shown, turned = plan_markdown(plan), plan_markdown(replace(plan, batches=(tuple(reversed(batch)),)))
    assert shown.partition("#### What apply")[0] == turned.partition("#### What apply")[0]


@pytest.mark.parametrize(("count", "zones"), [(1000, 1), (1000, 405), (3000, 1500), (20, 20)])
def test_large_plans_fit(count: int, zones: int) -> None:
    """A thousand changes fit a comment of GitHub: folded parts are shortened, totals and plan seal are whole."""
    plan = many(count, zones)
    text = plan_markdown(plan)
    assert len(text) <= LIMIT
    assert f"**Plan: 0 to add, {count} to change, 0 to destroy.**" in text
    assert f"#### Routine: {count} changes" in text
    assert f"over {count} changes: `{plan.seal}`" in text
    assert ("see the job's log" in text) == (count > 20)


def test_what_is_missing_is_counted() -> None:
    """What is shown and what is only counted add up to everything."""
    text = plan_markdown(many(1000))
    more = re.search(r"and (\d+) more of zone <code>zone0\.example</code>, see the job's log", text)
    assert more is not None
    assert text.count("@@ ~ record/") + int(more[1]) == 1000


def test_room_is_used() -> None:
    """No more is left out than needed, and with room for all nothing is."""
    text = plan_markdown(many(1000))
    assert len(text) > LIMIT * 0.98
    assert "see the job's log" not in plan_markdown(many(1000), limit=1_000_000)


def test_what_is_never_folded_is_never_shortened() -> None:
    """Beside forty deletions of mailboxes there is less room for routine ones; every mailbox is there."""
    text = plan_markdown(with_risky(many(1000), 40))
    assert len(text) <= LIMIT
    assert sum(f"`mailbox/{number}@example.org`" in text for number in range(40)) == 40


def test_too_much_is_refused() -> None:
    """Where what may not be folded doesn't fit, there is no comment, and the message says how to split."""
    with pytest.raises(RefusedError) as caught:
        plan_markdown(with_risky(many(3), 1000))
    assert re.fullmatch(
        r"What must be shown whole takes \d+ characters, and a comment may have 65536\.", str(caught.value)
    )
    assert "Split it" in caught.value.help
    assert plan_markdown(with_risky(many(3), 1000), limit=1_000_000)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(700, 20_000))
def test_every_limit_is_kept(count: int, zones: int, limit: int) -> None:
    """Whatever the limit: the comment has at most so many characters and well-formed parts, or there is none."""
    try:
        text = plan_markdown(many(count, zones), limit=limit)
    except RefusedError:
        assert limit < 900
        return
    assert len(text) <= limit
    assert text.count("<details>") == text.count("</details>") == text.count("</summary>")
    assert text.count("```") % 2 == 0


def test_long_values_are_whole_where_both_changed() -> None:
    """Two keys that differ in their last letters can be told apart, in a table as in a diff."""
    key = "v=DKIM1; p=" + "A" * 900
    before, after, applied = (records("TXT", 300, f'"{key[:250]}" "{key[250:500]}" "{end}"') for end in ("l", "d", "a"))
    address = "record/example.org/s._domainkey/TXT"
    both = change(address, Action.UPDATE, Origin.BOTH, before, after, applied=applied, risk=Risk.TRAFFIC)
    (row,) = [line for line in plan_markdown(plan_of(both)).splitlines() if line.startswith("| `values`")]
    assert [cell.strip(' `"')[-1] for cell in row.strip("| ").split(" | ")[1:]] == ["a", "l", "d"]


def test_few_findings_are_open() -> None:
    """Up to five findings are read without unfolding anything, more are folded."""
    (finding,) = full_plan().findings
    few = [finding._replace(code=f"code-{number}") for number in range(5)]
    assert "- `warning[code-4] mail.yaml:20:7: The password" in plan_markdown(plan_of(findings=tuple(few)))
    many_found = plan_markdown(plan_of(findings=(*few, finding._replace(code="code-5"))))
    assert "<summary>Found, and no obstacle: 6 findings</summary>" in many_found


def test_a_plan_without_a_seal() -> None:
    """Over a record that may be old there is nothing to approve, and the comment says why."""
    text = plan_markdown(replace(mixed(), unsealed="origin can't be asked."))
    assert "**No seal**, so nothing to approve: `origin can't be asked.`" in text
    assert "Seal of" not in text


def test_refused_plans() -> None:
    """A plan that a guard stops says so where apply is described."""
    text = plan_markdown(full_plan())
    assert "#### What apply will do\n\nNothing, until what is refused above is mended." in text
