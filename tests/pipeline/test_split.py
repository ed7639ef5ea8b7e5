"""An account on several providers as its users meet it: one plan, one record, and one that fails confuses nobody."""

import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from program import Cli, Finished, Repository
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Options
from reconciler.pipeline import applying, planning
from reconciler.pipeline.session import Applied, Session
from reconciler.store.account import Store

FILES = {
    "account.yaml": (
        "version: 1\naccount: K-104711\nproviders:\n"
        "  default: {type: embedded, path: account.db}\n"
        "  dns: {type: embedded, path: dns/dns.db}\n"
    ),
    "mail.yaml": "mail:\n  example.org:\n    aliases:\n      sales: [partner@example.net]\n",
    "contacts.yaml": "contacts:\n  erika: {name: Erika, email: erika@example.org, may: [authorise]}\n",
    "zones/example.org.yaml": "www: {type: A, value: 203.0.113.10}\nmail: {type: A, value: 203.0.113.11}\n",
}
NEXT = {
    "mail.yaml": FILES["mail.yaml"].replace("partner", "other"),
    "zones/example.org.yaml": FILES["zones/example.org.yaml"].replace("203.0.113.1", "203.0.113.2"),
}


class Split:
    """An account whose DNS has a provider of its own."""

    def __init__(self, cli: Cli, repo: Repository) -> None:
        self.repo, self.path, self._cli = repo, repo.path, cli
        (repo.path / "dns").mkdir()
        repo.commit("Begin", FILES)
        self.default, self.dns = repo.path / "account.db", repo.path / "dns" / "dns.db"

    def __call__(self, *args: str) -> Finished:
        """Run the program."""
        return self._cli(*args, cwd=self.path)

    @property
    def session(self) -> Session:
        """A run in this process."""
        return Session(self.path, {}, SystemClock())

    def apply_here(self, progress: Callable[[Outcome], None] = lambda _: None) -> Applied:
        """Plan and apply in this process, telling ``progress``."""
        return applying.apply(self.session, planning.plan(self.session, Options()), Approval(), progress)

    def applied(self) -> "Split":
        """Apply what is declared, all of it, and leave no file open."""
        done = self.apply_here()
        assert all(outcome.status is Status.DONE for outcome in done.outcomes), done.outcomes
        assert done.proof.is_whole
        return self

    def live(self, address: str) -> str:
        """Return what the account of an address's kind holds there."""
        store = Store(self.dns if kind_of(address) in ("zone", "record") else self.default)
        contents = store.read()
        assert contents is not None
        return str(KINDS[kind_of(address)].show(contents.state[address]))

    def receipts(self) -> list[str]:
        """Return the subjects of the record's commits, the newest first."""
        return self.repo.git("log", "--first-parent", "--format=%s", "reconciler/K-104711").splitlines()

    def is_clean(self) -> bool:
        """Tell whether nothing is left to do, nothing drifted, and the record says so."""
        plan = planning.plan(self.session, Options()).plan
        return not (plan.changes or plan.drift or plan.refused or plan.notes)


@pytest.fixture
def account(cli: Cli, repo: Repository) -> Split:
    """The account, not yet applied."""
    return Split(cli, repo)


