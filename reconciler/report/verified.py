"""What verifying found, as a table of servers and zones, then each answer that isn't as declared."""

from collections.abc import Iterator, Sequence

from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.model.verified import Checked, Standing, Verified
from reconciler.report.ink import EMPTY, Line, Tone, columns, line
from reconciler.report.view import plural

FORMAT_VERSION = 1
_HEADS = ("SERVER", "ZONE", "SERIAL", "PRIMARY", "STANDING", "EQUAL", "DIFFER", "SECONDS")
_TONES = {Standing.GOOD: Tone.PLAIN, Standing.BEHIND: Tone.CHANGE}
#: How many differing answers of one server are shown, and how much of each text; JSON has all of them.
_SHOWN = 10
_CUT = 160


def verified_lines(verified: Verified) -> Iterator[Line]:
    """Yield the table, what is wrong with each server, what nobody could be asked for, and the last line."""
    if verified.checked:
        yield from _table(verified.checked)
        yield EMPTY
    for one in verified.checked:
        yield from _details(one)
    for what, why in sorted(verified.unknown.items()):
        yield line((f"{neutral(what)}: ", Tone.BOLD), ("not asked", Tone.DANGER), f": {neutral(why)}")
    for address, why in sorted(verified.left_out.items()):
        yield line((f"{neutral(address)}: not asked, because {neutral(why)}.", Tone.DIM))
    if verified.unknown or verified.left_out:
        yield EMPTY
    yield line((_summary(verified), Tone.BOLD))


def verified_json(verified: Verified) -> Json:
    """Return the same as JSON types, with every difference."""
    return {
        "format_version": FORMAT_VERSION,
        "good": verified.is_good,
        "servers": [_row_json(one) for one in verified.checked],
        "not_asked": [{"what": what, "reason": why} for what, why in sorted(verified.unknown.items())],
        "left_out": [{"address": address, "reason": why} for address, why in sorted(verified.left_out.items())],
    }


def _row_json(one: Checked) -> Json:
    return {
        "server": one.server,
        "address": one.place,
        "zone": one.zone,
        "standing": one.standing.value,
        "serial": one.serial,
        "primary_serial": one.primary,
        "problem": _words(one),
        "equal": one.equal,
        "differing": [
            {"address": difference.address, "served": difference.served, "declared": difference.wanted}
            for difference in one.differing
        ],
        "seconds": one.seconds,
    }


def _table(rows: Sequence[Checked]) -> Iterator[Line]:
    cells = [_HEADS, *map(_cells, rows)]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    tones = [Tone.DIM, *(_TONES.get(one.standing, Tone.DANGER) for one in rows)]
    for row, tone in zip(cells, tones, strict=True):
        text = "  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield line((text, tone))


def _cells(one: Checked) -> tuple[str, ...]:
    serials = ("-" if serial is None else str(serial) for serial in (one.serial, one.primary))
    asked = one.standing not in (Standing.UNREACHABLE, Standing.WRONG)
    counts = (str(one.equal), str(len(one.differing))) if asked else ("-", "-")
    return (_server(one), neutral(one.zone, _CUT), *serials, one.standing.value, *counts, f"{one.seconds:.1f}")


def _server(one: Checked) -> str:
    """Return a server's name with the place where it was asked, once where both are the same."""
    name, place = neutral(one.server, _CUT), neutral(one.place, _CUT)
    return place if place.startswith((name, f"[{name}]")) else f"{name} ({place})"


def _details(one: Checked) -> Iterator[Line]:
    """Yield what is wrong with one server."""
    if one.standing is Standing.GOOD:
        return
    where = f"{_server(one)}, {neutral(one.zone, _CUT)}"
    yield line((f"{where}: ", Tone.BOLD), (neutral(_words(one)), Tone.DANGER))
    for difference in one.differing[:_SHOWN]:
        address = neutral(difference.address)
        yield line(f"  {address}: {neutral(difference.served)}; declared: {neutral(difference.wanted)}")
    if len(one.differing) > _SHOWN:
        yield line((f"  and {len(one.differing) - _SHOWN} more (`--json` shows all)", Tone.DIM))
    yield EMPTY


def _words(one: Checked) -> str:
    """Return what is wrong with one server in a few words; nothing where all is good."""
    if one.problem or one.standing is Standing.GOOD:
        return one.problem
    if one.standing is Standing.BEHIND:
        return f"it has serial {one.serial} and the primary {one.primary}"
    return f"{plural(len(one.differing), 'answer')} not as declared"


def _summary(verified: Verified) -> str:
    rows = verified.checked
    if not rows and not verified.unknown:
        return "Nothing to verify: no record set was changed."
    zones, places = len({one.zone for one in rows}), len({one.place for one in rows})
    good = sum(one.standing is Standing.GOOD for one in rows)
    equal = sum(one.equal for one in rows)
    if verified.is_good:
        what = f"{plural(equal, 'answer')} of {plural(places, 'server')} for {plural(zones, 'zone')}"
        return f"Verified: {what} as declared."
    return f"Not verified: {good} of {len(rows) + len(verified.unknown)} good."
