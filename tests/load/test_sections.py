"""Sections: where resources are written, how files merge, and what may stand where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.written import account, codes, errors, load, the_error
from reconciler.kinds import KINDS
from reconciler.model.fields import Fields
from reconciler.model.span import Span

MAILBOX = "{password: {secret: env/P, version: 1}}"
CONTACT = "{name: Erika, email: %s@example.org}"


class TestPieces:
    """Each kind is found below the keys of its path."""

    def test_every_kind_is_written_below_its_path(self) -> None:
        """The table of kinds alone decides where a resource stands."""
        desired = load(
            "mail:\n"
            "  example.org:\n"
            "    catch_all: info\n"
            f"    mailboxes: {{info: {MAILBOX}}}\n"
            "    aliases: {sales: [info]}\n"
            "contacts: {erika: {name: Erika, email: erika@example.org}}\n"
            "whitelist: {office: {address: 203.0.113.7}}\n"
            "notifications: {maintenance: [email]}\n"
            "zones: {example.org: {records: none}}\n"
            "ftp_accounts: {shop: {home: /shop, password: {secret: env/FTP, version: 1}}}\n"
            "address: {city: Hannover}\n"
            "billing: {invoice: {by: post}}\n"
            "passwords: {service: {secret: env/SERVICE, version: 1}}\n"
            "requests:\n"
            "  a: {order: {domain: example.shop}}\n"
            "  b: {payment: {amount: 1.00 EUR}}\n"
            "  d: {data_processing_agreement: {data: [names], subjects: [staff], annex: 1, signed_by: Erika}}\n"
            "  e: {support_request: {subject: Slow, text: It is slow.}}\n"
        )
        assert set(desired.state) == {
            "address",
            "alias/sales@example.org",
            "billing",
            "contact/erika",
            "data_processing_agreement/d",
            "ftp_account/shop",
            "mail_domain/example.org",
            "mailbox/info@example.org",
            "notification/maintenance",
            "order/a",
            "password/service",
            "payment/b",
            "support_request/e",
            "whitelist_entry/office",
            "zone/example.org",
        }
        assert desired.state.keys() == desired.places.keys()
        written = {kind for kind, found in KINDS.items() if found.path} - {"ownership_change"}  # it needs a file
        assert desired.declared >= written

    def test_a_place_is_the_key_of_the_resource(self) -> None:
        """What is reported about a resource points at its name."""
        desired = load(f"mail:\n  example.org:\n    mailboxes:\n      info: {MAILBOX}\n")
        assert desired.places["mailbox/info@example.org"] == Span("resources.yaml", 4, 7)

    def test_secrets_stay_references(self) -> None:
        """Nothing is resolved here; the value holds the version only."""
        desired = load("mail: {example.org: {mailboxes: {a: {password: {secret: file/s/p, version: 3}}}}}")
        reference = desired.secrets["mailbox/a@example.org", "password"]
        assert (str(reference), reference.version) == ("file/s/p", 3)

    @pytest.mark.parametrize("place", ["file/secrets.age#MAIL_INFO", "file/a/b.age#info@example.org", "file/a#b"])
    def test_keys_of_age_files(self, place: str) -> None:
        """A secret in an age file is named by the file and its key; elsewhere `#` is part of the path."""
        desired = load(f"mail: {{example.org: {{mailboxes: {{a: {{password: {{secret: {place}, version: 1}}}}}}}}}}")
        assert str(desired.secrets["mailbox/a@example.org", "password"]) == place

    @pytest.mark.parametrize(
        ("place", "said"),
        [
            ("file/secrets.age", "the key is named"),
            ("file/secrets.age#", "the key is named"),
            ("file/secrets.age#a/b", "A key has letters"),
            ("file/secrets.age#" + "a" * 129, "A key has letters"),
            ("file//etc/secrets.age#A", "in the account folder"),
            ("file/../secrets.age#A", "in the account folder"),
            ("file/a/./secrets.age#A", "in the account folder"),
        ],
    )
    def test_wrong_places_in_age_files(self, place: str, said: str) -> None:
        """What can't be a secret in an age file is refused when the configuration is read, here and by editors."""
        found = the_error(f"mail: {{example.org: {{mailboxes: {{a: {{password: {{secret: {place}, version: 1}}}}}}}}}}")
        assert (found.code, "file/secrets.age#KEY" in found.help) == ("wrong-value", True)
        assert said in found.detail

    def test_meta_is_kept_beside_the_state(self) -> None:
        """Metadata belongs to the address, not to its value."""
        desired = load("whitelist: {office: {address: 203.0.113.7, meta: {owner: erika, until: 2026-12-31}}}")
        assert desired.metas["whitelist_entry/office"].owner == "erika"
        assert "meta" not in desired.state["whitelist_entry/office"].names  # type: ignore[attr-defined]  # Fields

    def test_an_empty_section_is_declared(self) -> None:
        """`{}` means managed and empty."""
        desired = load("contacts: {}\nmail: {example.org: {aliases: {}}}\n")
        assert desired.declared == {"contact", "mail_domain", "alias"}
        assert desired.state == {"mail_domain/example.org": Fields()}

    def test_a_domain_exists_through_what_is_below_it(self) -> None:
        """A mailbox makes its mail domain declared, without any field of it."""
        desired = load(f"mail: {{Example.ORG: {{mailboxes: {{info: {MAILBOX}}}}}}}")
        assert desired.state["mail_domain/example.org"] == Fields()
        assert desired.domains == {"example.org"}


