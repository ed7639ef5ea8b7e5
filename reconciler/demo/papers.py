"""The Musterfirma's papers as real PDFs; the only file that knows fpdf2.

They hold no time but the day that they bear, and aren't compressed, so that they are the same octets on every machine.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from reconciler.model.errors import UsageError

#: One row of a table, and how wide each of its cells is, in millimetres.
Row = tuple[str, ...]


def letter(title: str, day: date, head: Iterable[str], rows: Sequence[Row], widths: Sequence[int]) -> bytes:
    """Return a page with a few lines on top and a table below, the last row of which is the sum."""
    pdf = _begun(title, day)
    for line in head:
        pdf.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(6)
    for place, row in enumerate(rows):
        pdf.set_font(style="B" if place in (0, len(rows) - 1) else "")
        for cell, width in zip(row, widths, strict=True):
            pdf.cell(width, 7, cell, border="B", align="L" if cell == row[0] else "R")
        pdf.ln(7)
    return bytes(pdf.output())


def text(title: str, day: date, paragraphs: Iterable[str]) -> bytes:
    """Return a document of paragraphs, each with its number."""
    pdf = _begun(title, day)
    for number, paragraph in enumerate(paragraphs, start=1):
        pdf.multi_cell(0, 6, f"{number}. {paragraph}", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
    return bytes(pdf.output())


def _begun(title: str, day: date) -> Any:
    """Return a PDF with its title on the first page; raises ``UsageError`` without the library."""
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise UsageError(
            "The demonstration account needs the library fpdf2, which isn't installed.",
            "Install it with `pip install 'reconciler[service]'`.",
        ) from error
    pdf = FPDF()
    pdf.set_compression(False)
    pdf.set_creation_date(datetime.combine(day, time(8), UTC))
    pdf.set_producer("reconciler")
    pdf.set_lang("de")
    pdf.set_title(title)
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 14)
    pdf.cell(0, 10, title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", "", 10)
    return pdf
