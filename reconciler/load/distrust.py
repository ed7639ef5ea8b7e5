"""What a branch may not bring along, and a trusted ref that can't be used, in words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reconciler.load.files import ACCOUNT_FILE
from reconciler.model.errors import DiagnosticsError, ReconcilerError, RefusedError
from reconciler.model.text import neutral

if TYPE_CHECKING:
    from reconciler.load.trusted import SettingChange

VARIABLE = "RECONCILER_TRUSTED_REF"
_SET = f"Set {VARIABLE} to the protected branch, such as `origin/main`, where a pull request can't change it."


def two_refs() -> RefusedError:
    """Return the refusal of an option that says otherwise than the environment."""
    remedy = "The variable is the protected one: leave the option out."
    return RefusedError(f"--trusted-ref and {VARIABLE} name different refs.", remedy)


def no_ref() -> RefusedError:
    """Return the refusal of a live account in CI without a trusted ref."""
    return RefusedError(
        "In CI the settings that lead to a live account come from a trusted ref, and none is set.",
        f"{_SET} `reconciler plan --offline BASE..HEAD` needs neither it nor a secret.",
    )


def no_repository() -> RefusedError:
    """Return the refusal of a trusted ref where there is no repository to look it up in."""
    return RefusedError("There is no git repository here in which the trusted ref could be looked up.", _SET)


def no_account_file(name: str) -> RefusedError:
    """Return the refusal of a folder that the trusted ref doesn't know as an account."""
    return RefusedError(
        f"The trusted ref {neutral(name)} holds no {ACCOUNT_FILE} for this folder, so nothing in it is trusted yet.",
        f"Merge {ACCOUNT_FILE} first; `reconciler validate` works without it.",
    )


def broken_settings(name: str, error: DiagnosticsError) -> RefusedError:
    """Return the refusal of a trusted ref whose settings can't be read."""
    return RefusedError(
        f"The {ACCOUNT_FILE} of the trusted ref {neutral(name)} has errors.",
        "Mend it there first; `reconciler validate` says what is wrong.",
        [neutral(f"  {found.span}: {found.detail}", 500) for found in error.diagnostics],
    )


def together(changes: "Iterable[SettingChange]") -> RefusedError:
    """Return the refusal of a branch that changes settings and, with them, the plan."""
    changes = tuple(changes)
    keys = ", ".join(f"`{change.key}`" for change in changes)
    return RefusedError(
        f"What changes the plan and the settings that rule it can't come together; here {keys} would change:",
        "Split it: merge the settings alone first, then the rest.",
        [f"  {change}" for change in changes],
    )


def another_file(file: str, name: str) -> RefusedError:
    """Return the refusal of a file that says which programs run and where they connect, and that a branch changes."""
    return RefusedError(
        f"{neutral(file)} isn't as the trusted ref {neutral(name)} has it, so nothing is read by it.",
        "Merge it alone first; or name a file outside of the repository.",
    )


def foreign(lines: Iterable[str]) -> RefusedError:
    """Return the refusal of secrets that the trusted policy doesn't admit."""
    return RefusedError(
        "A branch may only add secrets that the trusted `policy.secrets` admits:",
        "Admit them under `policy: {secrets: [GLOB]}` in account.yaml and merge that alone first, or use others.",
        [f"  {line}" for line in lines],
    )


def broken_base(name: str) -> ReconcilerError:
    """Return the error of a commit with which nothing can be compared."""
    return ReconcilerError(
        f"The files of {neutral(name)} have errors, so nothing can be compared with them.",
        "Check that commit out and run `reconciler validate` there, or name another base.",
    )
