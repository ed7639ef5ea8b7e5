"""The files that go with requests: which ones a plan needs, and a writer that sends them along."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.kinds.request_kind import attached_to
from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.ports import Write, Writer, Written


def needed_files(plan: Plan, paths: Mapping[str, str]) -> dict[str, str]:
    """Return the paths of the files that go with what the plan submits, by the SHA-256 of what is in them."""
    submitted = (change.after for change in plan.changes if change.action is Action.SUBMIT)
    return {digest: paths[digest] for value in submitted if value is not None for digest in attached_to(value)}


class Attaching:
    """Another writer, to which what is submitted comes with its files."""

    def __init__(self, writer: Writer, files: Mapping[str, bytes]) -> None:
        """Write to ``writer``; ``files`` are all of :func:`needed_files`, by the SHA-256 of what is in them."""
        self._writer = writer
        self._files = files

    def prepare(self, domains: frozenset[str]) -> None:
        """Make the account ready, as the other writer does."""
        self._writer.prepare(domains)

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch with the files that its requests name."""
        return self._writer.write(tuple(map(self._with_files, batch)))

    def _with_files(self, write: Write) -> Write:
        digests = attached_to(write.after) if write.action is Action.SUBMIT and write.after is not None else ()
        return replace(write, attachments={digest: self._files[digest] for digest in digests}) if digests else write