class TestTogether:
    """Two embedded accounts, one plan, one record."""

    def test_one_plan_one_record_and_each_account_holds_its_own(self, account: Split) -> None:
        """The head of the plan names both; git sees neither file."""
        plan = account("plan")
        assert "embedded:account.db, dns: embedded:dns/dns.db" in plan.out
        account.applied()
        assert len(account.receipts()) == 3
        assert account.is_clean()
        assert account.repo.git("status", "--porcelain") == ""
        default, dns = Store(account.default).read(), Store(account.dns).read()
        assert default is not None
        assert dns is not None
        kinds = {kind_of(address) for address in default.state.keys() - dns.state.keys()}
        assert kinds == {"alias", "contact"}
        assert {kind_of(address) for address in dns.state.keys() - default.state.keys()} == {"zone", "record"}

    def test_programs_are_told_where_each_section_is(self, account: Split) -> None:
        """In the plan and in the receipt; `origin` stays the default's."""
        found = json.loads(account("plan", "--json").out)
        assert (found["origin"], found["origins"]) == ("embedded:account.db", {"dns": "embedded:dns/dns.db"})
        account.applied()
        receipt = json.loads(account.repo.git("show", "reconciler/K-104711:receipt.json"))
        assert receipt["origin"] == "embedded:account.db"
        assert receipt["origins"] == {"zone": "embedded:dns/dns.db", "record": "embedded:dns/dns.db"}

    def test_changes_by_hand_go_to_the_account_of_their_kind(self, account: Split) -> None:
        """And are drift there."""
        account.applied()
        assert account("account", "set", "record/example.org/www/A", "value=203.0.113.99").code == 0
        assert account("account", "delete", "alias/sales@example.org").code == 0
        drift = account("drift")
        assert (drift.code, "record/example.org/www/A" in drift.out, "alias/sales" in drift.out) == (2, True, True)
        assert "203.0.113.99" in account.live("record/example.org/www/A")
        assert account("apply", "--auto-approve", "--include-drift").code == 0
        assert account.is_clean()

    def test_what_the_account_knows_by_its_own_id_lies_with_what_refers_to_it(self, account: Split) -> None:
        """No account knows the contacts of another one, so this is told before anything is written."""
        text = FILES["account.yaml"] + "  contacts: {type: embedded, path: people.db}\n"
        billing = "billing:\n  invoice: {by: email, to: bill@example.net, contact: erika}\n"
        account.repo.commit("People elsewhere", {"account.yaml": text, "billing.yaml": billing})
        plan = account("plan")
        assert (plan.code, "error[reference-elsewhere]" in plan.err, "billing.yaml:" in plan.err) == (1, True, True)
        assert "Give `billing` and `contacts` the same provider" in plan.err
        account.repo.write({"account.yaml": text + "  billing: {type: embedded, path: people.db}\n"})
        account.applied()
        assert account.is_clean()

    def test_a_saved_plan_is_bound_to_where_each_section_is(self, account: Split) -> None:
        """Pointing DNS elsewhere makes it stale."""
        assert account("plan", "--out", "plan.json").code == 0
        moved = FILES["account.yaml"].replace("dns/dns.db", "dns/other.db")
        account.repo.write({"account.yaml": moved})
        stale = account("apply", "plan.json")
        assert (stale.code, "the place of the account changed" in stale.err) == (4, True)
        assert not account.default.exists()

    def test_init_reads_all_that_account_yaml_names(self, account: Split) -> None:
        """And proves that the first plan over what it wrote is empty."""
        account.applied()
        for name in ("mail.yaml", "contacts.yaml", "zones/example.org.yaml"):
            (account.path / name).unlink()
        done = account("init")
        assert done.code == 0, done.out + done.err
        assert "No changes." in done.out
        assert "203.0.113.10" in (account.path / "zones" / "example.org.yaml").read_text()
        assert "partner@example.net" in (account.path / "mail.yaml").read_text()

    def test_a_section_that_moves_to_an_empty_account_is_not_lost_silently(self, account: Split) -> None:
        """What was applied of it isn't there: drift, or a refusal where it is much."""
        zone = "".join(f"h{n}: {{type: A, value: 203.0.113.{n}}}\n" for n in range(1, 6))
        account.repo.commit("More", {"zones/example.org.yaml": zone})
        account.applied()
        moved = FILES["account.yaml"].replace("dns/dns.db", "dns/new.db")
        account.repo.commit("Elsewhere", {"account.yaml": moved})
        plan = account("plan")
        assert (plan.code, "none at all of what we own" in plan.err) == (1, True)


def read_only(account: Split) -> Callable[[], None]:
    account.dns.chmod(stat.S_IRUSR)
    return lambda: account.dns.chmod(0o600)


def damaged(account: Split) -> Callable[[], None]:
    good = account.dns.read_bytes()
    account.dns.write_bytes(b"nothing of an account " * 400)
    return lambda: [account.dns.write_bytes(good), None][1]


def foreign(account: Split) -> Callable[[], None]:
    good = account.dns.read_bytes()
    with closing(sqlite3.connect(account.dns)) as file, file:
        file.execute("UPDATE account SET number = 'K-2'")
    return lambda: [account.dns.write_bytes(good), None][1]


def missing_folder(account: Split) -> Callable[[], None]:
    account.dns.parent.rename(account.path / "away")
    return lambda: [(account.path / "away").rename(account.dns.parent), None][1]


