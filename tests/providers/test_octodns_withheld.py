"""A zone of ours that octoDNS's provider doesn't show any more: withheld, never gone until somebody says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from inside import Inside
from nameservers import Bind
from nameservers.process import run
from program import Finished
from providers import faulty
from providers.bridged import access, access_of, account_of, key_of, settings_of, value, write
from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError
from reconciler.model.outcome import Status
from reconciler.model.state import Live
from reconciler.ports import Scope
from reconciler.providers._provider import Access
from reconciler.providers.octodns_bridge import PROVIDER

A = value("A", 300, "192.0.2.1")
WWW = "www: {type: A, value: 192.0.2.1}\n"
ACCEPTED = ("--accept-empty", "zone", "--reason", "moved")


@pytest.fixture(autouse=True)
def held() -> Iterator[None]:
    """Nothing is left of the test before in what providers hold in this process."""
    faulty.HELD.clear()
    faulty.HELD["z.test."] = dict(faulty.NS)
    yield


def read(opened: Access, *declared: str, owned: tuple[str, ...] = ()) -> Live:
    """Return what is read of zones that are declared, and of those that are ours."""
    return PROVIDER.open_reader(opened).read(Scope(zones=frozenset(declared), owned=frozenset(owned)))


def answering(cls: str, **statuses: str) -> Access:
    """Return a provider in this process that answers HTTP statuses for zones below ``test``."""
    deep = {f"{name}.test.": status for name, status in statuses.items()}
    options = {"token": {"secret": "env/T"}, "deep": deep}
    return access({"type": "octodns", "class": f"providers.faulty.{cls}", "options": options}, token="canary")


def change(bind: Bind, zone: str, rights: str) -> None:
    """Change what a zone lets whom do."""
    file = f'type primary; file "{zone}.zone";'
    run([*bind.control, "modzone", zone, f"{{ {file} {rights} }};"])


class TestReading:
    """What is withheld, and what stays an error for all."""

    def test_gone_from_the_server(self, bind: Bind, zone: str) -> None:
        """It isn't proven to be gone, the server's word is told, and the zones beside it are proven all the same."""
        bind.add_zone(zone)
        live = read(access_of(bind), zone, owned=(zone, f"no-{zone}"))
        assert live.complete == {f"record/{zone}"}
        assert live.withheld.keys() == {f"record/no-{zone}"}
        assert "NOTAUTH" in live.withheld[f"record/no-{zone}"]

    def test_refused_by_the_server(self, bind: Bind, zone: str) -> None:
        """A zone of ours that the key may not transfer is withheld; one that isn't ours is an error, not absent."""
        bind.add_zone(zone)
        change(bind, zone, "allow-transfer { none; };")
        assert "REFUSED" in read(access_of(bind), owned=(zone,)).withheld[f"record/{zone}"]
        with pytest.raises(AccountError, match="REFUSED") as caught:
            read(access_of(bind), zone)
        assert "look at the provider" in caught.value.help

    def test_a_wrong_key(self, bind: Bind, zone: str) -> None:
        """Is an error for all, whatever is ours, and says where to look."""
        bind.add_zone(zone)
        wrong = access(settings_of(bind), key_secret="d3Jvbmctb25lLXdyb25nLW9uZS13cm9uZy1vbmU=")
        with pytest.raises(AuthenticationError) as caught:
            read(wrong, owned=(zone, f"no-{zone}"))
        assert "Check its credentials" in caught.value.help

    def test_nobody_answers(self, bind: Bind, zone: str) -> None:
        """Is an error for all."""
        settings = settings_of(bind)
        settings["options"] = {**settings["options"], "port": "9"}
        with pytest.raises(AccountError):
            read(access(settings, key_secret=key_of(bind)), owned=(zone,))

    def test_over_http(self) -> None:
        """404 of one zone is about that zone: withheld where it is ours, absent where it is nobody's."""
        live = read(answering("Answering", gone="404", new="404"), "z.test", "new.test", owned=("gone.test",))
        assert live.withheld.keys() == {"record/gone.test"}
        assert live.complete == {"record/z.test", "record/new.test"}
        assert live.state.keys() == {"zone/z.test", "record/z.test/@/NS"}

    @pytest.mark.parametrize(("status", "sort"), [("500", AccountError), ("403", AuthenticationError)])
    def test_what_fails_otherwise(self, status: str, sort: type[Exception]) -> None:
        """Is an error for all, which names the withheld zones too; nothing of it is withheld."""
        with pytest.raises(sort, match=r"2 zones(.|\n)*bad\.test(.|\n)*gone\.test") as caught:
            read(answering("Answering", gone="404", bad=status), owned=("gone.test", "bad.test", "z.test"))
        assert "canary" not in str(caught.value)

    def test_listed_and_not_shown(self) -> None:
        """What is listed isn't gone, whatever else is said of it."""
        with pytest.raises(IncompleteReadError, match=r"AnsweringListing lists it\.") as caught:
            read(answering("AnsweringListing", gone="404"), owned=("gone.test",))
        assert caught.value.help


