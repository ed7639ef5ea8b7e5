"""Saved plans: a plan in a file, read again strictly, and compared with what would be done now."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.errors import ReconcilerError, StaleError
from reconciler.model.plan import Options, Plan, SealList
from reconciler.model.text import neutral
from reconciler.report.plan_json import FORMAT_VERSION, PlanFile, plan_json

#: Longest plan file that is read: far above the plan of 100,000 record sets.
MAX_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a plan file says: for which account, under which options, and what was approved.

    ``changes`` are pairs of address and seal; ``actions`` maps addresses to what was to be done.
    """

    account: str
    seal: str
    seals: SealList
    options: Options
    changes: tuple[tuple[Address, str], ...]
    actions: tuple[tuple[Address, str], ...]

    @property
    def approved(self) -> frozenset[str]:
        """The seals of the changes."""
        return frozenset(self.seals.changes)


def saved_text(plan: Plan) -> str:
    """Return a plan as the text of a plan file: canonical JSON in ASCII, one line."""
    data = {**plan_json(plan), "seal_list": plan.seals.to_json()}
    return json.dumps(data, sort_keys=True, separators=(",", ":")).replace("\x7f", "\\u007f") + "\n"


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
    given = parsed.options
    return SavedPlan(
        account=parsed.account,
        seal=parsed.seal,
        seals=seals,
        options=Options(
            include_drift=given.include_drift,
            only=given.only,
            override=frozenset(given.override),
            allow_deletes=given.allow_deletes,
            accept_empty=frozenset(given.accept_empty),
            reason=given.reason,
        ),
        changes=tuple((change.address, change.seal) for change in parsed.changes),
        actions=tuple((change.address, change.action.value) for change in parsed.changes),
    )


def differences(saved: SavedPlan, plan: Plan) -> Iterator[str]:
    """Yield in what the plan of now differs from the saved one, a sentence each; nothing when the seals are equal."""
    if saved.account != plan.account:
        yield f"The saved plan is for account {neutral(saved.account)}, this one for {neutral(plan.account)}."
        return
    if saved.seals.context != plan.seals.context:
        yield "The policy, or where the account is read and written, has changed."
    then, now = dict(saved.changes), {change.address: change for change in plan.changes}
    for address, action in saved.actions:
        if address not in now:
            yield f"{neutral(address)}: {action} was approved and isn't needed, or isn't possible, any more."
        elif now[address].seal != then[address]:
            yield f"{neutral(address)}: what would be done now ({now[address].action}) isn't what was approved."
    for address, change in now.items():
        if address not in then:
            yield f"{neutral(address)}: {change.action} would be done now and wasn't approved."


def require_same(saved: SavedPlan, plan: Plan) -> None:
    """Raise ``StaleError`` that names every difference unless the plan is exactly the saved one."""
    found = list(differences(saved, plan))
    if found:
        shown = "".join(f"\n  {text}" for text in found[:50])
        more = f"\n  and {len(found) - 50} more" if len(found) > 50 else ""
        raise StaleError(
            f"The saved plan is stale: it isn't what would be done now.{shown}{more}",
            "Plan again, look at it, and apply the new plan.",
        )


def _parse(data: bytes, name: str) -> PlanFile:
    from pydantic import ValidationError

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
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _unsound(name, f"is damaged at {neutral(where)}") from None


def _unsound(name: str, what: str, help: str = "Plan again with `reconciler plan --out FILE`.") -> ReconcilerError:
    return ReconcilerError(f"{neutral(name)} {what}.", help)
