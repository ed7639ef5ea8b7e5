"""What ``init`` wrote, which secrets it refers to, and the proof that the first plan is empty."""

from collections.abc import Iterator, Sequence

from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.plan import Plan
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, line
from reconciler.report.needed import needed_json, needed_lines
from reconciler.report.terminal import plan_lines
from reconciler.report.view import plural

FORMAT_VERSION = 1


def initialised_lines(
    files: Sequence[str],
    secrets: Sequence[tuple[str, Address]],
    left_out: Sequence[Address],
    plan: Plan,
    writing: int | None = None,
) -> Iterator[Line]:
    """Yield the files, the places of ``secrets`` with the resources that need them, what is left out, and the proof.

    ``writing`` are the requests that went out and may have written, where the account is asked by requests.
    """
    for name in files:
        yield line(("wrote ", Tone.ADD), neutral(name))
    yield from needed_lines(secrets)
    if left_out:
        yield EMPTY
        yield line(("Left out, because no YAML can hold them:", Tone.BOLD))
        yield from (line(f"  {neutral(address)}") for address in left_out)
    yield EMPTY
    if writing is not None:
        yield line(f"Requests that write: {writing}")
    if plan.changes or plan.refusals:
        yield line(("The files don't declare exactly what is live:", Tone.DANGER))
        yield from plan_lines(plan, advise=False)
        return
    owned = plural(len(plan.notes), "resource")
    yield line(
        ("No changes.", Tone.BOLD), f" The files declare what is live; the first apply takes {owned} into ownership."
    )


def initialised_json(
    files: Sequence[str],
    secrets: Sequence[tuple[str, Address]],
    left_out: Sequence[Address],
    plan: Plan,
    writing: int | None = None,
) -> Json:
    """Return the same as JSON types."""
    return {
        "format_version": FORMAT_VERSION,
        "files": list(files),
        "secrets": needed_json(secrets),
        "left_out": list(left_out),
        "empty": not plan.changes and not plan.refusals,
        "requests_that_write": writing,
    }
