"""``reconciler apply``: carry out an approved plan, record it, and prove that nothing of it is left."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.exit_codes import ExitCode, of_verified, worst
from reconciler.cli.options import account_folder, deadline_option, json_output, options_of, plan_options, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import RefusedError, RemoteError, UsageError
from reconciler.model.late import dataclass
from reconciler.model.seals import is_seal
from reconciler.model.text import neutral

if TYPE_CHECKING:
    from reconciler.apply.approval import Approval
    from reconciler.model.plan import Options, Plan
    from reconciler.model.verified import Verified
    from reconciler.pipeline.session import Applied, Planned
    from reconciler.report.saved import SavedPlan


@dataclass(frozen=True, slots=True)
class Consent:
    """How the caller says that the plan is approved: by a file, by seals with their lists, or whatever it is."""

    file: Path | None
    anything: bool
    from_forge: bool
    from_trailers: bool
    seals: tuple[str, ...]
    lists: tuple[Path, ...]
    diverged: bool

    @classmethod
    def of(cls, file: Path | None, given: dict[str, Any]) -> "Consent":
        """Return what the options of the command line say."""
        flags = (given["auto_approve"], given["from_forge"], given["from_trailers"])
        return cls(file, *flags, given["seal"], given["seal_list"], given["diverged"])

    @property
    def given(self) -> bool:
        """Whether nobody has to be asked."""
        return self.file is not None or self.anything or self.by_seals

    @property
    def by_seals(self) -> bool:
        """Whether seals say what is approved."""
        return bool(self.seals) or self.from_forge or self.from_trailers

    def check(self) -> None:
        """Raise ``UsageError`` for what isn't a seal, and for two ways at once."""
        for seal in self.seals:
            if not is_seal(seal):
                raise UsageError(
                    f"--seal {neutral(seal, 80) or repr(seal)}: that is no seal.",
                    "A seal is 64 digits and letters a to f; `reconciler plan --json` shows it as `seal`.",
                )
        if self.lists and not self.by_seals:
            raise UsageError("--seal-list needs the seal that approves it.", "Give it with `--seal SEAL`.")
        if sum((self.file is not None, self.anything, bool(self.seals), self.from_forge, self.from_trailers)) > 1:
            ways = "A plan file, --seal, --from-forge, --from-trailers and --auto-approve are ways to approve."
            raise UsageError(ways, "Choose one.")


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@account_folder
@trusted_ref
@plan_options
@click.option("--auto-approve", is_flag=True, help="Apply without asking.")
@click.option("--seal", multiple=True, metavar="SEAL", help="Apply what this plan's seal approves. Repeatable.")
@click.option(
    "--seal-list",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What a seal stands for (`plan --seal-list`). Repeatable.",
)
@click.option("--from-forge", is_flag=True, help="Apply what the forge says is approved.")
@click.option("--from-trailers", is_flag=True, help="Apply what the merges' trailers say is approved.")
@click.option("--resume", is_flag=True, help="Finish an apply that was interrupted.")
@click.option("--abandon", is_flag=True, help="With --resume: only record what was done.")
@click.option("--verify", is_flag=True, help="Then ask the name servers for what was changed.")
@deadline_option
@click.option("--diverged", is_flag=True, help="Even if it lacks the last applied commit.")
@json_output
@click.pass_obj
def apply(run: Run, /, file: Path | None, resume: bool, abandon: bool, **given: Any) -> int:
    """Carry out what a plan shows.

    With FILE (`plan --out FILE`) exactly that plan, or nothing. With seals, what they approve. Without, the plan is
    made and shown, and you are asked.
    """
    options, consent = options_of(given), Consent.of(file, given)
    _check_usage(file, options, resume, abandon, consent)
    _check_verifying(resume, given)
    if resume:
        return _resume(run, options.reason)
    if not consent.given and (run.json or not run.has_person):
        raise RefusedError(
            "Nobody can be asked to approve: this is not a terminal.",
            "Give a plan file (`reconciler plan --out FILE`), the `--seal` of an approved plan, or `--auto-approve`.",
        )
    from reconciler.pipeline import applying, planning, verifying
    from reconciler.pipeline.session import Applied

    saved = None if file is None else _load(file)
    planned = planning.plan(run.session(), options if saved is None else saved.options)
    if planned.plan.unsealed:
        raise RemoteError(planned.plan.unsealed, "Nothing was written. Mend that and plan again.")
    if planned.superseded:
        return _finish(run, planned, Applied(superseded=True))
    if not run.json and (saved is None or not planned.plan.changes or planned.plan.refusals):
        _show_plan(run, planned.plan)
    if planned.plan.refusals and not run.json and not consent.by_seals:
        return ExitCode.REFUSED
    approval = _approve(run, planned, saved, consent)
    if approval is None:
        return ExitCode.ERROR
    run.take_in_hand()
    session = run.session()
    applied = applying.apply(session, planned, approval, lambda outcome: _progress(run, outcome))
    ask = partial(verifying.verify_applied, session, planned, applied, given["deadline"]) if given["verify"] else None
    return _finish(run, planned, applied, approval, ask)


def _check_usage(file: Path | None, options: "Options", resume: bool, abandon: bool, consent: "Consent") -> None:
    """Raise ``UsageError`` for options that can't stand together."""
    from reconciler.model.plan import Options

    told = options != Options(reason=options.reason)
    consent.check()
    if file is not None and told:
        raise UsageError("A saved plan has its own options.", "Give them to `reconciler plan --out FILE`.")
    if resume and (consent.given or told or (options.reason and not abandon)):
        raise UsageError("--resume finishes what was begun; it takes no plan, no approval and no options.")
    if abandon and not (resume and options.reason):
        raise UsageError("--abandon goes with --resume and needs a reason.", "Say why with `--reason TEXT`.")
    if consent.diverged and not options.reason:
        raise UsageError("--diverged needs a reason.", "Say why with `--reason TEXT`.")


