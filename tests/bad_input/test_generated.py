"""Bad input generated from the schemas: every key mistyped by one letter, every field given each wrong type."""

import copy
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.load.desired import load_desired
from reconciler.load.schema import schemas
from reconciler.load.tree import WorkTree
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError

META = {"reason": "a reason", "owner": "erika", "until": "2030-01-01", "protect": "false", "ignore": []}
SECRET = {"secret": "env/MAIL_INFO", "version": "1"}
TSIG = {"name": "reconciler.", "algorithm": "hmac-sha256", "key": {"secret": "env/TSIG_KEY"}}


def _name_server(**zones: Any) -> dict[str, Any]:
    """Return a name server on which zones are made in some way."""
    made = {"primary": "ns1.example.net.", "contact": "a.example.net.", "addresses": ["192.0.2.53"], **zones}
    return {"type": "rfc2136", "server": "192.0.2.53", "port": "53", "tsig": TSIG, "zones": made}


_BOOKED = {"price": "5.00 EUR", "period": "month", "since": {"at_least": "2024-01-01"}}
_FILE = {"sha256": "00" * 32, "size": {"at_most": "5000"}}
#: Every field of every fact of which something can be expected.
EXPECT = {
    "balance": {"at_least": "0 EUR", "at_most": "9 EUR", "amount": "1 EUR", "as_of": {"at_most": "2027-01-01"}},
    "booking/1": {"id": "1", "date": "2026-01-01", "text": "x", "amount": "1 EUR", "balance": "1 EUR", "invoice": "1"},
    "document/d": {"id": "d", "title": "x", "sort": "terms", "version": "1", "date": "2026-01-01", **_FILE},
    "domain/example.org": {"domain": "example.org", "package": "p", "booked": "2026-01-01", "renews": "2027-01-01"},
    "invoice/1": {"number": "1", "issued": "2026-01-01", "due": "2026-01-01", "net": "1 EUR", "vat": "1 EUR"},
    "invoice/2": {"gross": {"at_least": "1 EUR", "at_most": "2 EUR"}, "server": "s", "status": "paid", **_FILE},
    "package/p": {"id": "p", "title": "x", "tariff": "t", "unlimited": "false", "notice": "x", **_BOOKED},
    "package/q": {"limits": {"domains": {"at_least": "5"}}, "used": {"disk": "7"}},
    "price/p@2026-01-01": {"item": "p", "since": "2026-01-01", "until": "2027-01-01", "net": "1 EUR", "rate": "19"},
    "price/q@2026-01-01": {"period": "year", "notice": "1 month"},
    "product/p": {"id": "p", "title": "x", "notice": "x", **_BOOKED},
    "server/s": {"id": "s", "title": "x", "service_level": "gold", "specification": {"cpu": "8"}, **_BOOKED},
    "server/t": {"links": {"cloud": "https://cloud.example.com/t"}},
}
REQUESTS = {
    "2026-shop": {
        "order": {
            "domain": "example.shop",
            "into": "web",
            "term": "12 months",
            "max_price": "24.00 EUR/year gross",
            "valid_until": "2026-12-15",
            "meta": {"reason": "a shop"},
        }
    },
    "2026-web": {"order": {"package": "web-l", "max_setup": "49.00 EUR gross"}},
    "2026-more": {"order": {"tariff": {"package": "web", "to": "web-xl"}}},
    "2026-pay": {"payment": {"amount": "10.00 EUR", "invoice": "1", "purpose": "x"}},
    "2026-name": {
        "ownership_change": {
            "new_owner": "x",
            "address": "x",
            "effective": "2027-01-01",
            "attachments": ["account.yaml"],
        }
    },
    "2026-av": {
        "data_processing_agreement": {"data": ["x"], "subjects": ["x"], "annex": "av-tom@2026-01", "signed_by": "erika"}
    },
    "2026-help": {"support_request": {"subject": "x", "text": "x", "about": "x", "attachments": ["account.yaml"]}},
}
#: One valid value of everything that can be written, by file.
RISKS = ("cosmetic", "traffic", "access", "money", "legal", "data_loss", "default")
WHOLE: dict[str, Any] = {
    "account.yaml": {
        "version": "1",
        "account": "K-104711",
        "providers": {
            "default": {"type": "embedded", "path": "account.db"},
            "dns": _name_server(rndc={"directory": "/", "config": "rndc.conf", "key": "rndc.key", "options": "x;"}),
            "mail": _name_server(knotc={"socket": "knot.sock", "template": "default"}),
            "contacts": {
                "type": "powerdns",
                "url": "http://192.0.2.53:8081",
                "api_key": {"secret": "env/PDNS_KEY"},
                "server_id": "localhost",
                "nameservers": ["ns1.example.net."],
                "zone_kind": "primary",
                "cleartext": "true",
                "update": {"server": "192.0.2.53", "port": "53", "tsig": TSIG},
            },
            "ftp_accounts": {
                "type": "kundencenter",
                "url": "http://account.example.net",
                "token": {"secret": "env/TOKEN"},
                "managed_by": "acme/infrastructure",
                "ca_file": "ca.pem",
                "proxy": "http://proxy.example.org:3128",
                "cleartext": "true",
            },
            "whitelist": {
                "type": "octodns",
                "class": "octodns_bind.Rfc2136Provider",
                "options": {"host": "192.0.2.53"},
            },
            "billing": {"type": "manual", "portal": "Zahlungsdetails", "max_age": "90d", "language": "en"},
        },
        "policy": {
            "unmanaged": {"default": "report"},
            "ignore": [{"match": "record/*/x/TXT", "reason": "a reason", "until": "2027-01-01"}],
            "silence": [
                {"code": "extreme-ttl", "match": "record/*/x/TXT", "reason": "a reason", "until": "2027-01-01"}
            ],
            "drift": "hold",
            "guards": "enforce",
            "secrets": ["env/MAIL_*"],
            "octodns_classes": ["octodns_bind.*"],
            "links": ["https://servercon.example.com"],
            "approvals": {risk: {"count": "1", "from": ["erika"], "not": "author"} for risk in RISKS},
        },
        "dns": {
            "directory": "zones",
            "exclude": ["other.yaml"],
            "templates": "false",
            "defaults": {"default_ttl": "3600", "lenient": "false", "escaped_semicolons": "true"},
            "verify": {"servers": {"default": ["192.0.2.53:53"]}, "deadline": "60s"},
        },
        "record": {"ref": "reconciler/K-104711", "remote": "."},
        "exclude": ["scratch/*.yaml"],
    },
    "all.yaml": {
        "zones": {
            "example.org": {
                "default_ttl": "300",
                "lenient": "true",
                "escaped_semicolons": "true",
                "use": ["letsencrypt-caa"],
                "meta": META,
            }
        },
        "mail": {
            "example.org": {
                "catch_all": "info",
                "meta": META,
                "mailboxes": {
                    "info": {
                        "name": "Information",
                        "quota": "5 GiB",
                        "password": SECRET,
                        "forward_to": ["erika@example.org"],
                        "keep_copy": "true",
                        "autoreply": {"subject": "Away", "text": "Soon", "from": "2026-12-20", "until": "2027-01-06"},
                        "previously": "information",
                        "meta": META,
                    },
                },
                "aliases": {"sales": {"targets": ["info"], "previously": "shop", "meta": META}},
            }
        },
        "contacts": {
            "erika": {
                "name": "Erika",
                "email": "erika@example.org",
                "phone": "+49 511 123456",
                "scope": "internal",
                "may": ["speak"],
                "packages": ["web"],
                "previously": "em",
                "meta": META,
            }
        },
        "whitelist": {"office": {"address": "203.0.113.7", "previously": "hq", "meta": META}},
        "notifications": {"maintenance": {"channels": ["email"], "meta": META}},
        "ftp_accounts": {
            "shop": {
                "login": "shop-deploy",
                "home": "/shop",
                "rights": "read-only",
                "password": SECRET,
                "previously": "web",
                "meta": META,
            }
        },
        "address": {
            "salutation": "Ms",
            "first_name": "Erika",
            "last_name": "Mustermann",
            "street": "Musterstrasse 1",
            "additional": "2nd floor",
            "country": "DE",
            "postcode": "30159",
            "city": "Hannover",
            "phone": "+49 511 123456",
            "email": "erika@example.org",
            "meta": META,
        },
        "billing": {
            "invoice": {"by": "email", "to": "invoices@example.org", "contact": "erika"},
            "pay": {"by": "sepa_debit", "iban": SECRET, "bic": "COBADEFFXXX", "holder": "Muster GmbH"},
            "meta": META,
        },
        "passwords": {"service": {**SECRET, "meta": META}},
        "vars": {"web": "203.0.113.10"},
        "expect": EXPECT,
        "requests": REQUESTS,
        "removed": {
            "mailbox/old@example.org": {"reason": "left", "count": "1", "keep": "false", "after": "2026-12-31"}
        },
    },
    "zones/example.org.yaml": {
        "www": {
            "type": "A",
            "ttl": "300",
            "value": "203.0.113.10",
            "octodns": {},
            "geo": {},
            "dynamic": {},
            "meta": META,
        },
        "mx": {"type": "MX", "values": [{"preference": "10", "exchange": "mail.example.org."}]},
    },
}
SCHEMA = {
    "account.yaml": "account.schema.json",
    "all.yaml": "resources.schema.json",
    "zones/example.org.yaml": "zone.schema.json",
}
PLAIN = object()
WRONG: dict[str, Any] = {
    "text": "¿wrong?",
    "number": "12345678901234567890",
    "list": ["¿"],
    "mapping": {"¿": "¿"},
    "null": None,
}
#: Which wrong types a field of a schema's type refuses; a scalar of any spelling is text.
REFUSES = {
    "string": ("list", "mapping", "null"),
    "integer": ("text", "number", "list", "mapping", "null"),
    "boolean": ("text", "number", "list", "mapping", "null"),
    "array": ("text", "mapping", "null"),
    "object": ("text", "list", "null"),
}

