"""account.yaml and `removed:`: the settings of an account, and what may go."""

from datetime import date

import pytest

from load.written import ACCOUNT, account, codes, errors, load, the_error
from reconciler.load.schema import schemas
from reconciler.model.account import AccountConfig
from reconciler.model.span import Span
from reconciler.model.state import Removal


def settings(more: str) -> AccountConfig:
    """Return the settings of an account.yaml with something added."""
    return load({"account.yaml": account(more)}).config


class TestSettings:
    """What only account.yaml may hold."""

    def test_defaults(self) -> None:
        """Three keys are enough."""
        config = settings("")
        assert (config.account, config.dns.directory, config.policy.drift) == ("K-104711", "zones", "hold")
        assert config.record_branch == "reconciler/K-104711"

    def test_it_may_hold_sections_too(self) -> None:
        """Ordinary sections and variables may stand beside the settings."""
        assert "notification/a" in load({"account.yaml": account("notifications: {a: []}\nvars: {x: y}\n")}).state

    def test_policy_by_section_is_policy_by_kind(self) -> None:
        """A section stands for the kinds that are written there; a kind's own name is stronger."""
        config = settings("policy: {unmanaged: {default: ignore, whitelist: refuse, mail: delete, alias: report}}\n")
        found = {kind: config.policy.for_unmanaged(kind) for kind in ("whitelist_entry", "mailbox", "alias", "zone")}
        assert found == {"whitelist_entry": "refuse", "mailbox": "delete", "alias": "report", "zone": "ignore"}

    def test_policy_for_what_doesnt_exist(self) -> None:
        """A mistyped kind would silently change nothing."""
        found = the_error({"account.yaml": account("policy: {unmanaged: {whitelst: refuse}}\n")})
        assert (found.code, found.help) == ("unknown-kind", "Did you mean `whitelist`?")

    @pytest.mark.parametrize(
        ("text", "code", "at"),
        [
            ("policy: {drift: hlod}", "wrong-value", (5, 17)),
            ("policy: {unmanaged: {default: reprot}}", "wrong-value", (5, 31)),
            ("policy: {ignore: [{match: x}]}", "missing-key", (5, 10)),
            ("policy: {secrets: env/X}", "wrong-type", (5, 19)),
            ("dns: {templates: yes}", "wrong-type", (5, 18)),
            ("dns: {defaults: {default_ttl: -1}}", "wrong-value", (5, 31)),
            ("dns: []", "wrong-type", (5, 6)),
            ("record: {ref: 'a b'}", "wrong-type", (5, 15)),
            ("exclude: x", "wrong-type", (5, 10)),
            ("polcy: {}", "unknown-key", (5, 1)),
            ("policy: ~", "null-value", (5, 9)),
        ],
    )
    def test_a_wrong_setting_is_one_error_at_its_place(self, text: str, code: str, at: tuple[int, int]) -> None:
        """Settings are judged like everything else."""
        found = the_error({"account.yaml": account(text + "\n")})
        assert (found.code, found.span) == (code, Span("account.yaml", *at))

    @pytest.mark.parametrize("key", ["version", "account", "providers"])
    def test_a_mistyped_key_isnt_also_missing(self, key: str) -> None:
        """One letter off is one error."""
        found = the_error({"account.yaml": ACCOUNT.replace(f"{key}:", f"{key[:-1]}x:", 1)})
        assert (found.code, found.help) == ("unknown-key", f"Did you mean `{key}`?")

    def test_an_empty_account_file(self) -> None:
        """It says what belongs there."""
        assert codes({"account.yaml": "# nothing yet\n"}) == ["missing-key"]
        assert codes({"account.yaml": "{}\n"}) == ["missing-key"] * 3

    def test_a_provider_of_another_type_is_one_error(self) -> None:
        """Its other keys aren't judged by the wrong type."""
        text = "version: 1\naccount: K-1\nproviders: {default: {type: route66, server: 192.0.2.53, port: 53}}\n"
        found = the_error({"account.yaml": text})
        assert (found.code, found.span) == ("unsupported-provider", Span("account.yaml", 3, 29))
        assert "`route66`" in found.detail

    def test_another_version(self) -> None:
        """A newer format is never misread."""
        found = the_error({"account.yaml": ACCOUNT.replace("version: 1", "version: 2")})
        assert (found.code, found.help) == ("wrong-value", "Write `version: 1`.")


