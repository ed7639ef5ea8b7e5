"""What was done to an age file, and what is to be done now; names of secrets only, never the secrets."""

from collections.abc import Iterator, Sequence

from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.span import Span
from reconciler.model.text import neutral
from reconciler.report.ink import Line, Tone, line

FORMAT_VERSION = 1


def sealed_lines(
    place: str, what: str, recipients: int, came: Sequence[str], gone: Sequence[str], locked_out: bool
) -> Iterator[Line]:
    """Yield what was done at a place (``secrets.age#KEY``), for how many, and who came and went."""
    many = f"{recipients} recipient{'' if recipients == 1 else 's'}"
    yield line((f"{neutral(place)}: ", Tone.BOLD), f"{what} The file is encrypted for {many}.")
    yield from (line(("  + ", Tone.ADD), neutral(one)) for one in came)
    yield from (line(("  - ", Tone.DESTROY), neutral(one)) for one in gone)
    if gone:
        yield line(
            "Whoever left can still decrypt the older versions of the file in git: change its secrets, too, and raise "
            "their versions."
        )
    if locked_out:
        yield line(("note: ", Tone.LINK), "your own identity isn't among the recipients, so you can't decrypt it.")


def unchanged_line(place: str, what: str) -> Line:
    """Return the line that says that a file stays byte for byte as it was."""
    return line((f"{neutral(place)}: ", Tone.BOLD), f"{what} The file stays as it is.")


def sealed_json(place: str, written: bool, recipients: Sequence[str]) -> Json:
    """Return whether a file was written for a place, and who can decrypt it then, as JSON types."""
    return {"format_version": FORMAT_VERSION, "place": place, "written": written, "recipients": list(recipients)}


def use_lines(place: str, uses: Sequence[tuple[Span | None, Address, int]], first: bool) -> Iterator[Line]:
    """Yield how the YAML learns of a secret that was set: a version to raise for each use, or a first use."""
    if not uses:
        yield line(f"Refer to it as `{{secret: file/{neutral(place)}, version: 1}}`.")
        return
    yield line("An apply writes it where its version is new:")
    for span, address, version in uses:
        advice = "" if first else f"; write {version + 1}"
        yield line(f"  {neutral(f'{span}: ' if span else '')}{neutral(address)} has version {version}{advice}.")


def keys_lines(path: str, keys: Sequence[str], stale: bool) -> Iterator[Line]:
    """Yield the names of the secrets in a file, and a word when others are listed than can decrypt it."""
    yield from (line(neutral(key)) for key in keys)
    if not keys:
        yield line(f"{neutral(path)} holds no secrets.")
    if stale:
        said = f"{neutral(path)}.recipients has changed; `reconciler secret rekey {neutral(path)}` encrypts for those."
        yield line(("note: ", Tone.LINK), said)


def keys_json(path: str, keys: Sequence[str], recipients: Sequence[str]) -> Json:
    """Return the names of the secrets in a file and who can decrypt it, as JSON types."""
    return {"format_version": FORMAT_VERSION, "file": path, "keys": list(keys), "recipients": list(recipients)}
