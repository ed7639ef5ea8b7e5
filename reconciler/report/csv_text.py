"""CSV as RFC 4180 has it, in which no cell is a formula for whoever opens it as a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from reconciler.model.text import escaped

#: With these a cell begins that a spreadsheet computes; some take the wide forms of East Asia for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: What spreadsheets take for the mark of a text.
_TEXT = "'"


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV with CRLF; what would act in a spreadsheet or a terminal is spelt out."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: str) -> str:
    marked = _TEXT + cell if cell.startswith(_FORMULA) else cell
    return escaped(marked)
