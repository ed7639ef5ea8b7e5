"""A later plan over HTTP: the record stands for what people entered while the account says that it didn't change.

Whatever was done to the files or the account since, the plan says what one says that reads everything.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inside import Inside
from reconciler.kinds import KINDS
from reconciler.model.fields import Fields
from reconciler.planner.agreeing import LOOKED_AT
from service.serving import Served, serving

BOX = "mailbox/info@example.org"


@dataclass
class World:
    """An account that is served and was adopted: a zone, two mailboxes, an alias, a contact, an FTP account."""

    served: Served
    run: Inside

    def plan(self, *args: str, **env: str) -> dict[str, Any]:
        """Plan, and return what is said, but for how the account was read."""
        self.served.lines.clear()
        done = self.run("plan", "--json", *args, **env)
        assert done.code in (0, 3), done.err
        said: dict[str, Any] = json.loads(done.out)
        self.read = said.pop("read", "")
        return said

    def asked(self, path: str) -> list[int]:
        """Return how each question for a collection was answered in the last plan."""
        return [line.status for line in self.served.lines if line.asked == f"GET /v1/{path}"]

    def edit(self, file: str, old: str, new: str) -> None:
        """Change one text in a file."""
        path = self.run.folder / file
        text = path.read_text("utf-8")
        assert old in text, text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def by_hand(self, address: str, **changes: Any) -> None:
        """Change a mailbox in the account."""
        account = self.served.account
        contents = account.store.read()
        assert contents is not None
        before = contents.state[address]
        assert isinstance(before, Fields)
        account.done(account.update(address, before, before.replaced(**changes)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Everything is as declared and recorded, and a plan has seen it."""
    with serving(tmp_path / "account.db") as served:
        account = served.account
        account.done(
            account.create("zone/example.org"),
            account.create("record/example.org/www/A", ttl=60, values=["192.0.2.1"]),
            account.create(BOX, {"password": "Kanarienvogel-7"}, name="Information desk"),
            account.create("mailbox/erika@example.org", {"password": "Kanarienvogel-8"}, forward_to=["x@example.net"]),
            account.create("alias/sales@example.org", targets=["info"]),
            account.create("ftp_account/shop", {"password": "Kanarienvogel-9"}, login="shop-deploy", home="/shop"),
            account.create("contact/erika", name="Erika", email="erika@example.org", may=["speak", "authorise"]),
            account.create("contact/max", name="Max", email="max@example.org"),
        )
        folder = tmp_path / "mine"
        folder.mkdir()
        run = Inside(folder, {"TOKEN": served.token, "RECONCILER_CACHE": str(tmp_path / "cache")})
        done = run("init", "--url", served.url, "--token", "env/TOKEN")
        assert done.code == 0, done.err
        assert run("apply", "--auto-approve").code == 0
        made = World(served, run)
        made.plan()
        yield made


def _nothing(world: World) -> None:
    return


def _drift(world: World) -> None:
    world.by_hand(BOX, quota=2**31)


def _same_as_before(world: World) -> None:
    world.by_hand(BOX, quota=2**31)
    world.by_hand(BOX, quota=2**30)


def _declared_anew(world: World) -> None:
    world.edit("mail.yaml", "name: Information desk", "name: Front desk")


def _declared_as_it_is(world: World) -> None:
    world.edit("mail.yaml", "name: Information desk", "name: Information desk\n        quota: 1 GiB")


def _no_longer_declared(world: World) -> None:
    world.edit("mail.yaml", "        name: Information desk\n", "")


def _unmanaged(world: World) -> None:
    account = world.served.account
    account.done(account.create("mailbox/new@example.org", {"password": "Kanarienvogel-6"}))


def _gone(world: World) -> None:
    account = world.served.account
    contents = account.store.read()
    assert contents is not None
    account.done(account.delete("alias/sales@example.org", contents.state["alias/sales@example.org"]))


