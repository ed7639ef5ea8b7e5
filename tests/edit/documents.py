"""YAML files as people write them, generated: any indentation, comments everywhere, odd spellings of scalars."""

from dataclasses import dataclass

from hypothesis import strategies as st

ODD = ("no", "on", "~", "010", "0o7", "1e3", "12:30", "2026-12-01", "+1", "1_000", ".5", "0x1F", "null", "yes")
QUOTED = ("'it''s'", '"a\\tb"', "''", '""', "'# no comment'", '"{{ vars.web }}"', '"\\u00e9 \\\\"', "'- x'")
WORDS = st.sampled_from(
    (*ODD, *QUOTED, "v=spf1 -all", "p=none\\; x", "http://x.example/#a", "Müller & Söhne", "a:b", "x#")
)
NAMES = st.from_regex(r"[a-z_][a-z0-9_-]{0,6}", fullmatch=True)
COMMENTS = st.sampled_from(("# why", "#tight", "# - x: y", "#", "# über \"quotes\" and 'more'"))


@dataclass(frozen=True)
class Style:
    """How one file is laid out: spaces a level, whether lists are indented, spaces before a comment."""

    step: int
    lists: bool
    gap: int


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A whole file, with or without its mark, sometimes with Windows line ends."""
    style = Style(draw(st.integers(1, 5)), draw(st.booleans()), draw(st.integers(1, 4)))
    lines = draw(_notes(0))
    lines += draw(st.sampled_from(([], ["---"], ["---   # the mark"])))
    lines += draw(_mapping(style, 0, 3))
    lines += draw(_notes(0))
    text = "\n".join(lines) + draw(st.sampled_from(("", "\n", "\n\n\n")))
    return text.replace("\n", "\r\n") if draw(st.integers(0, 9)) == 0 else text


@st.composite
def _mapping(draw: st.DrawFn, style: Style, indent: int, depth: int) -> list[str]:
    lines: list[str] = []
    for key in draw(st.lists(NAMES, min_size=1, max_size=4, unique=True)):
        lines += draw(_notes(indent))
        lines += draw(_value(style, indent, depth, " " * indent + f"{key}:"))
    return lines + draw(_notes(indent))


@st.composite
def _list(draw: st.DrawFn, style: Style, indent: int, depth: int) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(_notes(indent))
        if depth and draw(st.booleans()):
            first, *more = draw(_mapping(style, indent + 2, depth - 1).filter(_begins_with_an_entry))
            lines += [" " * indent + "- " + first.lstrip(" "), *more]
        else:
            lines += draw(_value(style, indent, 0, " " * indent + "-"))
    return lines


@st.composite
def _value(draw: st.DrawFn, style: Style, indent: int, depth: int, head: str) -> list[str]:
    beside = draw(st.sampled_from(("", "", "", " " * style.gap + "# beside", "  ")))
    kind = draw(st.sampled_from(("word", "word", "flow", "broken", "block", "empty") + ("mapping", "list") * depth))
    inner = indent + style.step
    if kind == "mapping":
        return [head + beside, *draw(_mapping(style, inner, depth - 1))]
    if kind == "list":
        return [head + beside, *draw(_list(style, inner if style.lists else indent, depth - 1))]
    if kind == "flow":
        return [f"{head} {draw(_flow())}{beside}"]
    if kind == "broken":
        items = draw(st.lists(NAMES, min_size=1, max_size=3))
        inside = [" " * inner + f"{item} ,{beside}" for item in items[:-1]]
        return [f"{head} [", *inside, " " * inner + items[-1], " " * inner + "]" + beside]
    if kind == "block":
        mark = draw(st.sampled_from(("|", ">", "|-", ">-", "| # beside")))
        text = draw(st.lists(st.sampled_from(("one", "# two", "  three", "")), max_size=3))
        return [f"{head} {mark}", " " * inner + "first", *(" " * inner + line if line else "" for line in text)]
    return [head + beside] if kind == "empty" else [f"{head} {draw(WORDS)}{beside}"]


@st.composite
def _flow(draw: st.DrawFn) -> str:
    words = draw(st.lists(NAMES, max_size=3, unique=True))
    space = draw(st.sampled_from(("", " ", "  ")))
    if draw(st.booleans()):
        return "[" + space + f",{space or ' '}".join(words) + space + "]"
    return "{" + space + f",{space or ' '}".join(f"{word}: '{word}'" for word in words) + space + "}"


@st.composite
def _notes(draw: st.DrawFn, indent: int) -> list[str]:
    """Comment lines and blank lines, mostly at the indentation of what follows."""
    lines = draw(st.lists(st.one_of(st.just(""), st.just("   "), COMMENTS), max_size=2)) if draw(st.booleans()) else []
    at = max(0, indent + draw(st.sampled_from((0, 0, 0, 1, -1))))
    return [" " * at + line if line.strip() else line for line in lines]


def _begins_with_an_entry(lines: list[str]) -> bool:
    return bool(lines[0].strip()) and not lines[0].lstrip().startswith("#")
