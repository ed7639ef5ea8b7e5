"""Bombs: small files that cost a careless reader minutes or gigabytes. Each is a function of a size in characters.

A bomb is one file of up to 1 MiB, the limit of an ordinary file, or many small files of that size together. Those in
``HONEST`` hold nothing but sound resources, whose cost can only grow with their number: each is judged, one after the
other. They are bombs of up to 128 KiB here, and ``run.py`` prints what a MiB of each costs.
"""

from collections.abc import Callable, Mapping

from fuzz.grammar import ACCOUNT, Files

MOST = 2**20 - 512
RESOURCES = "more.yaml"
ZONE = "zones/example.org.yaml"
Bomb = Callable[[int], Files]


def _file(text: str, name: str = RESOURCES, most: int = MOST) -> Files:
    return {"account.yaml": ACCOUNT, name: text.encode("utf-8", "surrogatepass")[:most]}


def _repeated(head: str, part: str, tail: str = "", name: str = RESOURCES) -> Bomb:
    """Return a bomb of one part again and again; ``%d`` in it counts."""
    if "%d" in part:
        return lambda size: _file(head + "".join(part % n for n in range(max(1, size // (len(part) + 3)))) + tail, name)
    return lambda size: _file(head + part * max(1, (size - len(head) - len(tail)) // len(part)) + tail, name)


def _laughs(size: int) -> Files:
    levels = min(400, max(3, size // 60))
    rows = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9) if n else 'lol'}]" for n in range(levels)]
    return _file("\n".join(rows))


def _laughing_keys(size: int) -> Files:
    levels = min(400, max(3, size // 60))
    rows = [f"l{n}: &l{n} {{a: *l{n - 1}, b: *l{n - 1}, c: *l{n - 1}}}" for n in range(1, levels)]
    return _file("vars: &l0 {a: b}\n" + "\n".join(rows))


def _aliased_section(size: int) -> Files:
    """One large mailbox, meant a thousand times."""
    box = "{name: x, forward_to: [" + ", ".join(f"a{n}@example.org" for n in range(min(1_500, size // 40))) + "]}"
    names = "".join(f"      m{n}: *box\n" for n in range(min(130, size // 60)))
    return _file(f"mail:\n  example.org:\n    mailboxes:\n      m: &box {box}\n{names}")


def _deep_block(size: int) -> Files:
    depth = min(1_400, int((2 * size) ** 0.5) // 2 + 2)
    return _file("".join(f"{' ' * n}a:\n" for n in range(depth)))


def _many_files(size: int) -> Files:
    count = min(5_000, size // 40 + 1)
    return {
        "account.yaml": ACCOUNT,
        **{f"f{n}.yaml": f"whitelist: {{w{n}: 203.0.113.{n % 250}}}\n".encode() for n in range(count)},
    }


def _many_zones(size: int) -> Files:
    count = min(3_000, size // 60 + 1)
    return {
        "account.yaml": ACCOUNT,
        **{f"zones/z{n}.example.yaml": b"www: {type: A, value: 192.0.2.1}\n" for n in range(count)},
    }


def _zones_below_zones(size: int) -> Files:
    count = min(100, size // 100 + 2)
    names = [".".join(["a"] * n + ["example"]) for n in range(1, count)]
    return {"account.yaml": ACCOUNT, **{f"zones/{name}.yaml": b"'': {type: A, value: 192.0.2.1}\n" for name in names}}


def _deep_folders(size: int) -> Files:
    depth = min(800, size // 10 + 1)
    return {"account.yaml": ACCOUNT, "/".join(["d"] * depth) + "/x.yaml": b"vars: {a: b}\n"}


def _globs(size: int) -> Files:
    depth = min(60, size // 500 + 5)
    glob = "/".join(["**", "a*a*a*"] * min(30, depth)) + "/x"
    settings = ACCOUNT + f"exclude: ['{glob}', '{'*a' * 200}b', '{'**/' * 100}x']\n".encode()
    path = "/".join(["aaaaaaaaaaaaaaaaaaaa"] * depth) + "/y.yaml"
    return {
        "account.yaml": settings,
        path: b"vars: {a: b}\n",
        **{f"a{n}/{'a' * 60}.yaml": b"" for n in range(size // 4_000)},
    }


def _policies(size: int) -> Files:
    rows = "".join(f"    - {{match: 'record/*{'*a' * 20}{n}/*/TXT', reason: x}}\n" for n in range(size // 100 + 1))
    return {"account.yaml": (ACCOUNT + b"policy:\n  ignore:\n" + rows.encode())[:MOST]}


def _filters(size: int) -> Files:
    """Chains of every filter that Jinja has, over a long text."""
    from jinja2.filters import FILTERS

    names = sorted(FILTERS)
    chains = (
        "".join(f" | {names[(n * 7 + k * k) % len(names)]}" for k in range(n % 10)) for n in range(size // 60 + 1)
    )
    rows = "".join(f"  m{n}: {{reason: '{{{{ vars.a{chain} }}}}'}}\n" for n, chain in enumerate(chains))
    return _file("vars: {a: " + "x< " * 20_000 + "}\nremoved:\n" + rows)


def _templates(text: str) -> Bomb:
    return _repeated(
        f"vars: {{a: {'x' * 60_000}}}\nremoved:\n", f"  'mailbox/m%d@example.org': {{reason: \"{text}\"}}\n"
    )


def _distinct_templates(size: int) -> Files:
    row = '  mailbox/m{}@example.org: {{reason: "{{{{ vars.a | upper }}}}{}"}}\n'
    return _file("vars: {a: x}\nremoved:\n" + "".join(row.format(n, n) for n in range(size // 70 + 1)))


def _many_anchors(size: int) -> Files:
    rows = "".join(f"  a{n}: &a{n} [x, y]\n" for n in range(size // 22 + 1))
    return _file(f"vars:\n{rows}  b: *a0\n")


def _many_variables(size: int) -> Files:
    count = size // 60 + 1
    names = "".join(f"  v{n}: x\n" for n in range(count))
    used = "".join(f"  mailbox/m{n}@example.org: {{reason: '{{{{ vars.w{n} }}}}'}}\n" for n in range(count // 4))
    return _file(f"vars:\n{names}removed:\n{used}")


def _unknown_keys(size: int) -> Files:
    return _file(
        "contacts:\n" + "".join(f"  c{n}: {{nmae: x, emial: y, phnoe: z, m{n}: x}}\n" for n in range(size // 60 + 1))
    )


def _one_line(size: int) -> Files:
    return _file("contacts: {" + ", ".join(f"c{n}: {{nmae: x}}" for n in range(size // 20 + 1)) + "}")


def _same_address(size: int) -> Files:
    return _file("www:\n" + "  - {type: A, value: 192.0.2.1}\n" * (size // 33), ZONE)


def _zone(value: str) -> Bomb:
    """Return a zone bomb: names with one record set each."""
    return lambda size: _file("".join(f"n{n}: {value}\n" for n in range(size // (len(value) + 9) + 1)), ZONE)


def _one_value(rtype: str, part: str) -> Bomb:
    """Return a zone bomb of one long value."""
    return lambda size: _file(f"x: {{type: {rtype}, value: '{part * min(60_000 // len(part), size)}'}}\n", ZONE)


def _values(rtype: str, value: str) -> Bomb:
    return lambda size: _file(
        f"x: {{type: {rtype}, values: [{', '.join([value] * (size // (len(value) + 2)))}]}}\n", ZONE
    )


def _field(text: str, part: str) -> Bomb:
    """Return a bomb of a field whose text is as long as a text may be; ``%s`` says where."""
    return lambda size: _file(text % (part * max(1, min(65_000, size) // len(part))))


def _master(part: str) -> Bomb:
    """Return a master file of one line again and again; ``%d`` in it counts."""
    return _repeated("$TTL 1h\n", part, name="zones/example.org.zone")


_BOX = "mail: {example.org: {mailboxes: {info: {password: {secret: env/A, version: 1}, %s}}}}\n"
_CONTACT = "contacts: {erika: {name: Erika, email: erika@example.org, %s}}\n"

BOMBS: Mapping[str, Bomb] = {
    "billion laughs in lists": _laughs,
    "billion laughs in mappings": _laughing_keys,
    "a section of aliases": _aliased_section,
    "many anchors": _many_anchors,
    "deep brackets": _repeated("vars: ", "["),
    "deep braces": _repeated("vars: ", "{a: "),
    "deep dashes": _repeated("", "- "),
    "deep questions": _repeated("", "? "),
    "deep blocks": _deep_block,
    "long plain text": _repeated("vars: {a: ", "x", "}"),
    "long quoted text": _repeated("vars: {a: '", "x''", "'}"),
    "long escaped text": _repeated('vars: {a: "', "\\u202e", '"}'),
    "long block text": _repeated("vars:\n  a: |\n", "    x\n"),
    "long folded text": _repeated("vars:\n  a: >\n", "    x\n\n"),
    "long key": _repeated("? ", "k", "\n: x\n"),
    "long comment": _repeated("# ", "x"),
    "many comments": _repeated("", "# x\n"),
    "empty lines": _repeated("", "\n"),
    "many keys": _repeated("", "k%d: x\n"),
    "the same key": _repeated("", "k: x\n"),
    "many documents": _repeated("", "---\n"),
    "many directives": _repeated("", "%%TAG !a%d! x\n", "---\n"),
    "many tags": _repeated("vars:\n", "  a%d: !x y\n"),
    "merge keys": _repeated("a: &a {b: c}\nvars:\n", "  <<: *a\n"),
    "many nulls": _repeated("contacts:\n", "  c%d:\n"),
    "unclosed quote": _repeated("vars: '", "x\n"),
    "unclosed bracket": _repeated("vars: [", "x, "),
    "tabs": _repeated("vars:\n", "\t"),
    "carriage returns": _repeated("vars:\r", "  a%d: b\r"),
    "odd line ends": _repeated("vars: {}\n", "\u2028#"),
    "invisible characters": _repeated("vars:\n", "  a%d: '\u200b'\n"),
    "control characters": _repeated("vars:\n", "  a%d: \x01\n"),
    "not UTF-8": lambda size: {"account.yaml": ACCOUNT, RESOURCES: (b"vars: {a: '" + b"\xff\xfe" * (size // 2))[:MOST]},
    "UTF-16": lambda size: {
        "account.yaml": ACCOUNT,
        RESOURCES: ("\ufeffvars: {}" * (size // 20 + 1)).encode("utf-16")[:MOST],
    },
    "too large": lambda size: {"account.yaml": ACCOUNT, RESOURCES: b"#" * (2**20 + size)},
    "unknown keys": _unknown_keys,
    "unknown sections": _repeated("", "contakts%d: {}\n"),
    "errors on one line": _one_line,
    "wrong types": _repeated("whitelist:\n", "  w%d: [[[]]]\n"),
    "enormous integers": _field(_BOX % "quota: '%s GiB'", "9"),
    "enormous versions": _field(
        "mail: {example.org: {mailboxes: {info: {password: {secret: env/A, version: %s}}}}}\n", "9"
    ),
    "long phone": _field(_CONTACT % "phone: '+49%s'", "1"),
    "long mail address": _field("contacts: {erika: {name: E, email: '%s@example.org'}}\n", "a."),
    "long mail domain": _field("contacts: {erika: {name: E, email: 'e@%sorg'}}\n", "a."),
    "long unicode domain": _field("mail: {'%s.example': {}}\n", "ü"),
    "long address": _field("whitelist: {w: '%s'}\n", "1."),
    "long IPv6": _field("whitelist: {w: '%s'}\n", "::"),
    "long day": _field(_BOX % "autoreply: {subject: a, text: b, until: '%s'}", "2026-"),
    "long secret": _field(
        "mail: {example.org: {mailboxes: {info: {password: {secret: 'env/%s', version: 1}}}}}\n", "A_"
    ),
    "long literal secret": _field("mail: {example.org: {mailboxes: {info: {password: 'secret: %s'}}}}\n", "secret: "),
    "long removal": _field("removed: {'mailbox/%s': {reason: x}}\n", "*a"),
    "many removals": _repeated("removed:\n", "  mailbox/*%d*a*a*@example.org: {reason: x, count: 1}\n"),
    "long forwarding list": _field(_BOX % "forward_to: [%s]", "a@example.org, "),
    "many contacts": _repeated("contacts:\n", "  c%d: {name: x, email: c@example.org, phone: '+49 511 123456'}\n"),
    "many mailboxes": _repeated(
        "mail:\n  example.org:\n    mailboxes:\n", "      m%d: {password: {secret: env/A, version: 1}}\n"
    ),
    "many domains": _repeated("mail:\n", "  d%d.example: {}\n"),
    "many addresses": _repeated("whitelist:\n", "  w%d: 203.0.113.7\n"),
    "filter chains": _filters,
    "simple templates": _templates("{{ vars.a }}"),
    "distinct templates": _distinct_templates,
    "templates in brackets": _templates("{{ " + "(" * 200 + "vars.a" + ")" * 200 + " }}"),
    "templates that join": _templates("{{ vars.a ~ vars.a ~ vars.a }}"),
    "unclosed templates": _templates("{{ " * 60),
    "templates that fill": _templates("{{ vars.a | wordwrap(1) | center(1000) }}"),
    "undefined variables": _many_variables,
    "many files": _many_files,
    "many zones": _many_zones,
    "zones below zones": _zones_below_zones,
    "deep folders": _deep_folders,
    "globs": _globs,
    "policies": _policies,
    "many record sets": _zone("{type: A, value: 192.0.2.1}"),
    "many wrong record sets": _zone("{type: A, value: 192.0.2}"),
    "many types that don't exist": _zone("{type: AAA, value: x}"),
    "many record sets without a type": _zone("{value: x}"),
    "many targets without a dot": _zone("{type: CNAME, value: www}"),
    "one name, one type": _same_address,
    "many values": _values("A", "192.0.2.1"),
    "many wrong values": _values("MX", "x"),
    "long quoted TXT": _one_value("TXT", '"a" '),
    "backslashes in TXT": _one_value("TXT", "\\\\;"),
    "quotes in TXT": _one_value("TXT", '\\"'),
    "long CAA": _one_value("CAA", "0 "),
    "long SVCB": _one_value("SVCB", "1 . key1=a "),
    "long LOC": _one_value("LOC", "52 N "),
    "long NAPTR": _one_value("NAPTR", '1 "a" '),
    "long name": lambda size: _file(f"{'a.' * min(30_000, size)}: {{type: A, value: 192.0.2.1}}\n", ZONE),
    "long target": _one_value("CNAME", "a."),
    "escapes in a target": _one_value("CNAME", "\\065"),
    "long unicode target": _one_value("MX", "10 ü"),
    "many lines of a master file": _master("n%d A 192.0.2.1\n"),
    "many wrong lines of a master file": _master("n%d A 192.0.2\n"),
    "many generated records": _master("$GENERATE 1-2147483647 a$ A 192.0.2.1\n"),
    "wide generated records": _master("$GENERATE 1-99 a${0,127,d}${0,127,d} TXT ${0,127,n}\n"),
    "many small directives": _master("$GENERATE 1-9 a%d-$ A 192.0.2.$\n"),
    "many origins": _master("$ORIGIN a%d\n"),
    "deeper and deeper origins": _master("$ORIGIN a\n"),
    "open parentheses": _master("("),
    "lines in parentheses": _master("( \n"),
    "one long record": _master("a "),
    "quotes that don't end": _master('"a\n'),
    "backslashes in a master file": _master("\\"),
    "escaped digits": _master("\\065"),
    "one long string": _master("x TXT " + '"a" ' * 500 + "\n"),
    "comments of a master file": _master(";\n"),
    "TTLs that differ": _master("a %d A 192.0.2.1\n"),
    "names that end twice": _master("n%d.example.org A 192.0.2.1\n"),
    "presets": lambda size: _file(
        f"zones: {{example.org: {{records: none, use: [{', '.join(['hosting-mail'] * (size // 14))}]}}}}\n"
    ),
    "renames": _repeated("contacts:\n", "  c%d: {previously: c1, name: x, email: c@example.org}\n"),
    "options of a provider": _zone("{type: A, value: 192.0.2.1, octodns: {a: {b: 1}}, geo: {}}"),
}

#: What is sound, and how much of it a bomb holds at most.
HONEST: Mapping[str, int] = dict.fromkeys(
    (
        "many lines of a master file",
        "comments of a master file",
        "many small directives",
        "renames",
        "many contacts",
        "many mailboxes",
        "many domains",
        "many addresses",
        "many removals",
        "many files",
        "many zones",
    ),
    2**17,
)
