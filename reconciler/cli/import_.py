"""``reconciler import``: take over the files of other tools. Reads files and writes files, nothing else."""

import os
from pathlib import Path

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.errors import ReconcilerError, UsageError

_MOST = 64 * 2**20 + 1


@click.group(name="import")
@account_folder
def import_() -> None:
    """Take over zones from other tools.

    The account isn't read or changed: files are written, never over others, and `reconciler plan` shows what they mean.
    """


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--zone", metavar="NAME", help="The zone, where FILE isn't named `NAME.zone` or `db.NAME`.")
@account_folder
@json_output
@click.pass_obj
def zonefile(run: Run, file: Path, zone: str | None) -> int:
    """Write the master file FILE as YAML.

    The YAML holds the comments of FILE and is in octoDNS's order; it is proven to declare the same record sets.
    """
    from reconciler.pipeline import importing
    from reconciler.report.diagnostics import diagnostics_lines
    from reconciler.report.imported import zone_json, zone_lines

    raw, name = _bytes(file), _zone(file, zone)
    dns, _ = importing.settings_in(run.folder)
    done = importing.import_zone(run.folder, str(file), raw, name, dns)
    written = done.written
    rival = f"{dns.directory}/{name}.zone"
    there = rival if os.path.lexists(run.folder / rival) else None
    view = (done.path, len(done.read.state), written.comments, written.left_out, there)
    if run.json:
        run.print_json(zone_json(*view))
        return ExitCode.OK
    run.warn_all(diagnostics_lines(done.read.findings, whole=None))
    run.show_all(zone_lines(*view))
    return ExitCode.OK


@import_.command()
@click.argument("config", type=click.Path(path_type=Path))
@account_folder
@json_output
@click.pass_obj
def octodns(run: Run, config: Path) -> int:
    """Copy the zones of octoDNS's CONFIG.

    Zone files are copied byte for byte, split ones put together. What isn't taken over is listed, and so is every name
    and value that octoDNS reads with YAML 1.1 otherwise than it stands.
    """
    from reconciler.load.octodns_features import met
    from reconciler.pipeline import importing
    from reconciler.report.diagnostics import diagnostics_lines
    from reconciler.report.octodns import octodns_json, octodns_lines

    raw = _bytes(config)
    settings = importing.settings_in(run.folder)
    done = importing.import_octodns(run.folder, config, raw, (Path(), config.parent), settings)
    readings = [(one.span, one.text, one.reading, one.key) for one in done.read.readings]
    view = (done.wrote, done.in_place, met(done.read.occurrences), readings)
    if run.json:
        run.print_json(octodns_json(*view, done.options))
        return ExitCode.OK
    run.warn_all(diagnostics_lines(done.read.findings, whole=None))
    run.show_all(octodns_lines(*view, done.account))
    return ExitCode.OK


def _bytes(file: Path) -> bytes:
    if file.is_dir():
        raise UsageError(f"{file} is a folder.", "Name one file.")
    try:
        with file.open("rb") as opened:
            return opened.read(_MOST)
    except OSError as error:
        raise ReconcilerError(f"{file} can't be read: {error.strerror or error}.") from error


def _zone(file: Path, given: str | None) -> str:
    """Return the zone's canonical name, from the option or the name of the file; raises ``UsageError``."""
    from pydantic_core import PydanticCustomError

    from reconciler.kinds import KINDS
    from reconciler.model.address import decode_part

    stem = file.name.removeprefix("db.") if file.name.startswith("db.") else file.stem
    if given is None and file.suffix not in (".zone", ".db") and not file.name.startswith("db."):
        raise UsageError(f"{file.name} doesn't tell its zone.", "Name it with `--zone NAME`.")
    name = stem if given is None else given
    try:
        zone = decode_part(KINDS["zone"].address((name,)).partition("/")[2])
    except PydanticCustomError:
        raise UsageError(f"{name} is not the name of a zone.", "Name it with `--zone NAME`.") from None
    if "/" in zone:
        raise UsageError(f"{zone} can't be the name of a file.", "A zone with `/` in its name has no file here.")
    return zone
