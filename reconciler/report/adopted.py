"""What ``adopt`` wrote: the difference in the files, secrets that are needed from now on, and what is left out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, line
from reconciler.report.needed import needed_json, needed_lines
from reconciler.report.view import plural

FORMAT_VERSION = 1
_TONES = {"+": Tone.ADD, "-": Tone.DANGER, "@": Tone.LINK}


def adopted_lines(
    adopted: Sequence[Address],
    difference: Iterable[str],
    secrets: Sequence[tuple[str, Address]],
    left_out: Mapping[Address, str],
    written: bool,
) -> Iterator[Line]:
    """Yield the difference (private values masked), and a last line that says what comes next."""
    for text in difference:
        yield line((neutral(text), _TONES.get(text[:1], Tone.PLAIN)))
    yield from needed_lines(secrets)
    if left_out:
        yield EMPTY
        yield line(("Left out:", Tone.BOLD))
        yield from (line(f"  {neutral(address)}: {neutral(why)}.") for address, why in sorted(left_out.items()))
    if adopted or left_out:
        yield EMPTY
    count = plural(len(adopted), "resource")
    if not adopted:
        yield line(("Nothing to adopt.", Tone.BOLD))
    elif written:
        yield line((f"Adopted: {count}.", Tone.BOLD), " The files say what is live. Look at `git diff`, and commit.")
    else:
        yield line((f"To adopt: {count}.", Tone.BOLD), " Nothing was written; without `--dry-run` it is.")


def adopted_json(
    adopted: Sequence[Address],
    difference: Iterable[str],
    secrets: Sequence[tuple[str, Address]],
    left_out: Mapping[Address, str],
    written: bool,
) -> Json:
    """Return the same as JSON types."""
    return {
        "format_version": FORMAT_VERSION,
        "adopted": list(adopted),
        "difference": [neutral(text) for text in difference],
        "secrets": needed_json(secrets),
        "left_out": [{"address": address, "reason": why} for address, why in sorted(left_out.items())],
        "written": written,
    }