def _record(world: World) -> None:
    account = world.served.account
    account.done(account.create("record/example.org/new/A", ttl=60, values=["192.0.2.2"]))
    world.edit("zones/example.org.yaml", "192.0.2.1", "192.0.2.9")


def _a_secret_raised(world: World) -> None:
    world.edit("ftp_accounts.yaml", "version: 1", "version: 2")


def _a_contact_of_less_rights(world: World) -> None:
    world.by_hand("contact/~2", may=("speak",))


def _a_contact_with_all_that_is_said(world: World) -> None:
    world.edit("contacts.yaml", "may: [authorise, speak]", "may: [authorise, speak]\n    scope: internal")


HISTORIES: dict[str, tuple[Callable[[World], None], ...]] = {
    "nothing": (_nothing, _nothing),
    "by hand": (_drift, _nothing, _same_as_before, _nothing),
    "in the files": (_declared_anew, _nothing, _drift),
    "more fields": (_declared_as_it_is, _nothing),
    "fewer fields": (_no_longer_declared, _a_secret_raised),
    "more and less": (_unmanaged, _nothing, _gone, _nothing),
    "record sets": (_record, _nothing, _unmanaged),
    "rights": (_a_contact_of_less_rights, _nothing, _record),
    "all that is said": (_a_contact_with_all_that_is_said, _nothing, _record),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_the_plan_is_that_of_a_run_which_reads_everything(world: World, history: str) -> None:
    """After every step, word for word but for how it was read."""
    for step in HISTORIES[history]:
        step(world)
        assert world.plan() == world.plan("--full", RECONCILER_CACHE="off")


def test_where_nothing_changed_each_collection_is_asked_once(world: World) -> None:
    """By its mark; what people entered isn't sent again. Read is what nobody declared."""
    assert world.plan()["changes"] == []
    kinds = ("mailbox", "alias", "mail_domain", "ftp_account", "notification", "contact", "whitelist_entry", "zone")
    assert {kind: world.asked(f"settings/{kind}") for kind in kinds} == {kind: [304] for kind in kinds}
    others = ("password", "address", "billing")
    assert {kind: world.asked(f"settings/{kind}") for kind in others} == {kind: [200] for kind in others}
    assert world.asked("requests") == [304]
    assert not world.asked("settings/record")
    assert "1 of 1 zones and 7 kinds unchanged by ETag" in world.read


def test_what_the_files_change_is_read_at_once(world: World) -> None:
    """And not first proven to be as it was."""
    _declared_anew(world)
    world.plan()
    assert world.asked("settings/mailbox") == [200]


def test_nothing_private_is_looked_at_where_nothing_changes() -> None:
    """So that what the record doesn't say of it may be kept."""
    for kind, fields in LOOKED_AT.items():
        assert not fields & (KINDS[kind].private_fields | KINDS[kind].secret_fields | {KINDS[kind].natural_key})


def test_what_only_record_sets_change_leaves_the_rest_unread(world: World) -> None:
    """The record stands for the mailboxes also then."""
    _record(world)
    assert world.plan()["changes"] != []
    assert world.asked("settings/mailbox") == [304]


def test_an_apply_after_it_writes_what_it_should(world: World) -> None:
    """With the account's own marks, which the record doesn't have; afterwards the record stands again."""
    _declared_anew(world)
    assert world.run("apply", "--auto-approve").code == 0
    assert world.plan() == world.plan("--full", RECONCILER_CACHE="off")
    world.plan()
    assert world.asked("settings/mailbox") == [304]


def test_the_cache_has_nothing_that_people_entered(world: World) -> None:
    """Neither secrets nor names; not even the addresses of mailboxes."""
    cache = Path(world.run.environ["RECONCILER_CACHE"])
    kept = b"".join(path.read_bytes() for path in cache.rglob("*") if path.is_file())
    words = (b"Kanarienvogel", b"Erika", b"erika", b"Information", b"info@", b"sales", b"x@example.net", b"/shop")
    assert b"agreed" in kept
    assert not [word for word in words if word in kept]