class TestRemovals:
    """`removed:` names what may go, with the reason."""

    def test_an_address_or_a_glob(self) -> None:
        """Addresses are canonical; a glob has its exact count."""
        desired = load(
            "removed:\n"
            "  mailbox/Old@EXAMPLE.org: {reason: left}\n"
            "  record/example.org/www/A: {reason: moved, keep: true}\n"
            "  zone/bücher.example: {reason: sold}\n"
            "  mailbox/*: {reason: closed, count: 12}\n"
        )
        assert desired.removals == (
            Removal("mailbox/*", "closed", Span("resources.yaml", 5, 3), 12, False),
            Removal("mailbox/old@example.org", "left", Span("resources.yaml", 2, 3), None, False),
            Removal("record/example.org/www/A", "moved", Span("resources.yaml", 3, 3), None, True),
            Removal("zone/xn--bcher-kva.example", "sold", Span("resources.yaml", 4, 3), None, False),
        )

    @pytest.mark.parametrize(
        ("entry", "code"),
        [
            ("mailbx/a@example.org: {reason: x}", "unknown-kind"),
            ("'*/a': {reason: x, count: 1}", "unknown-kind"),
            ("mailbox/a@example.org: {}", "missing-key"),
            ("mailbox/a@example.org: {reason: ' '}", "wrong-value"),
            ("mailbox/a@example.org: left", "wrong-type"),
            ("mailbox/a@example.org: {reason: x, count: 2}", "wrong-value"),
            ("mailbox/a@example.org: {reason: x, count: many}", "wrong-type"),
            ("mailbox/*: {reason: x}", "missing-key"),
            ("mailbox/*: {reason: x, count: 0}", "wrong-value"),
            ("mailbox: {reason: x}", "wrong-value"),
            ("mailbox/: {reason: x}", "wrong-value"),
            ("mailbox/a: {reason: x}", "wrong-value"),
            ("record/example.org: {reason: x}", "wrong-value"),
            ("record/example.org/*: {reason: x, count: 1}", "wrong-value"),
        ],
    )
    def test_what_is_wrong_with_an_entry(self, entry: str, code: str) -> None:
        """One error at the entry."""
        assert codes(f"removed:\n  {entry}\n") == [code]

    def test_a_list_is_no_mapping(self) -> None:
        """Each entry needs its reason, so a list of addresses isn't enough."""
        assert codes("removed: [mailbox/a@example.org]") == ["wrong-type"]

    def test_the_same_entry_twice(self) -> None:
        """In whatever spelling."""
        entry = "removed: {mailbox/%s@example.org: {reason: x}}"
        assert [e.code for e in errors({"a.yaml": entry % "a", "b.yaml": entry % "A"})] == ["duplicate-address"]

    def test_its_last_day(self) -> None:
        """A day in a calendar, or nothing."""
        (removal,) = load("removed: {alias/a@example.org: {reason: x, after: 2026-12-31}}").removals
        assert removal.after == date(2026, 12, 31)
        assert codes("removed: {alias/a@example.org: {reason: x, after: 2026-02-30}}") == ["wrong-type"]
        assert codes("removed: {alias/a@example.org: {reason: x, after: ''}}") == ["wrong-type"]

    def test_what_is_always_there_can_only_be_let_go(self) -> None:
        """An entry that promises a deletion is an error; `keep: true` is true."""
        assert codes("removed: {notification/newsletter: {reason: x}}") == ["removed-fixed"]
        assert codes("removed: {mail_domain/*: {reason: x, count: 2}}") == ["removed-fixed"]
        assert load("removed: {notification/*: {reason: x, keep: true, count: 2}}").removals

    def test_what_is_declared_stays(self) -> None:
        """An old entry beside a new declaration is a finding."""
        (found,) = load("whitelist: {a: {address: 192.0.2.1}}\nremoved: {whitelist_entry/a: {reason: x}}").findings
        assert (found.code, [str(s) for s in found.related]) == ("removed-but-declared", ["resources.yaml:1:13"])


DEFAULT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"


class TestProviders:
    """`default`, and sections that have a provider of their own."""

    def test_a_section_may_have_a_provider_of_its_own(self) -> None:
        """What isn't named is the default's."""
        text = DEFAULT + "  dns: {type: embedded, path: dns.db}\n  mail: {type: embedded, path: mail.db}\n"
        providers = load({"account.yaml": text}).config.providers
        assert {name: providers.of(name).path for name in ("dns", "mail", "contacts")} == {
            "dns": "dns.db",
            "mail": "mail.db",
            "contacts": "account.db",
        }
        assert list(providers.sections) == ["dns", "mail"]

    @pytest.mark.parametrize(
        ("line", "code", "column", "help"),
        [
            ("  dsn: {type: embedded, path: x}", "unknown-key", 3, "Did you mean `dns`?"),
            ("  mailboxes: {type: embedded, path: x}", "unknown-key", 3, "Known here:"),
            ("  dns: {type: embeded, path: x}", "unsupported-provider", 15, "Did you mean `embedded`?"),
            ("  dns: {type: embedded}", "missing-key", 3, "Add `path`"),
            ("  dns: {type: embedded, path: x, pth: y}", "unknown-key", 34, "Did you mean `path`?"),
            ("  dns: x", "wrong-type", 8, "Its keys: `type`"),
        ],
    )
    def test_a_wrong_section_is_one_error_at_its_place(self, line: str, code: str, column: int, help: str) -> None:
        """With the nearest thing that would be right."""
        found = the_error({"account.yaml": f"{DEFAULT}{line}\n"})
        assert (found.code, found.span) == (code, Span("account.yaml", 5, column))
        assert found.help.startswith(help)

    @pytest.mark.parametrize(
        ("key", "code", "help"),
        [("defualt", "unknown-key", "Did you mean `default`?"), ("dns", "missing-key", "Add `default`")],
    )
    def test_there_is_always_a_default(self, key: str, code: str, help: str) -> None:
        """One error, also where it is only misspelt."""
        found = the_error({"account.yaml": DEFAULT.replace("default", key)})
        assert (found.code, found.help.startswith(help)) == (code, True)

    def test_the_schema_names_the_sections(self) -> None:
        """An editor completes them, and marks any other."""
        schema = schemas()["account.schema.json"]["$defs"]["Providers"]
        assert schema["required"] == ["default"]
        assert {"default", "dns", "mail", "contacts", "whitelist", "notifications"} <= schema["properties"].keys()
        assert schema["additionalProperties"] is False
