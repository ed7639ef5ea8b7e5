"""``reconciler forge``: say at GitHub or GitLab what a plan would do, and see what is approved there."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.forge._forge import Outlook


@click.group()
@account_folder
def forge() -> None:
    """Talk to GitHub or GitLab.

    The environment says to which: GITHUB_REPOSITORY and GITHUB_TOKEN, or CI_PROJECT_ID and GITLAB_TOKEN.
    """


_commit = click.option("--commit", default="", metavar="ID", help="The pull request's head (a CI job knows it).")
_number = click.option("--pull-request", default="", metavar="N", help="Its number (a CI job knows it).")


@forge.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@account_folder
@_commit
@_number
@click.option("--pending", is_flag=True, help="Say that a plan is being made.")
@click.option("--failed", is_flag=True, help="Say that no plan could be made.")
@json_output
@click.pass_obj
def status(run: Run, file: Path | None, commit: str, pull_request: str, pending: bool, failed: bool) -> int:
    """Post the commit status of a plan.

    FILE is the plan (`plan --out FILE`). The status carries its seal; its seal list goes into a comment.
    """
    from reconciler.forge import sealing
    from reconciler.forge.opening import job_of, open_forge
    from reconciler.report.saved import read_saved

    if (file is not None) + pending + failed != 1:
        raise UsageError("Give a plan file, --pending or --failed: one of them.")
    job, there = job_of(run.environ), open_forge(run.environ)
    head = _told(commit or job.head, "--commit")
    if file is None:
        words = "A plan is being made." if pending else "No plan could be made; see the job."
        account = _account(run)
        made = sealing.post_seal(there, head, account, "pending" if pending else "failure", "", words, job.url)
        return _said(run, {"status": made})
    saved = read_saved(file.read_bytes(), str(file))
    outlook: Outlook = "failure" if saved.is_refused else "success"
    words = "Refused; see the plan." if saved.is_refused else saved.summary
    ids = {}
    if saved.changes and not saved.is_refused:
        ids["list"] = sealing.post_list(there, _told(pull_request or job.number, "--pull-request"), saved.seals)
    seal = "" if saved.is_refused else saved.seals.seal
    ids["status"] = sealing.post_seal(there, head, saved.account, outlook, seal, words, job.url)
    return _said(run, ids)


@forge.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@account_folder
@_number
@json_output
@click.pass_obj
def comment(run: Run, file: Path | None, pull_request: str) -> int:
    """Write the plan comment.

    Its Markdown is FILE, or standard input. There is one for each account; it is replaced.
    """
    from reconciler.forge import sealing
    from reconciler.forge.opening import job_of, open_forge

    text = (sys.stdin.buffer.read() if file is None else file.read_bytes()).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("The comment is empty.", "Give it the output of `reconciler plan --markdown`.")
    number = _told(pull_request or job_of(run.environ).number, "--pull-request")
    return _said(run, {"comment": sealing.post_comment(open_forge(run.environ), number, _account(run), text)})


@forge.command()
@account_folder
@trusted_ref
@json_output
@click.pass_obj
def approvals(run: Run) -> int:
    """Show what is approved.

    What was merged since the last apply, whose seal each pull request carries, and who reviewed it.
    """
    from reconciler.model.plan import Options
    from reconciler.pipeline import approving, planning

    found = approving.look(run.session(), planning.plan(run.session(), Options()))
    if run.json:
        run.print_json({"format_version": 1, "approvals": [grant.to_json() for grant in found.grants]})
        return ExitCode.OK
    for line in found.looked or ("nothing was merged since the last apply",):
        run.print(f"{line}\n")
    for grant in found.grants:
        for review in grant.reviews:
            run.print(f"  approved by {_shown(review.who)}{' (its author)' if review.is_author else ''}\n")
    return ExitCode.OK


def _told(value: str, flag: str) -> str:
    if not value:
        raise UsageError("The environment doesn't say which pull request this is.", f"Give {flag}.")
    return value


def _account(run: Run) -> str:
    from reconciler.pipeline import planning

    return planning.account_name(run.session())


def _shown(text: str) -> str:
    from reconciler.model.text import neutral

    return neutral(text)


def _said(run: Run, ids: dict[str, str]) -> int:
    if run.json:
        run.print_json({"format_version": 1, **ids})
    else:
        run.print("".join(f"{what} {made}\n" for what, made in ids.items()))
    return ExitCode.OK
