"""``reconciler explain``: what a code means, where a file causes it with an example that fails and one that passes."""

from collections.abc import Mapping
from difflib import get_close_matches

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import json_output
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError


def all_codes() -> Mapping[str, tuple[str, str]]:
    """Return the codes of every room, each with its summary and explanation."""
    from reconciler.check.codes import CODES as CHECK
    from reconciler.edit.codes import CODES as EDIT
    from reconciler.gitrepo.codes import CODES as GIT
    from reconciler.load.codes import CODES as LOAD
    from reconciler.planner.codes import CODES as PLANNER

    return {**LOAD, **CHECK, **PLANNER, **EDIT, **GIT}


@click.command()
@click.argument("code", required=False)
@json_output
@click.pass_obj
def explain(run: Run, code: str | None) -> int:
    """Explain an error code, with examples.

    CODE stands in brackets in errors, findings and refusals. Without CODE all are listed.
    """
    from reconciler.check.examples import example
    from reconciler.report.explanation import explanation_json, explanation_markdown, index_json, index_lines

    codes = all_codes()
    if code is None:
        summaries = {name: summary for name, (summary, _) in codes.items()}
        run.tell(index_json, index_lines, summaries)
        return ExitCode.OK
    if code not in codes:
        near = get_close_matches(code, codes, 1)
        hint = f"Did you mean `{near[0]}`?" if near else "`reconciler explain` lists all codes."
        raise UsageError(f"There is no code {code}.", hint)
    shown = example(code)
    sides = (shown.failing, shown.passing) if shown else ("", "")
    if run.json:
        run.print_json(explanation_json(code, *codes[code], *sides))
    else:
        run.print(explanation_markdown(code, *codes[code], *sides))
    return ExitCode.OK
