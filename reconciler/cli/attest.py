"""``reconciler attest``: say what a person saw in a portal that no program can read; only the record is written."""

from pathlib import Path

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError


@click.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS|GLOB...")
@account_folder
@trusted_ref
@click.option(
    "--evidence",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="A screenshot or PDF; only its hash is recorded.",
)
@click.option(
    "--seen",
    multiple=True,
    metavar="FIELD=VALUE",
    help="What is otherwise than declared, or a request's `status`. Repeatable.",
)
@click.option("--absent", is_flag=True, help="It isn't there.")
@click.option("--reason", default="", metavar="TEXT", help="Why you looked; recorded.")
@json_output
@click.pass_obj
def attest(
    run: Run, addresses: tuple[str, ...], evidence: Path, seen: tuple[str, ...], absent: bool, reason: str
) -> int:
    """Say that the portal is as declared.

    For sections with `type: manual`, whose provider is a person. What isn't as declared is said with --seen or
    --absent. Recorded are who, when, and the hash of the evidence, which itself stays with you. A secret is attested by
    its version.
    """
    from reconciler.pipeline import attesting
    from reconciler.planner.attesting import Claim
    from reconciler.record.attested import evidence_of
    from reconciler.report.attested import attested_json, attested_lines

    if seen and absent:
        raise UsageError("What isn't there has no fields.", "Say either `--seen` or `--absent`.")
    claim = Claim(addresses, _fields(seen), absent)
    proof = evidence_of(evidence, reason.strip())
    found = attesting.attest(run.session(), claim, proof)
    run.tell(attested_json, attested_lines, found, proof.sha256)
    return ExitCode.OK


def _fields(seen: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in seen]
    if wrong := next((name for name, equals, _ in pairs if not name or not equals), None):
        raise UsageError(f"{wrong} is not FIELD=VALUE.", "Write for example `--seen may=speak`.")
    return {name: value for name, _, value in pairs}
