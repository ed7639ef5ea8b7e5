"""`previously:`: which address it names, and what can't be true at once."""

import pytest

from load.written import codes, errors, load, the_error
from reconciler.kinds import KINDS
from reconciler.model.span import Span

BOX = "password: {secret: env/X, version: 1}"


def mailboxes(**earlier: str) -> str:
    """A domain with mailboxes, each with what it was before (or nothing)."""
    lines = [f"      {name}: {{{BOX}{f', previously: {old}' if old else ''}}}" for name, old in earlier.items()]
    return "\n".join(["mail:", "  example.org:", "    mailboxes:", *lines, ""])


class TestNames:
    """For mailboxes and aliases a local part or a whole address, for others the key."""

    @pytest.mark.parametrize(
        ("written", "old"),
        [
            ("old", "mailbox/old@example.org"),
            ("OLD", "mailbox/old@example.org"),
            ("old@example.com", "mailbox/old@example.com"),
            ("old@Bücher.example", "mailbox/old@xn--bcher-kva.example"),
        ],
    )
    def test_of_a_mailbox(self, written: str, old: str) -> None:
        """In canonical spelling, so that it is found however it was written before."""
        assert load(mailboxes(new=written)).renamings["mailbox/new@example.org"].old == old

    def test_of_an_alias(self) -> None:
        """In its long form."""
        desired = load("mail: {example.org: {aliases: {shop: {targets: [a@example.net], previously: sales}}}}")
        assert desired.renamings["alias/shop@example.org"].old == "alias/sales@example.org"

    @pytest.mark.parametrize(
        ("text", "new", "old"),
        [
            ("contacts: {em: {name: E, email: e@example.org, previously: erika}}", "contact/em", "contact/erika"),
            ("whitelist: {hq: {address: 192.0.2.1, previously: a/b}}", "whitelist_entry/hq", "whitelist_entry/a%2Fb"),
        ],
    )
    def test_of_what_goes_by_its_key(self, text: str, new: str, old: str) -> None:
        """As it stood there before."""
        assert load(text).renamings[new].old == old

    def test_its_place_is_the_key(self) -> None:
        """What is reported about a rename points at where it is said."""
        desired = load("whitelist:\n  hq:\n    address: 192.0.2.1\n    previously: office\n")
        assert desired.renamings["whitelist_entry/hq"].span == Span("resources.yaml", 4, 5)

    def test_it_is_no_field(self) -> None:
        """It never reaches the account."""
        desired = load("whitelist: {hq: {address: 192.0.2.1, previously: office}}")
        assert desired.state["whitelist_entry/hq"].names == {"address"}  # type: ignore[attr-defined]  # Fields
        assert all("previously" not in kind.defaults for kind in KINDS.values())

    @pytest.mark.parametrize(
        "text",
        [
            mailboxes(new="new"),
            mailboxes(new="'a b'"),
            mailboxes(new="''"),
            mailboxes(new="a@b@c"),
            "whitelist: {hq: {address: 192.0.2.1, previously: '~3'}}",
        ],
    )
    def test_what_is_no_earlier_name(self, text: str) -> None:
        """Its own name, and what could never have been one."""
        assert codes(text) == ["wrong-value"]

    @pytest.mark.parametrize(
        "text",
        [
            "notifications: {maintenance: {channels: [], previously: x}}",
            "mail: {example.org: {previously: example.net}}",
            "zones: {example.org: {records: none, previously: example.net}}",
        ],
    )
    def test_what_has_no_name_to_change(self, text: str) -> None:
        """What is always there, and a domain, whose name is more than a name."""
        assert codes(text) == ["unknown-key"]


class TestTogether:
    """What several of them say has to be possible."""

    def test_one_becomes_one(self) -> None:
        """Both places are named, also over files."""
        found = the_error(mailboxes(a="old", b="old"))
        assert (found.code, found.address) == ("renamed-twice", "mailbox/b@example.org")
        assert [str(span) for span in found.related] == ["resources.yaml:4:50"]
        two = {"a.yaml": mailboxes(a="old"), "b.yaml": mailboxes(b="old")}
        assert [found.code for found in errors(two)] == ["renamed-twice"]

    def test_what_is_declared_still_wasnt_renamed(self) -> None:
        """The place of the declaration is shown, and the two ways out."""
        found = the_error(mailboxes(old="", new="old"))
        assert found.code == "renamed-but-declared"
        assert [str(span) for span in found.related] == ["resources.yaml:4:7"]
        assert "Delete `previously`" in found.help

    @pytest.mark.parametrize("names", [{"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "a"}])
    def test_names_that_change_places_need_steps(self, names: dict[str, str]) -> None:
        """Each of them is told so."""
        found = errors(mailboxes(**names))
        assert [one.code for one in found] == ["renamed-but-declared"] * len(names)
        assert all("need steps" in one.help for one in found)

    def test_names_that_follow_one_another_need_steps(self) -> None:
        """`a` becomes `b` while `b` becomes `c`."""
        found = the_error(mailboxes(b="a", c="b"))
        assert (found.code, found.address, "need steps" in found.help) == (
            "renamed-but-declared",
            "mailbox/c@example.org",
            True,
        )