def held(account: Split) -> Callable[[], None]:
    other = sqlite3.connect(account.dns, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other.close


class TestOneFails:
    """What is wrong with the account of DNS is nothing to the other one, and nobody takes it for empty."""

    @pytest.mark.parametrize(
        ("break_it", "plan_code", "apply_code"),
        [(read_only, 0, 1), (damaged, 1, 1), (foreign, 3, 3), (missing_folder, 1, 1), (held, 0, 1)],
    )
    def test_what_cannot_be_used_stops_an_apply_that_needs_it(
        self, account: Split, break_it: Callable[[Split], Callable[[], None]], plan_code: int, apply_code: int
    ) -> None:
        """It is named, nothing is written anywhere, and once mended the apply does everything."""
        account.applied()
        account.repo.commit("Next", NEXT)
        before, receipts = account.live("alias/sales@example.org"), account.receipts()
        mend = break_it(account)
        plan = account("plan")
        assert (plan.code, "Provider `dns`" in plan.err) == (plan_code, plan_code != 0), plan.err
        done = account("apply", "--auto-approve")
        assert (done.code, "Provider `dns`" in done.err) == (apply_code, True), done.out + done.err
        assert (account.live("alias/sales@example.org"), account.receipts()) == (before, receipts)
        mend()
        account.applied()
        assert account.is_clean()

    @pytest.mark.parametrize("break_it", [read_only, held])
    def test_who_is_not_needed_hinders_nobody(
        self, account: Split, break_it: Callable[[Split], Callable[[], None]]
    ) -> None:
        """A plan that changes mail only is applied while the account of DNS can't be written."""
        account.applied()
        account.repo.commit("Next", {"mail.yaml": NEXT["mail.yaml"]})
        mend = break_it(account)
        account.applied()
        mend()
        assert account.is_clean()

    def test_all_failures_are_told_at_once(self, account: Split) -> None:
        """Each by its provider, with what it holds."""
        account.applied()
        damaged(account)
        account.default.write_bytes(b"neither " * 1000)
        plan = account("plan")
        assert plan.code == 1
        assert "Provider `default` (mail, " in plan.err
        assert "Provider `dns`" in plan.err

    def test_one_spelling_for_one_file(self, account: Split) -> None:
        """Two providers that are one account are refused, before anything is read."""
        again = FILES["account.yaml"].replace("dns/dns.db", "./account.db")
        account.repo.write({"account.yaml": again})
        plan = account("plan")
        assert (plan.code, "are the same account, differently spelt" in plan.err) == (1, True)


#: Statements that make the account of DNS refuse: to be made ready, to change, to delete.
REFUSING = {
    "prepare": "CREATE TRIGGER refuse BEFORE INSERT ON domain BEGIN SELECT RAISE(ABORT, 'no'); END",
    "write": "CREATE TRIGGER refuse BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'no'); END",
}


@contextmanager
def refusing(path: Path, what: str) -> Iterator[None]:
    """Make an account refuse something."""
    with closing(sqlite3.connect(path)) as file:
        file.execute(REFUSING[what])
        yield
        file.execute("DROP TRIGGER refuse")


TWO_ZONES = {
    **NEXT,
    "zones/example.info.yaml": "www: {type: A, value: 203.0.113.10}\n",
    "zones/example.com.yaml": "www: {type: A, value: 203.0.113.10}\n",
}


class TestHalfWay:
    """The account of DNS fails in the middle of an apply."""

    def converges(self, account: Split) -> None:
        account.applied()
        assert account.is_clean()
        assert "203.0.113.20" in account.live("record/example.org/www/A")

    def test_it_cannot_be_made_ready(self, account: Split) -> None:
        """Its changes are skipped, the others are carried out and recorded, and a second apply does the rest."""
        account.applied()
        account.repo.commit("Next", TWO_ZONES)
        with refusing(account.dns, "prepare"):
            done = account("apply", "--auto-approve")
        assert done.code == 6, done.out + done.err
        assert "record/example.org/www/A: skipped: Provider `dns`:" in done.out
        assert "alias/sales@example.org: updated" in done.out
        assert "other@example.net" in account.live("alias/sales@example.org")
        assert "203.0.113.10" in account.live("record/example.org/www/A")
        assert len(account.receipts()) == 5
        self.converges(account)

    @pytest.mark.parametrize("after", [0, 2, 4])
    def test_it_refuses_from_the_kth_change_on(self, account: Split, after: int) -> None:
        """What it did before is recorded as done, what it refused as not done; the other never notices."""
        account.applied()
        account.repo.commit("Next", TWO_ZONES)
        done: list[Outcome] = []
        file = sqlite3.connect(account.dns, isolation_level=None)
        if after == 0:
            file.execute(REFUSING["write"])

        def progress(outcome: Outcome) -> None:
            done.append(outcome)
            if len(done) == after:
                file.execute(REFUSING["write"])

        applied = account.apply_here(progress)
        file.execute("DROP TRIGGER refuse")
        file.close()
        dns = [o for o in applied.outcomes if o.change.address.startswith(("zone", "record"))]
        mail = [o for o in applied.outcomes if o not in dns]
        assert {(outcome.status, outcome.detail) for outcome in mail} == {(Status.DONE, "")}
        assert (Status.FAILED if after else Status.SKIPPED) in {outcome.status for outcome in dns}
        assert applied.proof.is_whole
        assert applied.receipt is not None
        recorded = {step.address: step.status for step in applied.receipt.steps}
        assert recorded == {outcome.change.address: outcome.status for outcome in applied.outcomes}
        self.converges(account)

    @pytest.mark.parametrize("dies", ["damaged", "foreign", "gone"])
    def test_it_cannot_be_read_back(self, account: Split, dies: str) -> None:
        """What the other did is proven, what DNS did isn't, and nothing raises; mended, all was done."""
        account.applied()
        account.repo.commit("Next", NEXT)
        planned, seen, mends = planning.plan(account.session, Options()), [], []

        def progress(outcome: Outcome) -> None:
            seen.append(outcome)
            if len(seen) == len(planned.plan.changes):
                checkpoint(account.dns)
                mends.append(DYING[dies](account))

        applied = applying.apply(account.session, planned, Approval(), progress)
        assert all(outcome.status is Status.DONE for outcome in applied.outcomes)
        assert applied.proof.unproven.keys() == {f"record/example.org/{name}/A" for name in ("mail", "www")}
        assert (applied.proof.remaining, applied.receipt is not None) == ((), True)
        mends[0]()
        self.converges(account)


def checkpoint(path: Path) -> None:
    """Bring everything that was written into the file itself."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


DYING = {"damaged": damaged, "foreign": foreign, "gone": missing_folder}
