"""The JSON Schemas accept what the loader accepts, and know every key."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from load.written import ACCOUNT, account, codes, load, zone
from reconciler.kinds import KINDS
from reconciler.load.nodes import typed
from reconciler.load.problems import Problems
from reconciler.load.schema import schemas
from reconciler.load.yaml_text import YamlReader

FULL_ACCOUNT = account(
    "dns: {directory: zones, exclude: [README.md], templates: true, defaults: {lenient: true, default_ttl: 60}}\n"
    "policy:\n"
    "  unmanaged: {default: report, whitelist: refuse}\n"
    '  ignore: [{match: "record/*/_acme-challenge*/TXT", reason: certbot}]\n'
    "  drift: hold\n"
    "  secrets: [env/MAIL_*]\n"
    "record: {ref: reconciler/x}\n"
    "exclude: [k8s]\n"
    "vars: {web: 203.0.113.10}\n"
)
RESOURCES = """\
zones:
  example.org: {default_ttl: 3600}
mail:
  example.org:
    catch_all: info
    mailboxes:
      info:
        name: Information desk
        quota: 5 GiB
        password: {secret: env/MAIL_INFO, version: 1}
        forward_to: [erika@example.org]
        keep_copy: true
        autoreply: {subject: On holiday, text: Back in January, from: 2026-12-20, until: 2027-01-06}
    aliases:
      sales: [info, partner@example.net]
      more: {targets: [info], meta: {owner: erika}}
contacts:
  erika: {name: Erika Mustermann, email: erika@example.org, phone: "+49 511 123456", scope: internal,
          may: [speak, authorise], packages: all}
whitelist:
  office: {address: 203.0.113.7, meta: {owner: erika, reason: office line}}
notifications: {maintenance: [email, sms], newsletter: []}
removed:
  mailbox/old@example.org: {reason: left the company}
  mailbox/*: {reason: closed, count: 3, keep: true}
"""
ZONE = """\
'':
- {ttl: 60, type: MX, value: {exchange: mail.example.org., preference: 10}}
- {type: TXT, values: ['v=spf1 -all', x]}
www: {type: A, value: 203.0.113.1, octodns: {lenient: true}, meta: {owner: erika}, cloudflare: {proxied: true}}
"""


def judge(schema: str, text: str) -> list[str]:
    """Return the paths of a schema's errors in a text."""
    root = YamlReader("f.yaml", text.encode(), Problems()).root()
    assert root is not None
    found = Draft202012Validator(schemas()[schema]).iter_errors(typed(root))
    return sorted("/".join(map(str, error.absolute_path)) for error in found)


@pytest.mark.parametrize("name", schemas())
def test_each_is_a_schema(name: str) -> None:
    """The dialect's own schema accepts them; nothing in them is shared or changes between calls."""
    Draft202012Validator.check_schema(schemas()[name])
    assert schemas()[name] == schemas()[name]
    assert schemas()[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_what_the_loader_accepts_they_accept() -> None:
    """The examples of the documentation pass both."""
    load({"account.yaml": FULL_ACCOUNT, "resources.yaml": RESOURCES, **zone(ZONE)})
    assert judge("account.schema.json", FULL_ACCOUNT) == []
    assert judge("resources.schema.json", RESOURCES) == []
    assert judge("account.schema.json", ACCOUNT + RESOURCES) == []
    assert judge("zone.schema.json", ZONE) == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("contcats: {}", ""),
        ("policy: {}", ""),
        ("mail: {example.org: {mailboxs: {}}}", "mail/example.org"),
        ("mail: {example.org: {mailboxes: {a: {}}}}", "mail/example.org/mailboxes/a"),
        ("whitelist: {a: {adress: x, address: y}}", "whitelist/a"),
        ("contacts: {a: {name: A, email: a@example.org, scope: in}}", "contacts/a/scope"),
        ("mail: {e.org: {mailboxes: {a: {password: {secret: x, version: 1}}}}}", "mail/e.org/mailboxes/a/password"),
        ("mail: {e.org: {mailboxes: {a: {password: {hash: x}}}}}", "mail/e.org/mailboxes/a/password"),
        ("zones: {example.org: {default_ttl: -1}}", "zones/example.org/default_ttl"),
        *(
            (
                f"ftp_accounts: {{a: {{home: /shop, password: {{secret: {secret}, version: 1}}}}}}",
                "ftp_accounts/a/password/secret",
            )
            for secret in (
                "x",
                "file/",
                "file/s.age",
                "file/s.age#",
                "file/s.age#a/b",
                "file/../s.age#A",
                "file//s.age#A",
            )
        ),
    ],
)
def test_what_the_loader_refuses_they_refuse(text: str, at: str) -> None:
    """At the same depth."""
    assert judge("resources.schema.json", text) == [at]
    assert codes(text)


@pytest.mark.parametrize(
    "place", ["env/A", "file/p", "file//run/p", "file/s.age#A", "file/a/s.age#a@b.org", "file/a#b"]
)
def test_places_of_secrets(place: str) -> None:
    """What the loader takes as the place of a secret they take."""
    text = f"mail: {{e.org: {{mailboxes: {{a: {{password: {{secret: {place}, version: 1}}}}}}}}}}"
    assert judge("resources.schema.json", text) == []
    assert codes(text) == []


def test_wrong_record_sets() -> None:
    """A zone's schema knows what every record set needs."""
    assert judge("zone.schema.json", "a: {type: A}") == ["a"]
    assert judge("zone.schema.json", "a: {value: x}") == ["a"]
    assert judge("zone.schema.json", "a: {type: A, value: x, foo: 1}") == ["a"]


def keys_of(schema: Any) -> set[str]:
    """Return all property names anywhere in a schema."""
    if isinstance(schema, list):
        return {key for item in schema for key in keys_of(item)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", ()))
    return own.union(*(keys_of(value) for value in schema.values()))


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.path], ids=lambda kind: kind.name)
def test_every_key_of_every_kind_is_known(kind: Any) -> None:
    """A kind is in the schema because it is in the table."""
    known = keys_of(schemas()["resources.schema.json"])
    fields = {info.alias or name for name, info in kind.model.model_fields.items()}
    assert fields | {part for part in kind.path if part != "*"} <= known


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ("hosting-mail", None),
        ("hosting-mail@1", None),
        ("{google-workspace: {receive: false, dkim: v=DKIM1; p=x}}", None),
        ("hosting-mial", "zones/example.org/use/0"),
        ("hosting-mail@2", "zones/example.org/use/0"),
        ("{hosting-mail: {hots: mail.example.net.}}", "zones/example.org/use/0"),
        ("{hosting-mail: {receive: maybe}}", "zones/example.org/use/0"),
        ("{hosting-mail: {}, no-mail: {}}", "zones/example.org/use/0"),
    ],
)
def test_presets_and_their_options_are_known(item: str, path: str | None) -> None:
    """An editor completes names, versions and options, and marks what the loader would refuse."""
    text = f"zones: {{example.org: {{records: none, use: [{item}]}}}}\n"
    assert judge("resources.schema.json", text) == ([path] if path else [])
    assert bool(codes(text)) == bool(path)
