"""The secrets that written files refer to, because no account tells them."""

from collections.abc import Iterator, Sequence

from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, line


def needed_lines(secrets: Sequence[tuple[str, Address]]) -> Iterator[Line]:
    """Yield the places of secrets with the resources that need them; nothing where none are needed."""
    if secrets:
        said = "Secrets can't be read. They are referred to here, and needed when their version is raised:"
        yield EMPTY
        yield line((said, Tone.BOLD))
    yield from (line(f"  {neutral(source)}  ", (neutral(address), Tone.DIM)) for source, address in secrets)


def needed_json(secrets: Sequence[tuple[str, Address]]) -> Json:
    """Return the same as JSON types."""
    return [{"source": source, "address": address} for source, address in secrets]
