"""The only door to jinja2 for outputs: Markdown whose every value is quoted unless a template says otherwise."""

from functools import lru_cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from reconciler.model.late import pattern
from reconciler.model.text import neutral

if TYPE_CHECKING:
    from jinja2 import Environment

_TICKS = pattern("`+")


class Markdown(str):
    """Text that is Markdown already and isn't quoted again."""

    __slots__ = ()


def render(template: str, **values: Any) -> str:
    """Return a template of ``templates/`` with its values; strings become code spans, so that nothing in them acts."""
    return _environment().get_template(template).render(values)


def code_span(text: str, limit: int = 400) -> str:
    """Return text as a Markdown code span that no text can leave, also in a table (CommonMark 6.1, GFM 4.10)."""
    shown = neutral(text, limit).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_html(text: str) -> str:
    """Return text as code for a line of HTML, where Markdown's own code spans mean nothing."""
    return f"<code>{escape(neutral(text))}</code>"


def fenced(text: str, language: str = "") -> Markdown:
    """Return lines as a fenced code block that no line can close (CommonMark 4.5)."""
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    return Markdown(f"{fence}{language}\n{text.strip(chr(10))}\n{fence}")


def _finalize(value: Any) -> Any:
    return code_span(value) if isinstance(value, str) and not isinstance(value, Markdown) else value


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    def load(name: str) -> str:
        return (resources.files("reconciler.report") / "templates" / name).read_text("utf-8")

    environment = Environment(  # noqa: S701  # HTML escaping is no help in Markdown: _finalize quotes every value
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"as_is": Markdown, "fenced": fenced}
    return environment
