"""Bytes to text: encoding, size, and the characters that have no place in a configuration."""

import unicodedata

from reconciler.load.problems import BREAK, Problems
from reconciler.model.late import pattern
from reconciler.model.span import Span
from reconciler.model.text import first_invisible

_CONTROL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_CONTROL_BYTES = pattern(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def decode(file: str, raw: bytes, problems: Problems, limit: int) -> str | None:
    """Return a file's text and show it to ``problems``; None when it can't be read as YAML at all."""
    if len(raw) > limit:
        problems.error(
            "file-too-large",
            f"The file has more than the {limit // 2**20} MiB that it may have.",
            Span(file, 1, 1),
            "Spread what it declares over several files.",
        )
        return None
    if raw.startswith(_OTHER_MARKS):
        problems.error("byte-order-mark", "The file is UTF-16 or UTF-32.", Span(file, 1, 1), "Save it as UTF-8.")
        return None
    if raw.startswith(_UTF8_MARK):
        problems.error("byte-order-mark", "The file begins with the three bytes EF BB BF.", Span(file, 1, 1))
        raw = raw[len(_UTF8_MARK) :]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        problems.source(file, raw.decode("utf-8", "replace"))
        detail = f"The byte {raw[error.start]:02X} here is not UTF-8."
        problems.error("invalid-utf-8", detail, span_at(file, before, len(before)), "Save the file as UTF-8.")
        return None
    problems.source(file, text)
    return text if _check_characters(file, raw, text, problems) else None


def _check_characters(file: str, raw: bytes, text: str, problems: Problems) -> bool:
    """Report harmful characters; tell whether YAML can read the text all the same."""
    if raw.isascii():
        harmful = _CONTROL.search(text) if _CONTROL_BYTES.search(raw) else None
    else:
        harmful = _CONTROL.search(text)
        if first_invisible(text) is not None:
            _report_invisible(file, text, problems)
    if harmful:
        detail = f"Here stands {_name(harmful.group())}."
        problems.error("control-character", detail, span_at(file, text, harmful.start()), "Delete the character.")
    return not harmful and not problems.is_full(file)


def _report_invisible(file: str, text: str, problems: Problems) -> None:
    for number, line in enumerate(BREAK.split(text), start=1):
        if (index := first_invisible(line)) is not None:
            detail = f"Here stands {_name(line[index])}."
            problems.error("invisible-character", detail, Span(file, number, index + 1), "Delete the character.")
            if problems.is_full(file):
                return


def bad_character(text: str) -> tuple[str, str] | None:
    """Return the code and the name of the first harmful character that an escape put into a text, or None."""
    if text.isprintable():
        return None
    if found := _CONTROL.search(text):
        return "control-character", _name(found.group())
    index = first_invisible(text)
    return None if index is None else ("invisible-character", _name(text[index]))


def span_at(file: str, text: str, index: int) -> Span:
    """Return the place of a character, lines counted as YAML counts them."""
    line, start = 1, 0
    for found in BREAK.finditer(text, 0, index):
        line, start = line + 1, found.end()
    return Span(file, line, index - start + 1)


def _name(character: str) -> str:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return f"{code} ({name})" if name else code
