"""That a configuration is valid, and how much there is of it."""

from collections.abc import Iterator

from reconciler.model.fields import Json
from reconciler.model.state import Desired
from reconciler.report.diagnostics import diagnostics_json
from reconciler.report.ink import Line, Tone, line
from reconciler.report.view import plural

FORMAT_VERSION = 1


def valid_lines(desired: Desired) -> Iterator[Line]:
    """Yield the line that says so."""
    resources, files = plural(len(desired.state), "resource"), plural(len(desired.files), "file")
    yield line(("The configuration is valid:", Tone.ADD), f" {resources} in {files}.")


def valid_json(desired: Desired) -> Json:
    """Return the same as JSON types, with the findings."""
    return {
        "format_version": FORMAT_VERSION,
        "valid": True,
        "resources": len(desired.state),
        "files": sorted(desired.files),
        "diagnostics": diagnostics_json(desired.findings),
    }
