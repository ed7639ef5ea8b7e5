"""Saved plans: a plan in a file, and what was approved by it, read again strictly."""

import json
from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.errors import ReconcilerError
from reconciler.model.late import dataclass
from reconciler.model.plan import Options, Plan
from reconciler.model.scalars import faults
from reconciler.model.seals import SealList
from reconciler.model.text import neutral
from reconciler.report.json_text import canonical_text
from reconciler.report.plan_json import FORMAT_VERSION, CountsPart, PlanFile, plan_json

#: Longest plan file that is read: far above the plan of 100,000 record sets.
MAX_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a plan file says: for which account, in which context and under which options; ``changes`` are those
    that were approved, by seal. ``summary`` counts them in words; ``is_refused`` says that it can't be carried out.
    """

    account: str
    context: str
    options: Options
    changes: Mapping[str, Address]
    summary: str = ""
    is_refused: bool = False

    @property
    def seals(self) -> SealList:
        """The plan's seal list."""
        return SealList(self.account, self.context, tuple(sorted(self.changes)))


def saved_text(plan: Plan) -> str:
    """Return a plan as the text of a plan file: canonical JSON in ASCII, one line."""
    data = {**plan_json(plan), "seal_list": plan.seals.to_json()}
    return canonical_text(data)


def read_saved(data: bytes, name: str) -> SavedPlan:
    """Return the plan of a file's bytes; raises ``ReconcilerError`` that names the file where it isn't a sound plan."""
    parsed = _parse(data, name)
    listed = parsed.seal_list
    if listed is None:
        raise _unsound(name, "has no seal list, so nothing in it was approved", "Save it with `plan --out FILE`.")
    seals = SealList(listed.account, listed.context, listed.changes)
    seals_of_changes = sorted(change.seal for change in parsed.changes)
    if seals.seal != parsed.seal or listed.account != parsed.account or seals_of_changes != sorted(listed.changes):
        raise _unsound(name, "is damaged: its seal doesn't fit what it holds")
    return SavedPlan(
        parsed.account,
        listed.context,
        _options(parsed),
        {change.seal: change.address for change in parsed.changes},
        _counted(parsed.counts),
        bool(parsed.refusals or parsed.refused),
    )


def _counted(counts: CountsPart) -> str:
    submitted = f", {counts.submit} to submit" if counts.submit else ""
    return f"{counts.add} to add, {counts.change} to change, {counts.destroy} to destroy{submitted}"


def _options(parsed: PlanFile) -> Options:
    given = parsed.options
    return Options(
        include_drift=given.include_drift,
        only=given.only,
        override=frozenset(given.override),
        allow_deletes=given.allow_deletes,
        accept_empty=frozenset(given.accept_empty),
        reason=given.reason,
    )


def _parse(data: bytes, name: str) -> PlanFile:
    if len(data) > MAX_BYTES:
        raise _unsound(name, "is too large to be a plan")
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        raise _unsound(name, "is not a plan: it isn't JSON") from None
    version = loaded.get("format_version") if isinstance(loaded, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise _unsound(name, "is not a plan of reconciler: it has no format_version")
    if version > FORMAT_VERSION:
        raise _unsound(
            name,
            f"has format version {version}; this program reads {FORMAT_VERSION}",
            "Apply it with the version of reconciler that saved it.",
        )
    try:
        return PlanFile.model_validate(loaded)
    except faults() as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _unsound(name, f"is damaged at {neutral(where)}") from None


def _unsound(name: str, what: str, help: str = "Plan again with `reconciler plan --out FILE`.") -> ReconcilerError:
    return ReconcilerError(f"{neutral(name)} {what}.", help)
