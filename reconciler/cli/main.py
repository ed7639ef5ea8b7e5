"""The entry of the program: a group of verbs, each imported when it is used, inside the error boundary."""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli.boundary import guarded
from reconciler.cli.run import Run

#: Every verb and the module that holds it, in the order of ``--help``.
VERBS: Mapping[str, str] = {
    "init": "reconciler.cli.init",
    "import": "reconciler.cli.import_",
    "validate": "reconciler.cli.validate",
    "fmt": "reconciler.cli.fmt",
    "plan": "reconciler.cli.plan",
    "apply": "reconciler.cli.apply",
    "attest": "reconciler.cli.attest",
    "verify": "reconciler.cli.verify",
    "drift": "reconciler.cli.drift",
    "adopt": "reconciler.cli.adopt",
    "history": "reconciler.cli.history",
    "blame": "reconciler.cli.blame",
    "status": "reconciler.cli.status",
    "audit": "reconciler.cli.audit",
    "account": "reconciler.cli.account",
    "show": "reconciler.cli.show",
    "download": "reconciler.cli.download",
    "serve": "reconciler.cli.serve",
    "token": "reconciler.cli.token",
    "conformance": "reconciler.cli.conformance",
    "secret": "reconciler.cli.secret",
    "schema": "reconciler.cli.schema",
    "forge": "reconciler.cli.forge",
    "explain": "reconciler.cli.explain",
}


class Verbs(click.Group):
    """A group whose commands are imported one by one, so that ``--version`` and each verb start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one verb, or None for a name that isn't one."""
        if cmd_name not in VERBS:
            return None
        module = import_module(VERBS[cmd_name])
        command = getattr(module, VERBS[cmd_name].rpartition(".")[2])
        return command if isinstance(command, click.Command) else None


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reconciler", message="%(prog)s %(version)s")
@click.option(
    "-C", "folder", type=click.Path(path_type=Path), metavar="DIR", help="The account folder (default: here)."
)
@click.pass_obj
def reconciler(run: Run, folder: Path | None) -> None:
    """A web-hosting customer account as code: YAML in git, plan, apply, and nothing left to do.

    Exit codes: 0 clean or applied, 1 error, 2 changes pending, 3 refused, 4 stale plan, 5 locked, 6 partly applied,
    7 authentication, 64 usage, 130 interrupted.
    """
    run.enter(folder)


def main() -> None:
    """Run the command line of this process and end it with its exit code."""
    args = sys.argv[1:]
    run = Run.of_process()
    code = guarded(run, args, lambda: reconciler.main(args, prog_name="reconciler", obj=run, standalone_mode=False))
    sys.exit(code)


if __name__ == "__main__":
    main()
