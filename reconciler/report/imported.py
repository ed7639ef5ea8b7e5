"""What an import wrote, and what is left to do."""

from collections.abc import Iterator

from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import Line, Tone, line
from reconciler.report.view import plural

FORMAT_VERSION = 1


def zone_lines(path: str, record_sets: int, comments: int, left_out: int, rival: str | None) -> Iterator[Line]:
    """Yield what was written; ``rival`` is a master file in the account folder that declares the same zone."""
    kept = f", {plural(comments, 'comment')} kept" if comments else ""
    yield line(("wrote ", Tone.ADD), f"{neutral(path)}: {plural(record_sets, 'record set')}{kept}")
    yield line("Read again, it declares exactly what the master file does. The SOA is never managed.")
    if left_out:
        yield line(f"Beside the SOA and directives, {plural(left_out, 'comment')} went with them.")
    if rival:
        yield line(("Delete ", Tone.BOLD), neutral(rival), ": a zone has one file.")


def zone_json(path: str, record_sets: int, comments: int, left_out: int, rival: str | None) -> Json:
    """Return the same as JSON types."""
    return {
        "format_version": FORMAT_VERSION,
        "file": path,
        "record_sets": record_sets,
        "comments": {"kept": comments, "left_out": left_out},
        "delete": [rival] if rival else [],
    }