def _check_verifying(resume: bool, given: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` for a wish to verify that can't be met."""
    if given["verify"] and resume:
        raise UsageError("--resume takes no --verify.", "Say `reconciler verify` afterwards.")
    if given["deadline"] is not None and not given["verify"]:
        raise UsageError("--deadline goes with --verify.")


def _load(file: Path) -> "SavedPlan":
    from reconciler.report.saved import read_saved

    return read_saved(file.read_bytes(), str(file))


def _show_plan(run: Run, plan: "Plan") -> None:
    from reconciler.report.terminal import plan_lines

    run.show_all(plan_lines(plan, advise=False))


def _approve(run: Run, planned: "Planned", saved: "SavedPlan | None", consent: "Consent") -> "Approval | None":
    """Return the approval, or None when the person said no."""
    from reconciler.apply.approval import Approval, whole_plan

    plan = planned.plan
    if saved is not None:
        return whole_plan(saved.account, saved.context, saved.changes, consent.diverged)
    if consent.by_seals:
        return _approved_by_seals(run, planned, consent)
    if consent.anything or not plan.changes:
        run.print("\n" if plan.changes and not run.json else "")
        return Approval(diverged=consent.diverged)
    run.print("\nDo you want to apply this plan? Only `yes` is accepted.\n\n  Enter a value: ")
    try:
        answer = input()
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        run.print("\nApply cancelled. Nothing was written.\n")
        return None
    run.print("\n")
    changes = {change.seal: change.address for change in plan.changes}
    return whole_plan(plan.account, plan.seals.context, changes, consent.diverged)


def _approved_by_seals(run: Run, planned: "Planned", consent: "Consent") -> "Approval":
    """Return what seals approve: those of the command line, of the forge, or of the merges' trailers."""
    from reconciler.apply.approval import Approval, approved_lists
    from reconciler.model.approvals import Grant
    from reconciler.pipeline import approving

    files = {str(path): path.read_bytes() for path in consent.lists}
    lists = approved_lists(files, consent.seals, planned.plan.account)
    if consent.from_forge:
        return approving.from_forge(run.session(), planned, lists, consent.diverged)
    if consent.from_trailers:
        return approving.from_trailers(planned, lists, consent.diverged)
    grants = tuple(Grant("seal", seal) for seal in consent.seals)
    return Approval(frozenset(consent.seals), lists, diverged=consent.diverged, grants=grants)


def _progress(run: Run, outcome: Any) -> None:
    from reconciler.report.outcome import outcome_line

    if not run.json:
        run.show(outcome_line(outcome))


def _finish(
    run: Run,
    planned: "Planned",
    applied: "Applied",
    approval: "Approval | None" = None,
    ask: "Callable[[], Verified] | None" = None,
) -> int:
    """Tell what was done, and what the name servers say of it where ``ask`` asks them."""
    from reconciler.report.outcome import applied_json, applied_lines, is_complete, settled_lines
    from reconciler.report.verified import verified_json, verified_lines

    plan, verified = planned.plan, None
    settled = approval.settled(plan) if approval else None
    if run.json:
        already = settled is not None and not plan.changes
        told = applied_json(applied.outcomes, applied.proof, applied.receipt, applied.superseded, already)
        verified = ask() if ask else None
        told |= {"read": plan.read}
        run.print_json(told | ({"verified": verified_json(verified)} if verified else {}))
    else:
        if plan.changes or plan.notes or applied.receipt:
            run.show_all(applied_lines(applied.outcomes, applied.proof, applied.receipt, applied.superseded))
        run.show_all(settled_lines(settled, len(plan.changes)))
        if ask:
            run.show(())
            verified = ask()
            run.show_all(verified_lines(verified))
    refused = ExitCode.REFUSED if plan.refused and not applied.superseded else ExitCode.OK
    done = ExitCode.OK if is_complete(applied.outcomes, applied.proof) else ExitCode.PARTIAL
    return worst(refused, done, of_verified(verified) if verified else ExitCode.OK)


def _resume(run: Run, abandoned: str) -> int:
    from reconciler.model.outcome import Proof
    from reconciler.pipeline import resuming
    from reconciler.report.resumed import is_finished, resumed_json, resumed_lines

    run.take_in_hand()
    session, told = run.session(), _Waiting(run)

    def progress(outcome: Any) -> None:
        told.over()
        _progress(run, outcome)

    try:
        found = resuming.resume(session, abandoned, told.silent, progress)
    finally:
        told.over()
    receipt, proof = (found.receipt, found.proof) if found else (None, Proof())
    run.tell(resumed_json, resumed_lines, receipt, proof)
    return ExitCode.OK if receipt is None or abandoned or is_finished(receipt, proof) else ExitCode.PARTIAL


class _Waiting:
    """Says on standard error how long the holder has been silent: in place on a terminal, else a line now and then."""

    _EVERY = 30.0

    def __init__(self, run: Run) -> None:
        self._run = run
        self._needed = run.session().times.silence
        self._next = 0.0
        self._is_open = False

    def silent(self, seconds: float) -> None:
        """Tell it, if it is time to."""
        from reconciler.report.resumed import waiting_text

        on_terminal = self._run.err.isatty()
        if on_terminal or seconds >= self._next:
            text = waiting_text(seconds, self._needed)
            self._run.warn(f"\r{text}" if on_terminal else f"{text}\n")
            self._next = seconds + self._EVERY
            self._is_open = on_terminal

    def over(self) -> None:
        """End the line that was written in place, before anything else is said."""
        if self._is_open:
            self._run.warn("\n")
            self._is_open = False