class TestMerging:
    """Map sections merge over files; an address stands in one place."""

    def test_sections_merge_one_level(self) -> None:
        """Each file may add resources to a section, and below a domain."""
        desired = load(
            {
                "a.yaml": "mail: {example.org: {catch_all: info}}\ncontacts: {a: %s}\n" % (CONTACT % "a"),
                "b/c.yaml": f"mail: {{example.org: {{mailboxes: {{info: {MAILBOX}}}}}}}\n",
                "account.yaml": account("contacts: {b: %s}\n" % (CONTACT % "b")),
            }
        )
        assert {"contact/a", "contact/b", "mailbox/info@example.org"} < set(desired.state)
        assert desired.state["mail_domain/example.org"] == Fields.of({"catch_all": "info@example.org"})
        assert desired.places["mail_domain/example.org"].file == "a.yaml"

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("mail: {example.org: {aliases: {a: [b]}}}", "mail: {example.org: {aliases: {a: [c]}}}"),
            ("mail: {example.org: {aliases: {a: [b]}}}", "mail: {EXAMPLE.org: {aliases: {A: [c]}}}"),
            ("mail: {bücher.example: {catch_all: a}}", "mail: {xn--bcher-kva.example: {catch_all: b}}"),
            ("zones: {example.org: {records: none}}", "zones: {Example.ORG.: {records: none}}"),
            ("notifications: {a: []}", "notifications: {a: []}"),
        ],
    )
    def test_the_same_address_in_two_files_shows_both_places(self, first: str, second: str) -> None:
        """Names are compared after canonicalisation."""
        found = the_error({"a.yaml": first, "b.yaml": second})
        assert found.code == "duplicate-address"
        assert found.span is not None
        assert [found.span.file, *(span.file for span in found.related)] == ["b.yaml", "a.yaml"]
        assert "a.yaml:1:" in found.detail

    def test_the_same_address_twice_in_one_file(self) -> None:
        """Two spellings in one file are the same thing twice."""
        found = the_error("mail: {example.org: {aliases: {\n  a: [b],\n  A: [c]}}}")
        assert (found.code, found.span) == ("duplicate-address", Span("resources.yaml", 3, 3))
        assert found.related == (Span("resources.yaml", 2, 3),)

    @given(st.permutations(["a", "b", "c", "d"]), st.lists(st.integers(0, 3), min_size=6, max_size=6))
    def test_files_in_any_order_give_an_equal_desired_state(self, names: list[str], places: list[int]) -> None:
        """How resources are spread over files, and what the files are called, changes nothing but the places."""
        pieces = [
            ("contacts", f"erika: {CONTACT % 'erika'}"),
            ("contacts", f"max: {CONTACT % 'max'}"),
            ("whitelist", "office: {address: '{{ vars.ip }}'}"),
            ("vars", "ip: 203.0.113.7"),
            ("notifications", "news: []"),
            ("removed", "contact/old: {reason: left}"),
        ]
        files: dict[str, dict[str, list[str]]] = {}
        for (section, text), place in zip(pieces, places, strict=True):
            files.setdefault(names[place], {}).setdefault(section, []).append(text)
        written = {
            f"{name}.yaml": "".join(f"{s}:\n" + "".join(f"  {t}\n" for t in texts) for s, texts in sections.items())
            for name, sections in files.items()
        }
        desired = load(written)
        everything = load("".join(f"{s}:\n  {t}\n" for s, t in pieces if s != "contacts") + "contacts:\n" + _contacts())
        assert desired.state == everything.state
        assert desired.declared == everything.declared
        assert [r.pattern for r in desired.removals] == ["contact/old"]


