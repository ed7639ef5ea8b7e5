"""What is compared: declared fields, versions of secrets, digests of private values."""

from datetime import date

import pytest

from planner.world import SALT, World, actions, contact, desired, fields, mailbox
from reconciler.model.change import Action, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.diagnostic import Severity
from reconciler.model.errors import DiagnosticsError
from reconciler.model.fields import Digest, Fields, Value
from reconciler.model.meta import Meta
from reconciler.model.plan import Options, Plan

BOX = "mailbox/m@example.org"
ERIKA = "contact/erika"


def found(plan: Plan) -> list[str]:
    return [finding.code for finding in plan.findings]


def errors(world: World, state: dict[str, Value]) -> list[str]:
    with pytest.raises(DiagnosticsError) as raised:
        world.plan(desired(state))
    return [d.code for d in raised.value.diagnostics if d.severity is Severity.ERROR]


class TestFields:
    """A field that nobody declares is nobody's business."""

    def test_an_undeclared_field_may_change_by_hand(self) -> None:
        """It is neither drift nor overwritten by an update of others."""
        world = World().own({BOX: mailbox(name="One")})
        world.account.hold(BOX, mailbox(name="One", quota=2**40))
        assert not world.plan(desired({BOX: mailbox(name="One")})).drift
        world.apply(desired({BOX: mailbox(name="Two")}))
        assert world.account.state[BOX].value("quota") == 2**40  # type: ignore[attr-defined]  # fields

    def test_a_field_no_longer_declared_goes_back_to_its_default(self) -> None:
        """The change shows it, and afterwards the field is nobody's."""
        world = World().own({BOX: mailbox(quota=2**31)})
        wanted = desired({BOX: mailbox()})
        (change,) = world.apply(wanted).changes
        assert change.origin is Origin.ASKED
        assert isinstance(change.after, Fields)
        assert change.after.value("quota") == 2**30
        world.account.hold(BOX, mailbox(quota=2**40))
        assert not world.plan(wanted).drift

    def test_a_field_at_its_default_is_let_go_by_the_record_alone(self) -> None:
        """There is nothing to write, and something to note, once."""
        world = World().own({BOX: mailbox(quota=2**30)})
        plan = world.apply(desired({BOX: mailbox()}))
        assert not plan.changes
        assert [note.what for note in plan.notes] == [Bookkeeping.ADVANCE]
        assert not world.plan(desired({BOX: mailbox()})).notes

    def test_an_ignored_field_stays_as_it_is(self) -> None:
        """``meta.ignore`` lets it go instead of setting it back."""
        world = World().own({BOX: mailbox(quota=2**31)})
        plan = world.apply(desired({BOX: mailbox()}, metas={BOX: Meta(ignore=("quota",))}))
        assert not plan.changes
        assert world.account.state[BOX].value("quota") == 2**31  # type: ignore[attr-defined]  # fields
        assert not world.plan(desired({BOX: mailbox()})).changes

    def test_a_field_without_default_must_stay_declared(self) -> None:
        """Else nobody could say what it should be."""
        world = World().own({ERIKA: contact("e@example.org")})
        assert errors(world, {ERIKA: fields(email="e@example.org")}) == ["field-without-default"]

    def test_a_field_newly_declared_is_asked_for_and_not_drift(self) -> None:
        """What we never set can't have been changed behind our back."""
        world = World().own({BOX: mailbox(name="One")})
        (change,) = world.plan(desired({BOX: mailbox(name="One", quota=2**31)})).changes
        assert (change.action, change.origin) == (Action.UPDATE, Origin.ASKED)

    def test_a_field_newly_declared_beside_one_changed_by_hand_is_both(self) -> None:
        """The other field did change behind our back."""
        world = World().own({BOX: mailbox(name="One")})
        world.account.hold(BOX, mailbox(name="By hand"))
        (change,) = world.plan(desired({BOX: mailbox(name="One", quota=2**31)})).changes
        assert change.origin is Origin.BOTH


