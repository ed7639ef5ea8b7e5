"""``reconciler apply``: carry out an approved plan, record it, and prove that nothing of it is left."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.exit_codes import ExitCode, worst
from reconciler.cli.options import account_folder, json_output, options_of, plan_options, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from reconciler.model.plan import Options, Plan
    from reconciler.pipeline.session import Applied, Planned
    from reconciler.report.saved import SavedPlan


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@account_folder
@trusted_ref
@plan_options
@click.option("--auto-approve", is_flag=True, help="Apply without asking.")
@click.option("--resume", is_flag=True, help="Finish an apply that was interrupted.")
@click.option("--diverged", is_flag=True, help="Even if it lacks the last applied commit.")
@json_output
@click.pass_obj
def apply(run: Run, /, file: Path | None, auto_approve: bool, resume: bool, diverged: bool, **given: Any) -> int:
    """Carry out what a plan shows.

    With FILE (`plan --out FILE`) exactly that plan, or nothing. Without, the plan is made and shown, and you are asked.
    """
    options = options_of(given)
    _check_usage(file, options, resume, diverged)
    if resume:
        return _resume(run)
    if file is None and not auto_approve and (run.json or not run.has_person):
        raise RefusedError(
            "Nobody can be asked to approve: this is not a terminal.",
            "Give a plan file (`reconciler plan --out FILE`), or `--auto-approve`.",
        )
    from reconciler.pipeline import applying, planning
    from reconciler.pipeline.session import Applied

    saved = None if file is None else _load(file)
    planned = planning.plan(run.session(), options if saved is None else saved.options)
    if planned.superseded:
        return _finish(run, planned, Applied(superseded=True))
    if not run.json and (saved is None or not planned.plan.changes or planned.plan.refusals):
        _show_plan(run, planned.plan)
    if planned.plan.refusals and not run.json:
        return ExitCode.REFUSED
    approval = _approve(run, planned.plan, saved, auto_approve, diverged)
    if approval is None:
        return ExitCode.ERROR
    applied = applying.apply(run.session(), planned, approval, lambda outcome: _progress(run, outcome))
    return _finish(run, planned, applied)


def _check_usage(file: Path | None, options: "Options", resume: bool, diverged: bool) -> None:
    """Raise ``UsageError`` for options that can't stand together."""
    from reconciler.model.plan import Options

    told = options != Options(reason=options.reason)
    if file is not None and told:
        raise UsageError("A saved plan has its own options.", "Give them to `reconciler plan --out FILE`.")
    if resume and (file is not None or told):
        raise UsageError("--resume finishes what was begun; it takes no plan and no options.")
    if diverged and not options.reason:
        raise UsageError("--diverged needs a reason.", "Say why with `--reason TEXT`.")


def _load(file: Path) -> "SavedPlan":
    from reconciler.report.saved import read_saved

    return read_saved(file.read_bytes(), str(file))


def _show_plan(run: Run, plan: "Plan") -> None:
    from reconciler.report.terminal import plan_lines

    run.show_all(plan_lines(plan, advise=False))


def _approve(run: Run, plan: "Plan", saved: "SavedPlan | None", auto_approve: bool, diverged: bool) -> Any:
    """Return the approval, or None when the person said no."""
    from reconciler.apply.approval import Approval

    if saved is not None:
        return Approval(saved.context, saved.changes, diverged)
    if auto_approve or not plan.changes:
        run.print("\n" if plan.changes and not run.json else "")
        return Approval(diverged=diverged)
    run.print("\nDo you want to apply this plan? Only `yes` is accepted.\n\n  Enter a value: ")
    try:
        answer = input()
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        run.print("\nApply cancelled. Nothing was written.\n")
        return None
    run.print("\n")
    return Approval(plan.seals.context, {change.seal: change.address for change in plan.changes}, diverged)


def _progress(run: Run, outcome: Any) -> None:
    from reconciler.report.outcome import outcome_line

    if not run.json:
        run.show(outcome_line(outcome))


def _finish(run: Run, planned: "Planned", applied: "Applied") -> int:
    from reconciler.report.outcome import applied_json, applied_lines, is_complete

    plan = planned.plan
    if run.json:
        run.print_json(applied_json(applied.outcomes, applied.proof, applied.receipt, applied.superseded))
    elif plan.changes or plan.notes:
        run.show_all(applied_lines(applied.outcomes, applied.proof, applied.receipt, applied.superseded))
    refused = ExitCode.REFUSED if plan.refused and not applied.superseded else ExitCode.OK
    return worst(refused, ExitCode.OK if is_complete(applied.outcomes, applied.proof) else ExitCode.PARTIAL)


def _resume(run: Run) -> int:
    from reconciler.pipeline import applying
    from reconciler.report.outcome import resumed_json, resumed_lines

    receipt = applying.resume(run.session())
    if run.json:
        run.print_json(resumed_json(receipt))
    else:
        run.show_all(resumed_lines(receipt))
    return ExitCode.OK
