"""Writes the pages that are made from the program: ``commands.md``, ``diagnostics.md``, ``presets.md``, ``reference/``.

``--check`` writes nothing and ends with 1 when a page is stale.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from preset_pages import presets_page
from reconciler.cli.explain import all_codes
from reconciler.cli.group import reconciler
from reference_pages import reference_pages

DOCS = Path(__file__).resolve().parent
NOTE = "<!-- Made by `make docs`; changes by hand are lost. -->\n"


def commands_page() -> str:
    """Return every command with its help, as the program prints it."""
    parts = [NOTE, "# Commands\n"]
    with click.Context(reconciler, info_name="reconciler", terminal_width=88, **reconciler.context_settings) as top:
        for names, text in _helps(reconciler, top):
            level = "#" * len(names) if len(names) > 1 else "##"
            parts.append(f"{level} `{' '.join(names)}`\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[list[str], str]]:
    """Return the words and the help of a command, then those of its subcommands."""
    yield context.command_path.split(), command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (below := command.get_command(context, name)) is not None:
                with click.Context(below, parent=context, info_name=name, terminal_width=88) as inner:
                    yield from _helps(below, inner)


def diagnostics_page() -> str:
    """Return every code with its summary and what it means."""
    codes = all_codes()
    intro = "`reconciler explain CODE` shows one of these, with an example where a configuration causes it.\n"
    parts = [NOTE, "# Diagnostics\n", intro]
    for code in sorted(codes):
        summary, text = codes[code]
        parts.append(f"## {code}\n\n**{summary}** {text}\n")
    return "\n".join(parts)


def main() -> int:
    """Write the pages, or say which are stale."""
    pages = {
        DOCS / "commands.md": commands_page(),
        DOCS / "diagnostics.md": diagnostics_page(),
        DOCS / "presets.md": presets_page(NOTE),
        **reference_pages(NOTE),
    }
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"stale: docs/{path.relative_to(DOCS)}; run `make docs`")
        return bool(stale)
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