class TestWriting:
    """An answer to a write says what to do about it."""

    def test_the_zone_is_gone(self, bind: Bind, zone: str) -> None:
        """What can't be looked at isn't written."""
        answer = write(bind, zone, {("www", "A"): (None, A)})["www", "A"]
        assert (answer.status, "NOTAUTH" in answer.detail) == (Status.FAILED, True)
        assert answer.detail.endswith("else look at the provider, and try again.")

    def test_no_right_to_update(self, bind: Bind, zone: str) -> None:
        """The server's word, and where more is to be found."""
        bind.add_zone(zone)
        change(bind, zone, "allow-update { none; };")
        answer = write(bind, zone, {("www", "A"): (None, A)})["www", "A"]
        assert (answer.status, "REFUSED" in answer.detail) == (Status.FAILED, True)
        assert "whether our credentials may change the zone" in answer.detail
        assert bind.dump(zone).keys() == {("@", "NS")}


@dataclass(frozen=True)
class Story:
    """An account with two zones that are ours, of which the server has lost the first."""

    folder: Path
    server: Bind
    lost: str
    kept: str
    run: Inside

    def declare(self, zone: str, text: str) -> None:
        """Write a zone's file."""
        (self.folder / "zones" / f"{zone}.yaml").write_text(text)

    def applied(self, *more: str) -> Finished:
        """Apply, which must go well."""
        done = self.run("apply", "--auto-approve", *more)
        assert (done.code, done.err) == (0, ""), done.out + done.err
        return done


@pytest.fixture
def story(bind: Bind, zone: str, tmp_path: Path) -> Story:
    """Both zones applied, then one removed on the server, and a change declared in the other."""
    one = Story(tmp_path, bind, f"a-{zone}", f"b-{zone}", Inside(tmp_path, {"KEY": key_of(bind)}))
    (tmp_path / "account.yaml").write_text(account_of(bind))
    (tmp_path / "zones").mkdir()
    for name in (one.lost, one.kept):
        bind.add_zone(name, "hand 300 A 192.0.2.9")
        one.declare(name, WWW)
    one.applied()
    bind.remove_zone(one.lost)
    one.declare(one.kept, f"{WWW}new: {{type: A, value: 192.0.2.2}}\n")
    return one


class TestRuns:
    """The program after a zone was removed on the server."""

    def test_nothing_is_concluded(self, story: Story) -> None:
        """Declared or named under ``removed:``, the plan ends with exit 1, the server's word and the way out."""
        for removed in ("", f"removed: {{zone/{story.lost}: {{reason: moved, keep: true}}}}\n"):
            if removed:
                (story.folder / "zones" / f"{story.lost}.yaml").unlink()
                (story.folder / "gone.yaml").write_text(removed)
            planned = story.run("plan")
            said = " ".join(planned.err.split())
            assert planned.code == 1
            assert f"not read completely: record/{story.lost}, zone." in said
            assert f"The zone {story.lost} can't be read by octodns_bind.Rfc2136Provider" in said
            assert "NOTAUTH" in said
            assert "--accept-empty zone --reason TEXT" in said
            assert story.run("apply", "--auto-approve").code == 1
        assert ("new", "A") not in story.server.dump(story.kept)

    @pytest.mark.parametrize("keep", ["", ", keep: true"])
    def test_removed_for_good(self, story: Story, keep: str) -> None:
        """Who says so gets on: the lost zone is ours no more, and the other gets its change and nothing else."""
        (story.folder / "zones" / f"{story.lost}.yaml").unlink()
        (story.folder / "gone.yaml").write_text(f"removed: {{zone/{story.lost}: {{reason: moved{keep}}}}}\n")
        planned = story.run("plan", *ACCEPTED)
        assert (planned.code, "Plan: 1 to add, 0 to change, 0 to destroy." in planned.out) == (0, True), planned
        story.applied(*ACCEPTED)
        assert story.server.dump(story.kept).keys() == {("@", "NS"), ("www", "A"), ("hand", "A"), ("new", "A")}
        assert "No changes." in story.run("plan").out

    def test_still_declared(self, story: Story) -> None:
        """Then the lost zone is drift, which octoDNS can't make again; the other gets its change, and stays ours."""
        story.applied(*ACCEPTED)
        assert ("new", "A") in story.server.dump(story.kept)
        again = story.run("plan", "--include-drift", *ACCEPTED)
        assert (again.code, "octoDNS makes no zones" in again.out) == (3, True), again
        assert story.run("plan").code == 1
        story.server.add_zone(story.lost)
        repaired = story.applied("--include-drift")
        assert f"record/{story.lost}/www/A: created" in repaired.out
        assert story.server.dump(story.lost).keys() == {("@", "NS"), ("www", "A")}
