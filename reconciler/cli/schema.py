"""``reconciler schema``: the JSON Schemas of the files and of ``plan --json``, and the contract over HTTP."""

import json
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import json_output
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError
from reconciler.model.text import neutral

if TYPE_CHECKING:
    from reconciler.model.fields import Json

_CONTRACT = "openapi.json"


@click.command()
@click.argument("name", required=False)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write all into a folder.")
@click.option(
    "--check", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Exit 1 if DIR is stale."
)
@json_output
@click.pass_obj
def schema(run: Run, name: str | None, out: Path | None, check: Path | None) -> int:
    """Print the JSON Schemas of all files.

    For completion in editors; openapi.json is the contract of `reconciler serve`. Without NAME the names are printed.
    """
    from reconciler.load.schema import schemas
    from reconciler.report.plan_json import plan_schema

    found = {**schemas(), "plan.schema.json": plan_schema(), **_contract(name)}
    texts = {file: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for file, content in sorted(found.items())}
    if check is not None:
        return _check(run, texts, check)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            (out / file).write_text(text, encoding="utf-8")
        _list(run, "wrote", texts, f"wrote: {neutral(str(out))}/")
    elif name is None:
        _list(run, "schemas", texts)
    elif name in texts:
        run.print(texts[name])
    else:
        raise UsageError(f"There is no schema {name}.", f"The schemas are {', '.join(texts)}.")
    return ExitCode.OK


def _contract(name: str | None) -> "dict[str, Json]":
    """Return the contract over HTTP, which needs the libraries of the service; raises ``UsageError`` if asked for."""
    if all(find_spec(library) for library in ("fastapi", "uvicorn")):
        from reconciler.service.app import openapi

        return {_CONTRACT: openapi()}
    if name == _CONTRACT:
        raise UsageError("This needs the libraries of the service.", "`pip install 'reconciler[service]'` brings them.")
    return {}


def _check(run: Run, texts: dict[str, str], folder: Path) -> int:
    """Return error, naming the files, unless the folder holds exactly these texts."""
    there = {path.name: path.read_text("utf-8") for path in (*folder.glob("*.schema.json"), *folder.glob(_CONTRACT))}
    stale = sorted(file for file in texts.keys() | there.keys() if texts.get(file) != there.get(file))
    _list(run, "stale", stale, f"stale: {neutral(str(folder))}/")
    return ExitCode.ERROR if stale else ExitCode.OK


def _list(run: Run, what: str, files: Iterable[str], before: str = "") -> None:
    """Name files, in JSON under ``what``, else one a line after ``before``."""
    if run.json:
        run.print_json({"format_version": 1, what: list(files)})
    else:
        run.print("".join(f"{before}{file}\n" for file in files))
