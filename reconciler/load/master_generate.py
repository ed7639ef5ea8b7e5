"""``$GENERATE``: one line of a master file that stands for many records, never for more than a file may have."""

import re
from collections.abc import Iterator

from reconciler.load.master_rdata import WrongWordError
from reconciler.load.master_text import Entry, Word, words_of
from reconciler.model.late import pattern

#: How many records the directives of one file may stand for, all together.
MOST = 65_536
_RANGE = pattern(r"([0-9]{1,10})-([0-9]{1,10})(?:/([0-9]{1,10}))?\Z")
_PLACE = pattern(r"\\.|\$\$|\$\{([+-]?[0-9]{1,10})(?:,([0-9]{1,3})(?:,([doxXnN]))?)?\}|\$\{|\$")
_MAX_WIDTH = 127
_HOW = "Write `$GENERATE 1-9 host$ A 192.0.2.$`; data of several parts stands in quotes."


def numbers_of(entry: Entry) -> range:
    """Return the numbers that a directive counts through; raises :class:`WrongWordError`."""
    if len(entry.words) < 5:
        raise WrongWordError(entry.words[0], "A range, a name, a type and data follow `$GENERATE`.", _HOW)
    word = entry.words[1]
    found = _RANGE.match(word.text)
    if found is None:
        raise WrongWordError(word, f"`{word.text}` is no range.", _HOW)
    first, last, step = int(found[1]), int(found[2]), int(found[3] or 1)
    if last < first or step == 0 or last >= 2**31:
        raise WrongWordError(word, f"`{word.text}` counts through nothing.", _HOW)
    return range(first, last + 1, step)


def generated(entry: Entry, numbers: range) -> Iterator[Entry]:
    """Yield the records that a directive stands for; raises :class:`WrongWordError`."""
    owner, *middle, data = entry.words[2:]
    parts = words_of(data.text.replace('\\"', '"'), data) if data.quoted else [data]
    for number in numbers:
        words = [_filled(owner, number), *middle, *(_filled(part, number) for part in parts)]
        yield Entry(words, inherits=False)


def _filled(word: Word, number: int) -> Word:
    """Return a word with the number in each of its places."""
    if "$" not in word.text:
        return word

    def fill(found: re.Match[str]) -> str:
        text = found.group()
        if text[0] == "\\" or text == "$$":
            return text if text[0] == "\\" else "$"
        if text == "${":
            raise WrongWordError(word, "This `${` isn't closed, or holds something unknown.", "Write `${0,3,d}`.")
        return _written(word, number + int(found[1] or 0), int(found[2] or 0), found[3] or "d")

    return word._replace(text=_PLACE.sub(fill, word.text))


def _written(word: Word, value: int, width: int, base: str) -> str:
    if width > _MAX_WIDTH or (value < 0 and base != "d"):
        what = f"A width is at most {_MAX_WIDTH}." if width > _MAX_WIDTH else "A number below 0 has only the base `d`."
        raise WrongWordError(word, what)
    if base in "nN":
        digits = format(value, "x" if base == "n" else "X")[::-1]
        end = "." if width % 2 == 0 and width // 2 >= len(digits) else ""  # as name servers do it
        return ".".join(digits.ljust((width + 1) // 2, "0")) + end
    return format(value, base).zfill(width)
