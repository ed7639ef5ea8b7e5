"""That a configuration is valid, and how much there is of it."""

from collections.abc import Iterator, Sequence

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Json
from reconciler.model.state import Desired
from reconciler.report.diagnostics import diagnostics_json
from reconciler.report.ink import Line, Tone, line
from reconciler.report.view import plural

FORMAT_VERSION = 1


def valid_lines(desired: Desired, silenced: int) -> Iterator[Line]:
    """Yield the line that says so, and how many findings policy silences."""
    if silenced:
        yield line((f"{plural(silenced, 'finding')} silenced by `policy.silence`.", Tone.DIM))
    resources, files = plural(len(desired.state), "resource"), plural(len(desired.files), "file")
    yield line(("The configuration is valid:", Tone.ADD), f" {resources} in {files}.")


def valid_json(desired: Desired, shown: Sequence[Diagnostic]) -> Json:
    """Return the same as JSON types, with the findings that policy doesn't silence."""
    return {
        "format_version": FORMAT_VERSION,
        "valid": True,
        "resources": len(desired.state),
        "files": sorted(desired.files),
        "diagnostics": diagnostics_json(shown),
        "silenced": len(desired.findings) - len(shown),
    }