def _contacts() -> str:
    return f"  erika: {CONTACT % 'erika'}\n  max: {CONTACT % 'max'}\n"


class TestWhereKeysBelong:
    """Unknown keys are errors at every depth, with the nearest known spelling."""

    @pytest.mark.parametrize(
        ("text", "at", "help"),
        [
            ("contcats: {}", (1, 1), "Did you mean `contacts`?"),
            ("mail: {example.org: {mailboxs: {}}}", (1, 22), "Did you mean `mailboxes`?"),
            ("mail: {example.org: {catchall: x}}", (1, 22), "Did you mean `catch_all`?"),
            ("whitelist: {a: {adress: 203.0.113.7}}", (1, 17), "Did you mean `address`?"),
            ("whitelist: {a: {address: 203.0.113.7, meta: {ownr: x}}}", (1, 46), "Did you mean `owner`?"),
            ("zones: {example.org: {records: none, lenent: true}}", (1, 38), "Did you mean `lenient`?"),
            ("removed: {contact/a: {reson: x}}", (1, 23), "Did you mean `reason`?"),
        ],
    )
    def test_did_you_mean_at_every_depth(self, text: str, at: tuple[int, int], help: str) -> None:
        """One letter off is one error, at the key itself; the key it stands for isn't reported as missing."""
        found = the_error(text)
        assert (found.code, found.help) == ("unknown-key", help)
        assert found.span == Span("resources.yaml", *at)

    def test_keys_that_are_like_nothing_list_what_is_known(self) -> None:
        """Without a near spelling, the known keys are named."""
        assert "`contacts`" in the_error("qqqqqq: {}").help

    @pytest.mark.parametrize("key", ["version", "account", "providers", "policy", "dns", "record", "exclude"])
    def test_settings_stand_in_account_yaml_only(self, key: str) -> None:
        """The right key in the wrong file says so."""
        found = the_error(f"{key}: x\n")
        assert (found.code, found.help) == ("wrong-file", "Move it to account.yaml.")

    @pytest.mark.parametrize("text", ["contacts: x", "contacts: []", "mail: {example.org: {aliases: [a]}}"])
    def test_a_section_is_a_mapping(self, text: str) -> None:
        """A list or a text in place of a section is said once."""
        assert codes(text) == ["wrong-type"]

    @pytest.mark.parametrize("text", ["- a\n", "text\n"])
    def test_a_file_is_a_mapping(self, text: str) -> None:
        """A file holds sections."""
        assert codes(text) == ["wrong-type"]

    def test_a_wrong_domain_is_said_once(self) -> None:
        """What stands below a name that can't be right isn't judged."""
        assert codes("mail: {'no domain': {mailboxes: {a: {}}, catch_al: x}}") == ["wrong-value"]


