"""What is live, entry by entry; texts come neutral and masked."""

from collections.abc import Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import Line, Tone, line

FORMAT_VERSION = 1


def live_lines(entries: Mapping[Address, Mapping[str, str]]) -> Iterator[Line]:
    """Yield each entry and its fields."""
    for address, fields in entries.items():
        yield line((neutral(address), Tone.BOLD))
        width = max(map(len, fields), default=0)
        for name, text in fields.items():
            yield line(f"    {name + ':':<{width + 1}} {text}")
    if not entries:
        yield line("The account holds nothing of this.")


def live_json(entries: Mapping[Address, Mapping[str, str]]) -> Json:
    """Return the entries as JSON types, every field as text."""
    return {
        "format_version": FORMAT_VERSION,
        "resources": {address: dict(fields) for address, fields in entries.items()},
    }


def said_json(address: Address, what: str) -> Json:
    """Return what was done to an entry as JSON types."""
    return {"format_version": FORMAT_VERSION, "address": address, "done": what}


def said_line(address: Address, what: str) -> Line:
    """Return the line that says what was done to an entry."""
    return line((f"{neutral(address)}: ", Tone.BOLD), what)
