"""Configuration files made from the schemas, which are made from the models: new keys and kinds come by themselves.

What is made is valid in shape, filled with values that are plausible somewhere, and then often broken: a wrong type, a
wrong key, junk, odd scalars, anchors, tags, mixed styles, keys twice.
"""

import json
from functools import cache
from random import Random
from typing import Any

from hostile import CLASSES
from reconciler.load.schema import schemas

Files = dict[str, bytes]
FILES = {
    "account.yaml": "account.schema.json",
    "more.yaml": "resources.schema.json",
    "deep/er/mail.yaml": "resources.schema.json",
    "zones/example.org.yaml": "zone.schema.json",
    "zones/shop.example.org.yaml": "zone.schema.json",
}
ACCOUNT = b"version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"

#: Values that fit somewhere, so that what is made gets past the first look.
PLAUSIBLE = (
    *("1", "0", "300", "3600", "true", "false", "all", "none", "5 GiB", "2026-12-20", "2027-01-06", "yes", "no", "010"),
    *("203.0.113.7", "2001:db8::7", "example.org", "www", "@", "*", "mail.example.org.", "erika@example.org", "info"),
    *(
        "env/MAIL_INFO",
        "file/secret",
        "file/secrets.age#KEY",
        "+49 511 123456",
        "DE89370400440532013000",
        "30159",
        "DE",
    ),
    *("A", "AAAA", "MX", "TXT", "CNAME", "CAA", "SRV", "NS", "TLSA", "SVCB", "URLFWD", "SOA", "ALIAS", "LOC", "NAPTR"),
    *(
        "10 mail.example.org.",
        "v=spf1 -all",
        '"a" "b"',
        "0 issue letsencrypt.org",
        "0 0 443 x.example.org.",
        "~",
        "null",
    ),
    *(
        "mailbox/*",
        "record/example.org/www/A",
        "report",
        "hold",
        "embedded",
        "account.db",
        "zones",
        "K-104711",
        "12:30",
    ),
    *(
        "{{ vars.web }}",
        "{{ vars.nothing | upper }}",
        "{% if x %}",
        "0 EUR",
        "24.00 EUR",
        "{{",
        "hosting-mail",
        "read-write",
        "/shop",
        "1e3",
    ),
)
JUNK = (
    "",
    " ",
    "\t",
    "-",
    "?",
    ":",
    "#",
    "&a",
    "*a",
    "!x",
    "|",
    ">",
    "%",
    "@",
    "`",
    "'",
    '"',
    "[",
    "{",
    "<<",
    "...",
    "---",
)
NAMES = ("info", "erika", "example.org", "münchen.example", "www", "a b", "x" * 70, "Office", "2", "no", "_dmarc", "..")


@cache
def _schemas() -> dict[str, Any]:
    return schemas()


def generated(rng: Random) -> Files:
    """Return an account folder: usually with a sound account.yaml, so that the rest is looked at."""
    chosen = rng.sample(sorted(FILES), rng.randint(1, 3))
    files = {name: document(rng, FILES[name]) for name in chosen}
    if rng.random() < 0.8 or "account.yaml" not in files:
        files["account.yaml"] = ACCOUNT
    return files


def document(rng: Random, schema: str) -> bytes:
    """Return one file of a schema, as text in a style of its own."""
    whole = _schemas()[schema]
    data = _value(rng, whole, whole, 0)
    for _ in range(rng.choice((0, 0, 1, 1, 2, 5))):
        data = broken(rng, data)
    return Writer(rng).text(data).encode("utf-8", "surrogatepass")


def _value(rng: Random, schema: dict[str, Any], whole: dict[str, Any], depth: int) -> Any:
    if "$ref" in schema:
        return _value(rng, whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, depth)
    if options := schema.get("anyOf") or (schema.get("oneOf") and not schema.get("properties") and schema["oneOf"]):
        return _value(rng, rng.choice(options), whole, depth)
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return rng.choice(schema["enum"])
    kind = schema.get("type")
    kind = rng.choice(kind) if isinstance(kind, list) else kind
    if kind == "object":
        return _mapping(rng, schema, whole, depth)
    if kind == "array":
        return [_value(rng, schema.get("items", {}), whole, depth + 1) for _ in range(rng.randint(0, 3))]
    if kind == "integer":
        return str(rng.choice((1, 2, 5, 300, 3600, schema.get("minimum", 0), schema.get("maximum", 9))))
    return rng.choice(("true", "false")) if kind == "boolean" else scalar(rng)


