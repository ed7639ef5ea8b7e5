"""Carrying out a plan: what a failure holds up, what is sent, and that nothing is raised."""

from collections.abc import Callable

import pytest

from planner.world import Account, World, a, contact, desired, fields, mailbox, tombstones
from reconciler.apply.executor import execute, idempotency_keys, needed_secrets
from reconciler.model.address import Address
from reconciler.model.errors import AccountError, AuthenticationError, ReconcilerError
from reconciler.model.fields import Value
from reconciler.model.meta import Meta
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Plan
from reconciler.model.secret import Secret
from reconciler.model.state import Desired
from reconciler.ports import Write, Written

State = dict[Address, Value]
BOX, SALES, OTHER = "mailbox/m@example.org", "alias/sales@example.org", "alias/other@example.org"
MAIL: State = {
    BOX: mailbox(),
    SALES: fields(targets=("m@example.org",)),
    "alias/chain@example.org": fields(targets=("sales@example.org",)),
    OTHER: fields(targets=("x@example.net",)),
}


def run(plan: Plan, account: Account, wanted: Desired, nonce: str = "nonce") -> dict[Address, Outcome]:
    secrets = {place: Secret("hush") for place in needed_secrets(plan, wanted.secrets)}
    told: list[Outcome] = []
    outcomes = execute(plan, account, wanted, secrets, nonce, told.append)
    assert tuple(told) == outcomes, "progress is told as it goes"
    assert [outcome.change for outcome in outcomes] == list(plan.changes), "every change has its outcome"
    return {outcome.change.address: outcome for outcome in outcomes}


class Failing(Account):
    """An account whose writes raise."""

    def __init__(self, error: Callable[[], ReconcilerError]) -> None:
        super().__init__()
        self._error = error
        self.tries = 0

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        self.tries += 1
        raise self._error()


class TestFailures:
    """One failure holds up only what needs it."""

    def test_dependents_are_skipped_and_say_why(self) -> None:
        """Through the whole chain; what is independent goes on."""
        world = World(Account(broken={BOX}))
        wanted = desired(MAIL)
        found = run(world.plan(wanted), world.account, wanted)
        assert {address: outcome.status for address, outcome in found.items()} == {
            BOX: Status.FAILED,
            SALES: Status.SKIPPED,
            "alias/chain@example.org": Status.SKIPPED,
            OTHER: Status.DONE,
        }
        assert found[SALES].detail == f"It needs {BOX}, which failed."
        assert found["alias/chain@example.org"].detail == f"It needs {SALES}, which was skipped."

    def test_what_is_still_referred_to_isnt_deleted(self) -> None:
        """The alias that should have let go first failed to."""
        world = World().own(MAIL)
        world.account.broken = {"alias/chain@example.org"}
        wanted = desired({OTHER: MAIL[OTHER]}, tombstones(BOX))
        found = run(world.plan(wanted), world.account, wanted)
        assert found[SALES].detail == "It needs alias/chain@example.org, which failed."
        assert found[BOX].status is Status.SKIPPED
        assert BOX in world.account.state

    def test_a_zone_that_fails_holds_up_its_records_and_no_other(self) -> None:
        """All of them, because they are one batch."""
        wanted = desired(
            {f"{k}/{z}": fields() for z in ("a.example", "b.example") for k in ("zone",)}
            | {f"record/{z}/{n}/A": a() for z in ("a.example", "b.example") for n in ("www", "mail")}
        )
        world = World(Account(broken={"zone/a.example"}))
        found = run(world.plan(wanted), world.account, wanted)
        statuses = {address: outcome.status for address, outcome in found.items() if address.startswith("record/")}
        assert {s for address, s in statuses.items() if "/a.example/" in address} == {Status.SKIPPED}
        assert {s for address, s in statuses.items() if "/b.example/" in address} == {Status.DONE}

    def test_a_conflict_is_told_as_one(self) -> None:
        """Live was no longer as planned."""
        world = World().own(MAIL)
        wanted = desired({**MAIL, OTHER: fields(targets=("y@example.net",))})
        plan = world.plan(wanted)
        world.account.hold(OTHER, fields(targets=("z@example.net",)))
        assert run(plan, world.account, wanted)[OTHER].status is Status.CONFLICT

    def test_an_account_that_raises_fails_the_batch_and_not_the_run(self) -> None:
        """The next batch is tried, because the network may be back."""
        account = Failing(lambda: AccountError("The network is down."))
        wanted = desired(MAIL)
        found = run(World(account).plan(wanted), account, wanted)
        assert found[OTHER].detail == "The network is down."
        assert {outcome.status for outcome in found.values()} == {Status.FAILED, Status.SKIPPED}
        assert account.tries == 2

    def test_what_to_do_about_a_failure_stands_with_it(self) -> None:
        """Nobody reads the help of an error that has become an outcome."""
        account = Failing(lambda: AccountError("It is down.", "Plug it in."))
        wanted = desired({OTHER: MAIL[OTHER]})
        assert run(World(account).plan(wanted), account, wanted)[OTHER].detail == "It is down. Plug it in."

    def test_refused_credentials_stop_everything(self) -> None:
        """They would be refused at every batch, and accounts are locked for less."""
        account = Failing(lambda: AuthenticationError("The password was refused."))
        wanted = desired(MAIL)
        found = run(World(account).plan(wanted), account, wanted)
        assert account.tries == 1
        assert {outcome.detail for outcome in found.values()} == {"The password was refused."}

    def test_an_account_that_cant_be_made_ready_skips_everything(self) -> None:
        """With the reason, and without a single write."""

        class Unready(Account):
            def prepare(self, domains: frozenset[str]) -> None:
                raise AccountError("The disk is full.")

        account = Unready()
        wanted = desired(MAIL)
        found = run(World(account).plan(wanted), account, wanted)
        assert {(o.status, o.detail) for o in found.values()} == {(Status.SKIPPED, "The disk is full.")}
        assert not account.written

    def test_an_account_that_answers_wrongly_fails_the_batch(self) -> None:
        """Nobody knows which answer belongs to which write."""

        class Silent(Account):
            def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
                return ()

        account = Silent()
        wanted = desired({OTHER: MAIL[OTHER]})
        found = run(World(account).plan(wanted), account, wanted)
        assert found[OTHER].status is Status.FAILED
        assert "0 answers to 1 writes" in found[OTHER].detail


