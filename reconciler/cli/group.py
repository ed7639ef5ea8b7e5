"""The verbs of the program: a group whose commands are imported one by one, when they are used."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli.run import Run

#: Every verb, the module that holds it, and what it does as its help says it, in the order of ``--help``.
VERBS: Mapping[str, tuple[str, str]] = {
    "init": ("reconciler.cli.init", "Write a live account as YAML."),
    "import": ("reconciler.cli.import_", "Take over zones from other tools."),
    "validate": ("reconciler.cli.validate", "Check the files, not the account."),
    "fmt": ("reconciler.cli.fmt", "Bring the YAML files into one layout."),
    "plan": ("reconciler.cli.plan", "Show what an apply would do, and why."),
    "apply": ("reconciler.cli.apply", "Carry out what a plan shows."),
    "attest": ("reconciler.cli.attest", "Say that the portal is as declared."),
    "verify": ("reconciler.cli.verify", "Ask the name servers whether they answer what the files say."),
    "drift": ("reconciler.cli.drift", "Show what was changed by hand, and what isn't as `expect:` says."),
    "adopt": ("reconciler.cli.adopt", "Write what is live into the files."),
    "history": ("reconciler.cli.history", "Show every value that an address had."),
    "blame": ("reconciler.cli.blame", "Show who gave each field its value, as HEAD declares it."),
    "status": ("reconciler.cli.status", "Show what is committed and not applied."),
    "audit": ("reconciler.cli.audit", "Show what became of each commit of the configuration."),
    "account": ("reconciler.cli.account", "Look at the embedded account, or change it."),
    "show": ("reconciler.cli.show", "Show what the account says of itself."),
    "download": ("reconciler.cli.download", "Save invoices and documents as files."),
    "serve": ("reconciler.cli.serve", "Serve an account over HTTP."),
    "token": ("reconciler.cli.token", "Make, list and revoke the tokens of an account."),
    "conformance": ("reconciler.cli.conformance", "Try whether a service keeps the contract."),
    "secret": ("reconciler.cli.secret", "Keep secrets in age files."),
    "schema": ("reconciler.cli.schema", "Print the JSON Schemas of all files."),
    "forge": ("reconciler.cli.forge", "Talk to GitHub or GitLab."),
    "explain": ("reconciler.cli.explain", "Explain an error code, with examples."),
}


class Verbs(click.Group):
    """A group that knows what its commands do without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one verb, or None for a name that isn't one."""
        if cmd_name not in VERBS:
            return None
        name, _ = VERBS[cmd_name]
        command = getattr(import_module(name), name.rpartition(".")[2])
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each verb does."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in VERBS.items()])


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
