"""Zone files in and around the plain form of octoDNS's YAML, made at random."""

from random import Random

from reconciler.load.zone_records import ZoneSettings

_NAMES = ["''", "'@'", '"@"', "www", "WWW", "a.b", "'*'", "'*.dev'", '"*.x"', "_dmarc", "no", "null", "~", "010", "x y"]
_NAMES += [
    "---",
    "-a",
    "'a''b'",
    "müller",
    "a..b",
    "'ends.'",
    "x" * 64,
    "n" * 250,
    "<<",
    "{}",
    "? a",
    "*a",
    "&b c",
    "1",
]
_USUAL = ["A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NS", "ALIAS", "Route53Provider/ALIAS"]
_TYPES = [*_USUAL, "SSHFP", "SOA", "a", "BOGUS", "'A'", "TYPE65280", "null", "A/", "ANY"]
_HEADS = ["# c\n---\n# d\n", "\n", "--- # c\n", "%YAML 1.1\n---\n", "---\n---\n", "--- {}\n"]
_TTLS = ["60", "3600", "0", "010", "1h", "-1", "2147483647", "2147483648", "'60'", "~", "6 0", "99999999999", "60 # s"]
_TEXTS = ["203.0.113.7", "203.0.113.8", "2001:db8::1", "::1", "2001:db8::", "a.example.net.", "a.example.net", "ns.x."]
_TEXTS += [
    "10 mx.example.net.",
    "0 5 443 a.example.net.",
    '0 issue "ca.example.net"',
    "v=spf1 -all",
    "a # b",
    "a #b",
    "a#b",
]
_TEXTS += [
    "'a'",
    "'a # b'",
    '"a: b"',
    "a: b",
    "a:",
    "a:b",
    "k\\;v",
    "'k\\;v'",
    '"k\\;v"',
    "'it''s'",
    "'",
    '"',
    "-",
    "- a",
    "-a",
    "-all",
]
_TEXTS += [
    "null",
    "Null",
    "~",
    "''",
    '""',
    "?",
    "? a",
    "!t a",
    "&a b",
    "*a",
    "[a, b]",
    "[203.0.113.1, 203.0.113.2]",
    "[]",
    "[a,]",
    "{a: b}",
]
_TEXTS += [
    "|\n{0}  block\n{0}  more",
    ">-\n{0}  folded",
    "|+\n{0}  kept\n\n",
    "wrapped\n{0}  on",
    "'wrapped\n{0}  on'",
    '"wrapped\n\n{0}on"',
]
_TEXTS += [
    "'\nwww:\n  type: A\n  value: 203.0.113.9\n'",
    "'x\nzz:\n  type: A\n  value: x'",
    "true",
    "false",
    "12",
    "ä",
    "a\tb",
    "a  b",
    "a ",
    "%a",
]
_TEXTS += [
    "@a",
    "`a",
    ">a",
    ",a",
    "=",
    "<<",
    "()",
    "+1",
    "$a",
    "^",
    "a\\",
    "\\a",
    "x" * 300,
    "a\u00a0b",
    "a\u2028b",
    "é # c",
    "[a b, c]",
    "{}",
]
_ENDS = [
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    " ",
    "  # a comment",
    " #",
    "# no comment",
    "\t",
    " # ünï",
    "\n",
    "\n# c",
    "\n    # deep",
    "\r",
]
_BLOCKS = [
    "octodns: {lenient: true}",
    "octodns:\n{0}  cloudflare:\n{0}    proxied: true",
    "meta: {owner: erika}",
    "geo: {}",
    "mea: 1",
    "ttl: 60",
]
_LINES = [
    "---",
    "...",
    "%YAML 1.1",
    "# c",
    "",
    "  ",
    "x: y",
    "- a",
    "  - b",
    "www:",
    "    deep: 1",
    "\t",
    "*a",
    "'",
    "]",
    "}",
    "#",
]
_KEYS = [
    "exchange",
    "preference",
    "priority",
    "weight",
    "port",
    "target",
    "flags",
    "tag",
    "value",
    "name",
    "evaluate-target",
]
_FLAWS = " \n:#-'\"&*!|>%@`[]{},?\t~0aé\\."


_PARTS = {
    "MX": {"exchange": "mx.example.net.", "preference": "10"},
    "SRV": {"priority": "0", "weight": "5", "port": "443", "target": "a.example.net."},
    "CAA": {"flags": "0", "tag": "issue", "value": "ca.example.net"},
}


