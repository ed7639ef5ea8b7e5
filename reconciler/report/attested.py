"""What somebody attested, as text and JSON; no value is shown."""

from collections.abc import Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.by_hand import Sight
from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import Line, Tone, line
from reconciler.report.view import plural

FORMAT_VERSION = 1
_SHORT = 12


def attested_lines(seen: Mapping[Address, Sight], evidence: str) -> Iterator[Line]:
    """Yield each address with how it was seen, and the last line."""
    for address, one in sorted(seen.items()):
        yield line((f"{neutral(address)}: ", Tone.BOLD), _how(one))
    yield line((f"Attested: {plural(len(seen), 'resource')}, evidence {evidence[:_SHORT]}.", Tone.BOLD))
    yield line(("See what is left to do with `reconciler plan`.", Tone.DIM))


def _how(seen: Sight) -> str:
    if seen.value is None:
        return "not there" if seen.otherwise else "not there, as declared"
    status = f", {seen.status}" if seen.status else ""
    return (f"otherwise in {neutral(', '.join(seen.otherwise))}" if seen.otherwise else "as declared") + status


def attested_json(seen: Mapping[Address, Sight], evidence: str) -> Json:
    """Return the same as JSON types."""
    rows = [
        {"address": address, "there": one.value is not None, "otherwise": list(one.otherwise), "status": one.status}
        for address, one in sorted(seen.items())
    ]
    return {"format_version": FORMAT_VERSION, "evidence": evidence, "attested": rows}
