"""Options that several verbs take."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.run import Run
from reconciler.model.errors import UsageError
from reconciler.model.plan import Options

if TYPE_CHECKING:
    from reconciler.model.providers import KundencenterProvider

Command = TypeVar("Command", bound=Callable[..., Any])


def account_folder(command: Command) -> Command:
    """Add ``-C DIR``, which may also stand before the verb."""

    def enter(ctx: click.Context, _parameter: click.Parameter, folder: Path | None) -> None:
        ctx.ensure_object(Run).enter(folder)

    return click.option(
        "-C",
        "folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=enter,
        help="The account folder (default: here).",
    )(command)


def account_file(command: Command) -> Command:
    """Add ``--account-file FILE``, the file of an embedded account."""
    return click.option(
        "--account-file",
        type=click.Path(path_type=Path),
        default=Path("account.db"),
        metavar="FILE",
        help="The file that holds the account (account.db).",
    )(command)


def ca_file(command: Command) -> Command:
    """Add ``--ca-file FILE``, for an account service."""
    return click.option(
        "--ca-file", metavar="FILE", help="The certificates that are trusted there, in place of the system's."
    )(command)


def service_at(url: str, token: str, ca_file: str | None) -> "KundencenterProvider":
    """Return how an account service is reached; raises ``UsageError`` for what can't be."""
    from pydantic import ValidationError

    from reconciler.model.providers import CredentialField, KundencenterProvider

    if not token.startswith(("env/", "file/")):
        # What was written may be the token itself, so it isn't repeated.
        raise UsageError(
            "A token is never written into a command line.",
            "Put it into the environment and say `--token env/ACCOUNT_TOKEN`.",
        )
    try:
        return KundencenterProvider(type="kundencenter", url=url, token=CredentialField(secret=token), ca_file=ca_file)
    except ValidationError as error:
        found = error.errors()[0]
        raise UsageError(found["msg"], str(found.get("ctx", {}).get("help", ""))) from None


def trusted_ref(command: Command) -> Command:
    """Add ``--trusted-ref REF``."""

    def trust(ctx: click.Context, _parameter: click.Parameter, ref: str) -> None:
        ctx.ensure_object(Run).trusted_ref = ref

    return click.option(
        "--trusted-ref", default="", metavar="REF", expose_value=False, callback=trust, help="Trust its settings only."
    )(command)


def json_output(command: Command) -> Command:
    """Add ``--json``."""

    def choose(ctx: click.Context, _parameter: click.Parameter, chosen: bool) -> None:
        ctx.ensure_object(Run).json = chosen

    return click.option(
        "--json", is_flag=True, expose_value=False, is_eager=True, callback=choose, help="Print one JSON object."
    )(command)


def deadline_option(command: Command) -> Command:
    """Add ``--deadline TIME``, in seconds."""

    def measure(_ctx: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
        from reconciler.model.scalars import refusals
        from reconciler.model.verification import seconds

        try:
            return None if text is None else seconds(text)
        except refusals():
            raise UsageError(f"--deadline {text}: expected a length of time.", "Write `60s` or `2min`.") from None

    return click.option(
        "--deadline", metavar="TIME", callback=measure, help="How long name servers may take (60s, or account.yaml's)."
    )(command)


_PLAN_OPTIONS = (
    click.option("--include-drift", is_flag=True, help="Repair what was changed by hand, too."),
    click.option(
        "--only", multiple=True, metavar="GLOB", help="Only these addresses, such as `mailbox/*`. Repeatable."
    ),
    click.option(
        "--override", multiple=True, metavar="ADDRESS", help="Take git's side where both changed. Repeatable."
    ),
    click.option(
        "--allow-deletes", type=click.IntRange(min=0), metavar="N", help="Exactly how many may go beyond guards."
    ),
    click.option("--accept-empty", multiple=True, metavar="KIND", help="Believe that a kind is empty. Repeatable."),
    click.option("--reason", default="", metavar="TEXT", help="Why; needed by the two before, and recorded."),
)


def plan_options(command: Command) -> Command:
    """Add what a plan can be told; the verb turns it into :class:`Options` with :func:`options_of`."""
    for option in reversed(_PLAN_OPTIONS):
        command = option(command)
    return full_read(command)


def full_read(command: Command) -> Command:
    """Add ``--full``: nothing that earlier runs left in the cache is believed."""

    def choose(ctx: click.Context, _parameter: click.Parameter, chosen: bool) -> None:
        ctx.ensure_object(Run).full = chosen

    return click.option(
        "--full",
        is_flag=True,
        expose_value=False,
        callback=choose,
        help="Read everything anew; believe nothing that earlier runs left.",
    )(command)


def options_of(given: dict[str, Any]) -> Options:
    """Return the options of a plan; raises ``UsageError`` for an unknown kind, or a reason that isn't there."""
    for flag in ("only", "override", "accept_empty"):
        for text in given[flag]:
            _demand_kind(f"--{flag.replace('_', '-')}", text)
    options = Options(
        include_drift=given["include_drift"],
        only=given["only"],
        override=frozenset(given["override"]),
        allow_deletes=given["allow_deletes"],
        accept_empty=frozenset(given["accept_empty"]),
        reason=given["reason"].strip(),
    )
    if (options.allow_deletes is not None or options.accept_empty) and not options.reason:
        raise UsageError("--allow-deletes and --accept-empty need a reason.", "Say why with `--reason TEXT`.")
    return options


def _demand_kind(flag: str, text: str) -> None:
    """Raise ``UsageError`` for an address or glob that can't ever cover anything, which would look like all is done."""
    from reconciler.kinds import KINDS

    kind = text.partition("/")[0]
    if not any(fnmatchcase(known, kind) for known in KINDS):
        raise UsageError(f"{flag} {text}: there is no kind `{kind}`.", f"The kinds are {', '.join(KINDS)}.")
