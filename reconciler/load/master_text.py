"""The text of a master file (RFC 1035, section 5.1) to entries: lines joined by parentheses, cut into words.

What is wrong with an entry's text is reported and the entry left out; the next one is read all the same.
"""

from collections.abc import Iterator
from typing import NamedTuple

from reconciler.load.problems import MOST_PER_FILE, Problems
from reconciler.load.source_text import decode
from reconciler.load.yaml_text import MAX_DEPTH, MAX_SCALAR, ZONE
from reconciler.model.late import pattern
from reconciler.model.span import Span

_TOKEN = pattern(
    r"""(?P<word>(?:[^ \t;()"\\]|\\.)+)"""
    r"""|(?P<comment>;.*)"""
    r"""|"(?P<quoted>(?:[^"\\]|\\.)*)\""""
    r"""|(?P<open>\()"""
    r"""|(?P<close>\))"""
    r"""|(?P<broken>["\\].*)"""
)
#: YAML takes these for line ends and name servers don't, so that a reviewer's line isn't the program's.
_OTHER_BREAKS = pattern("[\x85\u2028\u2029]")
_MAX_LINES = 5_000_000
_MAX_WORDS = 65_536
_PAIRED = 'Close what was opened; a literal quote or parenthesis is written `\\"` or `\\(`.'


class Word(NamedTuple):
    """A word as it stands in the file, without the quotes around it."""

    text: str
    quoted: bool
    line: int
    column: int


class Comment(NamedTuple):
    """A comment without its semicolon; ``alone`` says that nothing else stands on its line."""

    line: int
    text: str
    alone: bool


class Entry(NamedTuple):
    """A directive or a record; ``inherits`` says that it begins with a space and so has the owner before it."""

    words: list[Word]
    inherits: bool


class MasterText:
    """Reads one file's text; ``comments`` fill while the entries are read."""

    def __init__(self, file: str, raw: bytes, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._wrong = 0
        self.comments: list[Comment] = []
        text = decode(file, raw, problems, ZONE.size)
        if text is not None and (found := _OTHER_BREAKS.search(text)):
            line = text.count("\n", 0, found.start()) + 1
            detail = f"Here stands U+{ord(found.group()):04X}, a line end in some programs only."
            problems.error("control-character", detail, Span(file, line, 1), "Delete the character.")
            text = None
        self._text = None if text is None else text.replace("\r\n", "\n").replace("\r", "\n")

    def entries(self) -> Iterator[Entry]:
        """Yield every entry whose text is sound."""
        words: list[Word] = []
        opened: list[Span] = []
        inherits, sound = False, True
        for number, line in enumerate(self._lines(), start=1):
            if number > _MAX_LINES or len(words) > _MAX_WORDS:
                what = f"{_MAX_LINES:,} lines" if number > _MAX_LINES else "65,536 words in one record"
                self._error("too-many-nodes", f"The file has more than {what}.", number, 1)
                return
            if len(opened) > MAX_DEPTH or self._wrong >= MOST_PER_FILE:
                deep = len(opened) > MAX_DEPTH
                detail = f"More than {MAX_DEPTH} parentheses are open." if deep else "Nothing more was read."
                self._error("too-deep" if deep else "too-many-errors", detail, number, 1)
                return
            if not opened:
                words, inherits, sound = [], line[:1] in (" ", "\t"), True
            sound = self._cut(number, line, words, opened) and sound
            if words and sound and not opened:
                yield Entry(words, inherits)
        if opened:
            detail = "This parenthesis is never closed; what follows belongs to the same record."
            self._problems.error("master-syntax", detail, opened[0], _PAIRED)

    def _cut(self, number: int, line: str, words: list[Word], opened: list[Span]) -> bool:
        """Add the words of a line, and tell whether it is sound."""
        sound, before = True, len(words)
        for found in _TOKEN.finditer(line):
            kind, column = found.lastgroup, found.start() + 1
            if kind == "word":
                words.append(Word(found.group(), False, number, column))
            elif kind == "quoted":
                words.append(Word(found["quoted"], True, number, column))
            elif kind == "comment":
                self.comments.append(Comment(number, found.group()[1:], not line[: column - 1].strip(" \t")))
            elif kind == "open" and len(opened) <= MAX_DEPTH:
                opened.append(Span(self._file, number, column))
            elif kind == "open":
                break
            elif kind == "close" and opened:
                opened.pop()
            elif kind == "close":
                sound = self._unsound("No parenthesis is open here.", number, column)
            elif found.group()[0] == '"':
                sound = self._unsound("This quoted string doesn't end on its line.", number, column)
                del opened[max(0, len(opened) - found.group().count(")")) :]
            else:
                sound = self._unsound("A backslash stands at the end of the line.", number, column)
        long = next((word for word in words[before:] if len(word.text) > MAX_SCALAR), None)
        if long is not None and sound:
            detail = f"This word has {len(long.text)} characters; 65,536 are allowed."
            sound = self._error("scalar-too-long", detail, number, long.column)
        return sound

    def _lines(self) -> Iterator[str]:
        text = self._text or ""
        start, size = 0, len(text)
        while start < size:
            end = text.find("\n", start)
            end = size if end < 0 else end
            yield text[start:end]
            start = end + 1

    def _unsound(self, detail: str, line: int, column: int) -> bool:
        return self._error("master-syntax", detail, line, column, _PAIRED)

    def _error(self, code: str, detail: str, line: int, column: int, help: str = "") -> bool:
        self._wrong += 1
        self._problems.error(code, detail, Span(self._file, line, column), help)
        return False


def words_of(text: str, at: Word) -> list[Word]:
    """Return the words of a text inside another word, all placed at it."""
    found = (match for match in _TOKEN.finditer(text))
    return [
        Word(match["quoted"] if match.lastgroup == "quoted" else match.group(), match.lastgroup == "quoted", *at[2:])
        for match in found
    ]