class ZoneTexts:
    """Makes zone files; most of each is plain, and something may be odd, or wrong."""

    def __init__(self, rng: Random) -> None:
        self._random = rng

    def text(self) -> str:
        """Return a file."""
        pick = self._random
        head = pick.choice(_HEADS if pick.random() < 0.08 else ["", "---\n"])
        names = [f"h{n}" for n in range(pick.randint(1, 5))]
        names += [pick.choice(_NAMES)] if pick.random() < 0.3 else []
        text = head + "".join(self._entry(name) for name in names)
        return self._spoilt(text) if pick.random() < 0.2 else text

    def _entry(self, name: str) -> str:
        pick = self._random
        if pick.random() < 0.04:
            return f"{name}: {pick.choice(_TEXTS).replace('{0}', '')}\n"
        indentation = " " * pick.choice([0, 2, 2, 2, 1, 4])
        if pick.random() < 0.4:
            return f"{name}:{self._end()}\n" + self._fields(
                indentation or "  ", indentation or "  ", pick.choice(_USUAL)
            )
        items = []
        rtypes = pick.sample(_USUAL, pick.choice([1, 1, 1, 2, 3]))
        for rtype in rtypes:
            gap = " " * pick.choice([1, 1, 1, 1, 3])
            items.append(self._fields(f"{indentation}-{gap}", f"{indentation} {gap}", rtype))
        return f"{name}:{self._end()}\n" + "".join(items)

    def _fields(self, first: str, others: str, rtype: str) -> str:
        pick = self._random
        rtype = rtype if pick.random() < 0.97 else pick.choice(_TYPES)
        fields = [f"type: {rtype}{self._end()}", self._value(rtype, others)]
        if pick.random() < 0.7:
            ttl = pick.choice(_TTLS[:2] if pick.random() < 0.97 else _TTLS)
            fields.insert(0, f"ttl: {ttl}{self._end()}")
        if pick.random() < 0.3:
            pick.shuffle(fields)
        if pick.random() < 0.06:
            fields.insert(pick.randint(0, len(fields)), pick.choice(_BLOCKS).replace("{0}", others))
        return "".join(f"{others if n else first}{field}\n" for n, field in enumerate(fields))

    def _value(self, rtype: str, others: str) -> str:
        pick = self._random
        if pick.random() < 0.6:
            return f"{pick.choice(['value', 'value', 'values'])}: {self._scalar(rtype, others)}{self._end()}"
        inner = others + pick.choice(["", "  ", "    "])
        mapped = rtype in (*_PARTS, "ALIAS", "Route53Provider/ALIAS") or pick.random() < 0.03
        if mapped and pick.random() < 0.3:
            inner += " "
            return f"value:{self._end()}\n{inner}" + self._pairs(rtype, inner)
        gap = " " * pick.choice([1, 1, 1, 3])
        lines = []
        for _ in range(1 if rtype in ("CNAME", "ALIAS") else pick.choice([1, 2, 2, 3])):
            what = self._pairs(rtype, f"{inner} {gap}") if mapped else self._scalar(rtype, inner) + self._end()
            lines.append(f"\n{inner}-{gap}{what}")
        return f"{pick.choice(['value', 'values', 'values'])}:{self._end()}" + "".join(lines)

    def _pairs(self, rtype: str, inner: str) -> str:
        pick = self._random
        pairs = dict(_PARTS.get(rtype, {"name": "a", "evaluate-target": "true"}))
        if pick.random() < 0.06:
            pairs[pick.choice(_KEYS)] = pick.choice(_TEXTS).replace("{0}", inner)
        return f"\n{inner}".join(f"{key}: {value}{self._end()}" for key, value in pairs.items())

    def _scalar(self, rtype: str, inner: str) -> str:
        pick = self._random
        usual = {"A": "203.0.113.7", "AAAA": "2001:db8::1", "CNAME": "a.example.net.", "NS": "ns1.example.net."}
        usual |= {"MX": "10 mx.example.net.", "SRV": "0 5 443 a.example.net.", "CAA": '0 issue "ca.example.net"'}
        usual |= {"SSHFP": "1 1 123456789abcdef67890123456789abcdef67890", "TYPE65280": "\\# 1 00"}
        if pick.random() < (0.25 if rtype in ("TXT", "ALIAS") else 0.02):
            return pick.choice(_TEXTS).replace("{0}", inner)
        text = usual.get(rtype, f"v=spf1 ip4:203.0.113.{pick.randint(0, 255)} -all")
        return text if pick.random() < 0.7 or '"' in text else f"'{text}'"

    def _end(self) -> str:
        return self._random.choice(_ENDS) if self._random.random() < 0.06 else ""

    def _spoilt(self, text: str) -> str:
        """Return the text with something put in, taken out, indented or repeated."""
        pick = self._random
        for _ in range(pick.choice([1, 1, 2])):
            lines = text.split("\n")
            at, flaw = pick.randrange(len(lines)), pick.random()
            if flaw < 0.3:
                lines.insert(at, pick.choice(_LINES))
            elif flaw < 0.45:
                lines[at] = " " + lines[at] if pick.random() < 0.5 else lines[at][1:]
            elif flaw < 0.6:
                lines.insert(pick.randrange(len(lines)), lines[at])
            elif flaw < 0.7:
                del lines[at]
            else:
                place = pick.randint(0, len(lines[at]))
                lines[at] = lines[at][:place] + pick.choice(_FLAWS) + lines[at][place + pick.randint(0, 1) :]
            text = "\n".join(lines)
        return text if pick.random() < 0.8 else text.rstrip("\n")


def settings(rng: Random) -> ZoneSettings:
    """Return options of a zone."""
    cuts = frozenset(["h4", "a.b"] if rng.random() < 0.1 else [])
    return ZoneSettings("example.org", 3600, rng.random() < 0.4, rng.random() < 0.8, cuts)