Path_ = tuple[str | int, ...]


def nodes(
    schema: dict[str, Any], data: Any, whole: dict[str, Any], at: Path_ = ()
) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """Yield each place in ``data`` that is a property of a schema, with the property's schema."""
    schema = resolved(schema, data, whole)
    if isinstance(data, dict):
        for key, value in data.items():
            inner = schema.get("properties", {}).get(key)
            if inner is not None:
                yield (*at, key), resolved(inner, value, whole)
            rest = schema.get("additionalProperties")
            named = schema.get("patternProperties", {})
            rest = next((below for pattern, below in named.items() if re.search(pattern, key)), rest)
            if found := inner or (rest if isinstance(rest, dict) else None):
                yield from nodes(found, value, whole, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from nodes(schema.get("items", {}), value, whole, (*at, index))


def resolved(schema: dict[str, Any], data: Any, whole: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with its reference followed and, among alternatives, the one of the data's type and keys."""
    if "$ref" in schema:
        return resolved({**whole["$defs"][schema["$ref"].rpartition("/")[2]]}, data, whole)
    if alternatives := schema.get("anyOf") or ("properties" not in schema and schema.get("oneOf")):
        wanted = {dict: "object", list: "array"}.get(type(data), "string")
        found = [resolved(one, data, whole) for one in alternatives]
        typed = [one for one in found if one.get("type") == wanted]
        keys = data.keys() if isinstance(data, dict) else set()
        fitting = next((one for one in typed if keys <= one.get("properties", {}).keys()), [*typed, found[0]][0])
        types = [one.get("type") for one in found]
        return {**fitting, "types": [name for kind in types for name in (kind if isinstance(kind, list) else [kind])]}
    return schema


def places(everything: bool) -> list[tuple[str, Path_, dict[str, Any]]]:
    """Return file, path and schema of every property that the valid documents hold."""
    found = []
    for file, data in WHOLE.items():
        schema = schemas()[SCHEMA[file]]
        found += [(file, at, inner) for at, inner in nodes(schema, data, schema) if everything or at[-1] != "meta"]
    return found


def problems(folder: Path, change: dict[str, Any]) -> tuple[Diagnostic, ...]:
    """Return the errors of these files; nothing else may happen."""
    for path, content in change.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    try:
        load_desired(WorkTree(folder))
        found: tuple[Diagnostic, ...] = ()
    except DiagnosticsError as error:
        found = tuple(d for d in error.diagnostics if d.is_error)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return found


def changed(file: str, at: Path_, key: str | None, value: Any = PLAIN) -> dict[str, Any]:
    """Return the valid documents with the property at a path renamed to ``key`` or given another value."""
    whole = copy.deepcopy(WHOLE)
    inner = whole[file]
    for step in at[:-1]:
        inner = inner[step]
    if value is not PLAIN:
        inner[at[-1]] = value
        return whole
    items = [(key if name == at[-1] else name, content) for name, content in inner.items()]
    inner.clear()
    inner.update(items)
    return whole


def mistyped(key: str) -> Iterator[str]:
    """Yield the key with a letter missing, two letters exchanged, and a letter doubled."""
    rng = random.Random(key)
    index = rng.randrange(len(key) - 1) if len(key) > 1 else 0
    yield key[:index] + key[index + 1 :] or key + "x"
    if len(key) > 1 and key[index] != key[index + 1]:
        yield key[:index] + key[index + 1] + key[index] + key[index + 2 :]
    yield key[: index + 1] + key[index:]


def test_the_documents_are_valid_and_whole(tmp_path: Path) -> None:
    """Every property of every schema occurs in them, so that nothing is left out below."""
    assert problems(tmp_path, WHOLE) == ()
    held = {(at[-1]) for _, at, _ in places(everything=True)}
    defined = {
        name
        for schema in schemas().values()
        for definition in (schema, *schema.get("$defs", {}).values())
        for name in definition.get("properties", {})
    }
    # `records: none` excludes the file that the documents have, and `hash` the reference to a secret.
    assert defined - held <= {"records", "hash"}


@pytest.mark.parametrize(("file", "at", "schema"), places(everything=True), ids=lambda value: str(value)[:60])
def test_a_key_mistyped_by_one_letter_is_found_and_named(
    file: str, at: Path_, schema: dict[str, Any], tmp_path: Path
) -> None:
    """The answer stands at the key and says which was meant; nothing is traced back and nothing is written."""
    for number, wrong in enumerate(mistyped(str(at[-1]))):
        folder = tmp_path / str(number)
        found = problems(folder, changed(file, at, wrong))
        about = [d for d in found if f"`{wrong}`" in d.detail and d.span and d.span.file == file]
        assert about, (wrong, found)
        assert f"Did you mean `{at[-1]}`?" in about[0].help, (wrong, about)


@pytest.mark.parametrize(("file", "at", "schema"), places(everything=True), ids=lambda value: str(value)[:60])
def test_a_field_of_a_wrong_type_is_found_and_explained(
    file: str, at: Path_, schema: dict[str, Any], tmp_path: Path
) -> None:
    """Each wrong type of each field gets an error in its file, with a way to mend it."""
    types = set(schema.get("types") or [schema.get("type", "string")])
    refused = set(WRONG).intersection(*(REFUSES.get(kind or "string", ("null",)) for kind in types))
    for name in sorted(refused):
        found = problems(tmp_path / name, changed(file, at, None, WRONG[name]))
        assert found, (name, at)
        assert all(d.span and d.summary and d.detail for d in found), found
        assert any(d.span and d.span.file == file for d in found), found


def test_every_answer_can_be_rendered(tmp_path: Path) -> None:
    """All errors of a hopeless folder are shown together, as text."""
    from reconciler.report.diagnostics import diagnostics_lines
    from reconciler.report.ink import write

    hopeless = {file: {key + "x": value for key, value in data.items()} for file, data in WHOLE.items()}
    found = problems(tmp_path, hopeless)
    out = io.StringIO()
    write(diagnostics_lines(found), out, False)
    assert len(found) > 10
    assert all(d.code in out.getvalue() for d in found)