class TestSecrets:
    """Secrets are compared by version; live's is the record's, else the declaration's own."""

    def test_taking_over_never_writes_a_secret(self) -> None:
        """Whatever version is declared: a finding says that nobody knows."""
        world = World()
        world.account.hold(BOX, mailbox(name="One"))
        plan = world.apply(desired({BOX: mailbox(version=7, name="Two")}))
        assert found(plan) == ["secret-unverified"]
        assert not world.account.written[-1].secrets
        assert not found(world.plan(desired({BOX: mailbox(version=7, name="Two")})))

    def test_a_raised_version_writes_the_secret_and_nothing_else(self) -> None:
        """Only the secret whose version changed is sent."""
        world = World().own({BOX: mailbox(name="One")})
        world.apply(desired({BOX: mailbox(version=2, name="One")}))
        assert set(world.account.written[-1].secrets) == {"password"}
        world.apply(desired({BOX: mailbox(version=2, name="Two")}))
        assert not world.account.written[-1].secrets

    def test_a_lower_version_is_an_error_with_its_place(self) -> None:
        """Versions only grow."""
        world = World().own({BOX: mailbox(version=2)})
        assert errors(world, {BOX: mailbox(version=1)}) == ["secret-version-lower"]

    @pytest.mark.parametrize(("old", "new"), [("aa", "bb"), ("bb", "aa"), (7, "aa"), ("aa", 1)])
    def test_another_hash_is_another_password(self, old: int | str, new: int | str) -> None:
        """Hashes have no order, and neither have a hash and a version: whatever differs is written."""
        world = World().own({BOX: mailbox(version=old)})
        assert not world.plan(desired({BOX: mailbox(version=old)})).changes
        world.apply(desired({BOX: mailbox(version=new)}))
        assert set(world.account.written[-1].secrets) == {"password"}
        assert not world.plan(desired({BOX: mailbox(version=new)})).changes

    def test_a_mailbox_made_anew_gets_its_secret(self) -> None:
        """Deleted by hand, it is created with every secret that is declared."""
        world = World().own({BOX: mailbox(version=3)})
        del world.account.state[BOX]
        world.apply(desired({BOX: mailbox(version=3)}), Options(include_drift=True))
        assert set(world.account.written[-1].secrets) == {"password"}


class TestPrivacy:
    """Personal values are compared as salted digests, and shown as they are only in the change."""

    def test_the_record_holds_digests_that_compare(self) -> None:
        """Nothing to do, though the record knows no name."""
        world = World().own({ERIKA: contact("e@example.org")})
        recorded = world.applied.state[ERIKA]
        assert isinstance(recorded, Fields)
        assert all(isinstance(value, Digest) for _, value in recorded)
        assert not world.plan(desired({ERIKA: contact("e@example.org")})).changes

    def test_a_change_carries_what_is_to_be_written(self) -> None:
        """``before`` and ``after`` are real, ``applied`` isn't."""
        world = World().own({ERIKA: contact("e@example.org")})
        (change,) = world.plan(desired({ERIKA: contact("e@example.org", name="Erna")})).changes
        assert isinstance(change.before, Fields)
        assert isinstance(change.after, Fields)
        assert isinstance(change.applied, Fields)
        assert (change.before.value("name"), change.after.value("name")) == ("Erika", "Erna")
        assert isinstance(change.applied.value("name"), Digest)

    def test_drift_of_a_private_field_is_seen(self) -> None:
        """By comparing digests."""
        world = World().own({ERIKA: contact("e@example.org")})
        world.account.hold("contact/~1", contact("e@example.org", name="By hand"))
        assert actions(world.plan(desired({ERIKA: contact("e@example.org")})).drift) == {ERIKA: "update"}
        assert world.applied.salt == SALT


class TestExpired:
    """A holiday reply whose last day has passed is left out of all three states, with a finding."""

    OLD = Fields.of({"from": None, "subject": "Away", "text": "Back soon", "until": date(2026, 11, 23).isoformat()})
    NEW = OLD.replaced(until=date(2026, 11, 24).isoformat())

    def test_it_isnt_created(self) -> None:
        """The mailbox is, without it."""
        plan = World().plan(desired({BOX: mailbox(autoreply=self.OLD)}))
        (change,) = plan.changes
        assert isinstance(change.after, Fields)
        assert "autoreply" not in change.after.names
        assert found(plan) == ["expired"]

    def test_on_its_last_day_it_counts(self) -> None:
        """The day after, it doesn't."""
        world = World().own({BOX: mailbox()})
        assert actions(world.plan(desired({BOX: mailbox(autoreply=self.NEW)})).changes) == {BOX: "update"}
        assert not world.plan(desired({BOX: mailbox(autoreply=self.OLD)})).changes

    def test_what_became_of_it_by_hand_is_no_drift(self) -> None:
        """The portal may have switched it off, or not; and deleting the declaration writes nothing."""
        world = World().own({BOX: mailbox(autoreply=self.OLD)})
        world.account.hold(BOX, mailbox(autoreply=self.NEW))
        assert not world.plan(desired({BOX: mailbox(autoreply=self.OLD)})).drift
        plan = world.plan(desired({BOX: mailbox()}))
        assert not plan.changes
        assert not plan.drift
