"""Who must approve a plan, by the risks of its changes."""

from planner.world import World, a, desired, fields, mailbox, tombstones
from reconciler.model.account import Policy
from reconciler.model.approvals import Demand, Review

RULES = {"data_loss": {"count": 2, "from": ["acme/ops", "erika"], "not": "author"}, "default": {}}
OPS = Demand(2, ("acme/ops", "erika"), True, ("data loss",), ("mailbox/m@example.org",))


def test_without_a_policy_nobody_must() -> None:
    """The seal is the approval."""
    assert World().plan(desired({"zone/example.org": fields()})).demands == ()


def test_the_gravest_risk_has_a_rule_of_its_own() -> None:
    """Changes with the same rule stand together; `default` is for every risk that has none."""
    world = World().own({"mailbox/m@example.org": mailbox(), "zone/example.org": fields()})
    wanted = desired(
        {"zone/example.org": fields(), "record/example.org/www/A": a()},
        tombstones("mailbox/m@example.org"),
        approvals=RULES,
    )
    first, second = world.plan(wanted).demands
    assert first == OPS
    assert (second.count, second.of, second.not_author) == (1, (), False)
    assert second.addresses == ("record/example.org/www/A",)


def test_an_approval_under_another_policy_of_approvals_is_stale() -> None:
    """What must be approved by whom is part of what was approved; seals without such a policy stay as they were."""
    contexts = {World().plan(desired({}, **given)).seals.context for given in ({}, {"approvals": RULES})}
    assert len(contexts) == 2
    assert Policy().approvals is None


def test_which_reviews_count() -> None:
    """Those of the named users and teams, or of whoever may write; the author's only where that isn't excluded."""
    anybody = Demand(1, (), False, (), ())
    assert Review("1", "max", ("acme/ops",)).counts(OPS)
    assert not Review("1", "erika", ("*", "erika"), is_author=True).counts(OPS)
    assert not Review("1", "max", ("*",)).counts(OPS)
    assert Review("1", "max", ("*",), is_author=True).counts(anybody)
    assert not Review("1", "eve").counts(anybody)