class TestWrites:
    """What is sent is bound to what was planned."""

    def test_moves_and_forgets_need_no_write(self) -> None:
        """They are done by being recorded."""
        world = World().own({"contact/erika": contact("e@example.org"), "notification/newsletter": fields(channels=())})
        wanted = desired({"contact/em": contact("e@example.org")})
        written = len(world.account.written)
        found = run(world.plan(wanted), world.account, wanted)
        assert {outcome.status for outcome in found.values()} == {Status.DONE}
        assert len(world.account.written) == written
        assert found["contact/em"].live_id == "1"

    def test_keys_are_made_of_nonce_and_seal(self) -> None:
        """The same change of the same apply has one key; another apply has others."""
        world = World()
        wanted = desired(MAIL)
        plan = world.plan(wanted)
        run(plan, world.account, wanted, "one")
        assert {write.address: write.key for write in world.account.written} == idempotency_keys(plan, "one")
        assert set(idempotency_keys(plan, "one").values()).isdisjoint(idempotency_keys(plan, "two").values())
        assert len(set(idempotency_keys(plan, "one").values())) == len(MAIL)

    def test_an_update_is_bound_to_value_version_and_id(self) -> None:
        """So that the account can refuse it when they are no longer true."""
        world = World().own({"contact/erika": contact("e@example.org")})
        wanted = desired({"contact/erika": contact("e@example.org", name="Erna")})
        run(world.plan(wanted), world.account, wanted)
        write = world.account.written[-1]
        assert (write.before, write.version, write.live_id) == (contact("e@example.org"), "1", "1")

    def test_the_reason_comes_with_the_write_and_is_no_change_of_its_own(self) -> None:
        """An account may keep why an entry is as it is; another reason for the same entry is nothing to do."""
        world = World()
        wanted = desired(MAIL, metas={BOX: Meta(reason="info desk")})
        run(world.plan(wanted), world.account, wanted)
        reasons = {write.address: write.reason for write in world.account.written}
        assert (reasons[BOX], reasons[SALES]) == ("info desk", "")
        world.carry_out(world.plan(wanted), wanted)
        assert not world.plan(desired(MAIL, metas={BOX: Meta(reason="reception")})).changes

    def test_only_needed_secrets_are_resolved_and_sent(self) -> None:
        """Those of what is created, and those whose version changed."""
        world = World().own({BOX: mailbox(name="One"), "mailbox/n@example.org": mailbox()})
        state: State = {
            BOX: mailbox(name="Two"),
            "mailbox/n@example.org": mailbox(2),
            "mailbox/new@example.org": mailbox(),
        }
        wanted = desired(state)
        plan = world.plan(wanted)
        assert needed_secrets(plan, wanted.secrets).keys() == {
            ("mailbox/n@example.org", "password"),
            ("mailbox/new@example.org", "password"),
        }
        assert not needed_secrets(world.plan(desired({}, tombstones(*state))), wanted.secrets)

    def test_a_missing_secret_is_found_before_anything_is_written(self) -> None:
        """It is our own fault, and must not leave half an apply."""
        world = World()
        wanted = desired(MAIL)
        with pytest.raises(KeyError):
            execute(world.plan(wanted), world.account, wanted, {}, "nonce", lambda _: None)
        assert not world.account.written
