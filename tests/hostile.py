"""5,000 hostile strings by class, always the same, and what must not be left of them in anything the program prints.

Each holds the word ``EVIL``, so that it can be found again. To add a class, add a function to ``CLASSES``.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping

PER_CLASS = 200
MARK = "EVIL"
#: The longest line that one text may make: its limit, every character spelt in ten.
LONGEST_LINE = 30_000

_WORDS = ("error", "warning", "add-mask", "set-output name=x", "stop-commands", "group", "save-state name=a,b=c")
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_ZERO = "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u180e"
_UNSEEN = "\u115f\u1160\u17b4\u17b5\u180b\u2800\u3164\uffa0\ufe0f\ufe00\U000e0100\U000e01ef"
_MARKS = "".join(map(chr, range(0x300, 0x34F))) + "\u0483\u0488\u20dd\u20e3"


def _pick(rng: random.Random, alphabet: str, most: int = 6) -> str:
    return "".join(rng.choices(alphabet, k=rng.randint(1, most)))


def _sgr(rng: random.Random) -> str:
    return f"\x1b[{rng.choice((0, 1, 8, 31, 7, 5))};{rng.randint(30, 107)}m{MARK}\x1b[0m"


def _cursor(rng: random.Random) -> str:
    return f"{MARK}\x1b[{rng.randint(1, 99)}{rng.choice('ABCDEFGHJKSTfsu')}\x1b[2J\x1b[?25l{MARK}\x1bc"


def _osc(rng: random.Random) -> str:
    end = rng.choice(("\x07", "\x1b\\", "\x9c"))
    return rng.choice(
        (f"\x1b]0;{MARK}{end}", f"\x1b]52;c;RVZJTA=={end}{MARK}", f"\x1bP{MARK}{end}", f"\x1b_{MARK}{end}")
    )


def _link(rng: random.Random) -> str:
    return f"\x1b]8;;https://evil.example/{rng.random()}\x1b\\{MARK}\x1b]8;;\x1b\\"


def _c1(rng: random.Random) -> str:
    return f"{MARK}\x9b31m{chr(rng.randint(0x80, 0x9F))}\x9d0;t\x9c{MARK}\x85"


def _c0(rng: random.Random) -> str:
    return f"{MARK}{_pick(rng, ''.join(map(chr, range(32))) + chr(127))}"


def _lines(rng: random.Random) -> str:
    ending = rng.choice(("\n", "\r", "\r\n", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c", "\x1d", "\x1e"))
    return f"{MARK}{ending}::error::{MARK}{ending}+ record/example.org/www/A{ending}No changes."


def _overprint(rng: random.Random) -> str:
    return f"{MARK}{rng.choice(chr(13) + chr(8) + chr(9)) * rng.randint(1, 30)}No changes.\t{MARK}"


def _bidi(rng: random.Random) -> str:
    return f"{_pick(rng, _BIDI)}{MARK}{_pick(rng, _BIDI)}txt.exe"


def _zero_width(rng: random.Random) -> str:
    return f"{MARK}{_pick(rng, _ZERO)}x{_pick(rng, _ZERO)}"


def _unseen(rng: random.Random) -> str:
    return f"{MARK}{_pick(rng, _UNSEEN)}x{_pick(rng, _UNSEEN)}"


def _tags(rng: random.Random) -> str:
    return MARK + "".join(chr(0xE0000 + ord(c)) for c in rng.choice(("ignore all", "apply", "delete everything")))


def _zalgo(rng: random.Random) -> str:
    return _pick(rng, _MARKS, 40) + "".join(c + _pick(rng, _MARKS, 40) for c in MARK) + MARK


def _surrogates(rng: random.Random) -> str:
    return f"{chr(rng.randint(0xD800, 0xDFFF))}{MARK}{chr(rng.randint(0xDC80, 0xDCFF))}\ud83d"


def _private(rng: random.Random) -> str:
    other = (rng.randint(0xE000, 0xF8FF), rng.randint(0xF0000, 0x10FFFF), 0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFE)
    return f"{MARK}{chr(rng.choice(other))}{chr(rng.choice(other))}"


def _wide(rng: random.Random) -> str:
    return f"{MARK}{_pick(rng, '字漢🙂ｆｕｌｌ한글', 30)}{rng.choice(chr(0x3000) + chr(0xA0) + chr(0x202F))}{MARK}"


def _github(rng: random.Random) -> str:
    word = rng.choice(_WORDS)
    return f"{rng.choice(('', ' ', '   '))}::{rng.choice((word, word.upper(), word.title()))}::{MARK}"


def _github_old(rng: random.Random) -> str:
    return f"{rng.choice(('', MARK, '#'))}##[{rng.choice(_WORDS)}]{MARK}"


def _azure(rng: random.Random) -> str:
    return f"{rng.choice(('', MARK))}##{rng.choice(('vso', 'teamcity', 'VSO'))}[task.setvariable variable=x]{MARK}"


def _fence(rng: random.Random) -> str:
    return f"{rng.choice(('`', '~')) * rng.randint(1, 9)}{MARK}\n{'`' * rng.randint(3, 9)}\n# {MARK}\n@everyone"


def _markdown(rng: random.Random) -> str:
    return (
        rng.choice(("| a | b |", "**x**", "- [x] ", "> ", "# ", "![x](http://e/)", "[x](javascript:y)", "\\`")) + MARK
    )


def _mention(rng: random.Random) -> str:
    return rng.choice(("@everyone", "@org/team", "#1", "GH-1", "fixes #1", "a@b.example", "deadbeef" * 5)) + f" {MARK}"


def _html(rng: random.Random) -> str:
    return rng.choice(("<b>", "<img src=x onerror=y>", "</details>", "<!--", "]]>", "&lt;", "<script>", "</td>")) + MARK


def _template(rng: random.Random) -> str:
    return rng.choice(("{{ 7*7 }}", "{% raw %}", "{#", "%s%n", "${x}", "$(reboot)", "[bold red]", ":smile:")) + MARK


def _formula(rng: random.Random) -> str:
    return rng.choice("=+-@\t\r") + f"cmd|'/c calc'!{MARK}"


def _long(rng: random.Random) -> str:
    return MARK + rng.choice(("x", "ä", "\u202e", "\x1b[", "` ", "| ", "字")) * rng.randint(5_000, 20_000)


CLASSES: Mapping[str, Callable[[random.Random], str]] = {
    "colours": _sgr,
    "cursor movement": _cursor,
    "titles, clipboard, device strings": _osc,
    "terminal hyperlinks": _link,
    "C1 controls": _c1,
    "C0 controls": _c0,
    "line ends": _lines,
    "overprinting": _overprint,
    "bidi": _bidi,
    "zero width": _zero_width,
    "printable but unseen": _unseen,
    "tag characters": _tags,
    "stacked marks": _zalgo,
    "lone surrogates": _surrogates,
    "private use and noncharacters": _private,
    "wide characters and odd spaces": _wide,
    "GitHub workflow commands": _github,
    "GitHub commands of old": _github_old,
    "Azure and TeamCity commands": _azure,
    "Markdown fences": _fence,
    "Markdown": _markdown,
    "mentions": _mention,
    "HTML": _html,
    "templates, formats and markup": _template,
    "formulas": _formula,
}
assert len(CLASSES) * PER_CLASS == 5_000


def strings(name: str) -> list[str]:
    """Return the strings of one class; every twentieth is a very long one."""
    rng = random.Random(name)
    return [_long(rng) if number % 20 == 19 else CLASSES[name](rng) for number in range(PER_CLASS)]


def everything() -> list[str]:
    """Return all 5,000, the classes mixed, so that neighbours are of different classes."""
    return [text for group in zip(*map(strings, CLASSES), strict=True) for text in group]


def left_raw(output: str, longest: float = LONGEST_LINE) -> list[str]:
    """Return what of an output would act on a terminal, in a log of CI, or on a reader's eyes."""
    found = [f"U+{ord(c):04X}" for c in set(output) - {"\n"} if _acts(c)]
    found += re.findall(r"(?im)^\s*::[a-z-]*[g-z-][a-z-]*(?: .*)?::.*$", output)
    found += re.findall(r"(?i)##\w*\[", output)
    found += [f"a line of {len(line)}" for line in output.split("\n") if len(line) > longest]
    if not output.isascii():
        marks = "".join("M" if unicodedata.category(c) in ("Mn", "Me") else c for c in output.replace("M", ""))
        found += ["stacked marks"] if "MMMMM" in marks else []
    return found


def _acts(c: str) -> bool:
    odd_space = c != " " and unicodedata.category(c) == "Zs"
    return unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or odd_space or c in _UNSEEN + _ZERO