class TestSentences:
    """What a person reads: full sentences, our words, the place of the value."""

    def test_a_missing_key_names_what_needs_it(self) -> None:
        """The place is the resource's name, and the help says what the key is for."""
        found = the_error("mail:\n  example.org:\n    mailboxes:\n      info: {}\n")
        assert found.code == "missing-key"
        assert found.detail == "A mailbox needs the key `password`."
        assert found.help == "Add `password`: where the password lies, or its hash."
        assert (found.span, found.line) == (Span("resources.yaml", 4, 7), "      info: {}")
        assert found.address == "mailbox/info@example.org"

    @pytest.mark.parametrize(
        ("packages", "detail"),
        [
            ("some", "Expected `all` or a list, but here stands text."),
            ("{a: b}", "Expected `all` or a list, but here stands a mapping."),
            ("[{}]", "Expected text, but here stands a mapping."),
        ],
    )
    def test_alternatives_are_one_error(self, packages: str, detail: str) -> None:
        """A value that fits none of two forms is one error that names both, or the one it was nearly."""
        found = the_error(f"contacts: {{a: {{name: A, email: a@example.org, packages: {packages}}}}}")
        assert (found.code, found.detail) == ("wrong-type", detail)

    def test_a_short_form_is_named(self) -> None:
        """Where a list may stand for a mapping, the error says so."""
        assert the_error("notifications: {a: email}").detail == "Expected a list, or a mapping, but here stands text."

    def test_all_fields_of_a_resource_are_judged_at_once(self) -> None:
        """Every wrong field is its own error."""
        text = "contacts: {a: {name: [], email: x, phone: 1, scope: in, may: [x], packages: 1, meta: {until: x}}}"
        assert len(errors(text)) == 7

    @pytest.mark.parametrize(
        "text",
        [
            "password: hunter2",
            "'password' : hunter2",
            "password: 'hunter2'",
            "passwrd: hunter2",
            "quota: 1, password: hunter2",
            "password: hunter2, quota: 1",
            "password: {secret: hunter2, version: 1}",
            "password: {sercet: hunter2, version: 1}",
            "password: [hunter2]",
            "password: {hunter2}",
            "password: {hunter2: 1}",
            "password: {secret: env/A, version: hunter2}",
            "password: {secret: env/A, version: 1, key: hunter2}",
            "password: {hash: hunter2}",
        ],
    )
    def test_a_literal_secret_is_never_shown(self, text: str) -> None:
        """No diagnostic shows the text that stands where a secret's place belongs, in whatever it is wrong."""
        found = errors(f"mail: {{example.org: {{mailboxes: {{info: {{{text}}}}}}}}}")
        assert found
        assert "hunter2" not in repr(found)

    @pytest.mark.parametrize(
        "text",
        ["hunter2", "- hunter2", "hunter2: 1", "sercet: hunter2", "hash: hunter2", "secret: env/A\nversion: hunter2"],
    )
    def test_nor_below_its_key(self, text: str) -> None:
        """Nor where it stands in lines of its own."""
        lines = "".join(f"\n          {line}" for line in text.splitlines())
        found = errors(f"mail:\n  example.org:\n    mailboxes:\n      info:\n        password:{lines}\n")
        assert found
        assert "hunter2" not in repr(found)

    def test_whatever_a_file_holds_is_shown_neutralised(self) -> None:
        """Escape sequences in a key reach no terminal."""
        found = errors('"\\e[31mred": {}\n')
        assert found
        assert "\x1b" not in repr([(d.detail, d.help, d.line) for d in found])


VALUES = ["x", "''", "12", "-1", "true", "[]", "{}", "[x]", "[[x]]", "[{a: b}]", "{a: b}", "{a: [b]}", "~", "é"]
FIELDS = [(kind, field) for kind in KINDS.values() if kind.path for field in kind.model.model_fields]


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=[f"{kind.name}-{field}" for kind, field in FIELDS])
def test_no_value_of_any_field_is_a_traceback(kind: object, field: str) -> None:
    """Every field of every kind, given every shape of value, is accepted or refused in our words."""
    path = kind.path  # type: ignore[attr-defined]  # a kind
    name = kind.model.model_fields[field].alias or field  # type: ignore[attr-defined]  # a kind
    for value in VALUES:
        text = f"{{{name}: {value}}}"
        for key in reversed(path):
            text = f"{{{'example.org' if key == '*' else key}: {text}}}"
        for found in errors(text):
            assert "Input should" not in found.detail
            assert "validator" not in found.detail