def _mapping(rng: Random, schema: dict[str, Any], whole: dict[str, Any], depth: int) -> dict[str, Any]:
    known = schema.get("properties", {})
    required = schema.get("required", [])
    wanted = [name for name in known if (name in required and rng.random() < 0.95) or rng.random() < 1.2 / (depth + 2)]
    made = {name: _value(rng, known[name], whole, depth + 1) for name in wanted}
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        for _ in range(rng.randint(0 if made else 1, 3)):
            made[rng.choice(NAMES)] = _value(rng, more, whole, depth + 1)
    for pattern, inner in schema.get("patternProperties", {}).items():
        if rng.random() < 0.2:
            made[pattern.strip("^$").partition("[")[0] + rng.choice(NAMES)] = _value(rng, inner, whole, depth + 1)
    return made


def scalar(rng: Random) -> str:
    """Return a text: plausible, junk, or one of those that deceive."""
    luck = rng.random()
    if luck < 0.85:
        return rng.choice(PLAUSIBLE)
    if luck < 0.93:
        return rng.choice(JUNK) + rng.choice(PLAUSIBLE) + rng.choice(JUNK)
    return CLASSES[rng.choice(sorted(CLASSES))](rng)


def broken(rng: Random, data: Any) -> Any:
    """Return data with one place made wrong."""
    if isinstance(data, dict) and data and rng.random() < 0.8:
        name = rng.choice(sorted(data))
        if rng.random() < 0.25:
            wrong = name[: rng.randint(0, len(name))] + rng.choice(("", "x", "é", "\u202e", name))
            return {wrong if key == name else key: value for key, value in data.items()}
        return {**data, name: broken(rng, data[name])}
    if isinstance(data, list) and data and rng.random() < 0.8:
        index = rng.randrange(len(data))
        return [broken(rng, item) if number == index else item for number, item in enumerate(data)]
    return rng.choice((None, {}, [], [data], {"x": data}, scalar(rng), [scalar(rng)] * 3, {scalar(rng): data}))


class Writer:
    """Writes data as YAML in mixed styles, with anchors, aliases, tags, comments and keys twice now and then."""

    def __init__(self, rng: Random) -> None:
        """Draw everything from ``rng``."""
        self._rng = rng
        self._anchors = 0

    def text(self, data: Any) -> str:
        """Return a whole file."""
        rng = self._rng
        head = rng.choice(("", "", "", "---\n", "# A comment\n", "%YAML 1.1\n---\n", "\ufeff", "\n\n"))
        tail = rng.choice(("", "", "", "\n...\n", "\n---\nx: 1\n", "  # é"))
        return head + self._node(data, 0, rng.random() < 0.1) + tail

    def _node(self, data: Any, depth: int, flow: bool) -> str:
        flow = flow or depth > 6 or self._rng.random() < 0.15
        if isinstance(data, dict):
            return self._mapping(data, depth, flow)
        if isinstance(data, list):
            return self._sequence(data, depth, flow)
        return self._decorated("" if data is None else self._scalar(data, flow))

    def _mapping(self, data: dict[str, Any], depth: int, flow: bool) -> str:
        pairs = list(data.items())
        if pairs and self._rng.random() < 0.03:
            pairs.append(self._rng.choice(pairs))
        if flow or not pairs:
            inner = ", ".join(
                f"{self._scalar(key, True)}: {self._node(value, depth + 1, True)}" for key, value in pairs
            )
            return self._decorated(f"{{{inner}}}")
        return self._block((f"{self._scalar(key, True)}:", value) for key, value in pairs)(depth, self)

    def _sequence(self, data: list[Any], depth: int, flow: bool) -> str:
        if flow or not data:
            return self._decorated(f"[{', '.join(self._node(item, depth + 1, True) for item in data)}]")
        return self._block(("-", item) for item in data)(depth, self)

    def _block(self, rows: Any) -> Any:
        def written(depth: int, writer: "Writer") -> str:
            pad = "  " * depth
            lines = [f"{pad}{mark} {writer._node(value, depth + 1, False)}" for mark, value in rows]
            return ("\n" if depth else "") + "\n".join(lines)

        return written

    def _scalar(self, text: str, flow: bool) -> str:
        style = self._rng.random()
        if style < 0.5:
            return text
        if style < 0.7:
            return "'" + text.replace("'", "''") + "'"
        if style < 0.95 or flow:
            return json.dumps(text, ensure_ascii=self._rng.random() < 0.5)
        return "|\n" + "\n".join(f"              {line}" for line in text.split("\n"))

    def _decorated(self, text: str) -> str:
        luck = self._rng.random()
        if luck < 0.01:
            self._anchors += 1
            return f"&a{self._anchors} {text}"
        if luck < 0.02 and self._anchors:
            return f"*a{self._rng.randint(1, self._anchors)}"
        return f"{self._rng.choice(('!!str', '!x', '!include', '!<x>'))} {text}" if luck > 0.99 else text
