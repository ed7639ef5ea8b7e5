"""``reconciler fmt``: bring the files of the account into one layout; meaning and comments stay."""

from pathlib import Path

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.text import neutral


@click.command()
@account_folder
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.option("--prune", is_flag=True, help="Take spent entries out instead; every other line stays as it is.")
@json_output
@click.pass_obj
def fmt(run: Run, check: bool, prune: bool) -> int:
    """Bring the YAML files into one layout.

    Meaning and comments stay. The files that changed are named; the configuration has to be valid. Master files
    (`.zone`) stay as they are.

    With --prune the layout stays, and what has done its work goes: entries under `removed:` that name nothing of ours,
    and each `previously` whose rename was applied. The record says which, and is only read.
    """
    from reconciler.edit.files import replace_file

    changed = _pruned(run) if prune else _formatted(run)
    if not check:
        for path, text in changed.items():
            replace_file(path, text.encode("utf-8"))
    if run.json:
        run.print_json({"format_version": 1, "changed": [path.relative_to(run.folder).as_posix() for path in changed]})
    else:
        run.print("".join(f"{neutral(str(path))}\n" for path in changed))
    return ExitCode.ERROR if check and changed else ExitCode.OK


def _pruned(run: Run) -> dict[Path, str]:
    """Return the new text of each file that holds spent entries; raises before anything is written."""
    from reconciler.pipeline import editing

    return {run.folder / name: text for name, text in editing.prune(run.session()).items()}


def _formatted(run: Run) -> dict[Path, str]:
    """Return the new text of each file that isn't formatted yet; raises before anything is written."""
    from reconciler.edit.fmt import format_text
    from reconciler.pipeline import planning

    desired = planning.validate(run.session())
    zones = desired.config.dns.directory + "/"
    changed = {}
    for name in desired.files:
        if not name.endswith(".yaml"):
            continue
        text = (run.folder / name).read_bytes().decode("utf-8")
        formatted = format_text(text, name, zone=name.startswith(zones))
        if formatted != text:
            changed[run.folder / name] = formatted
    return changed
