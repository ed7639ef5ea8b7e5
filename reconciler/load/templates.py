"""``{{ vars.NAME }}`` in a string: Jinja's expressions and filters, nothing that runs, loops or grows without bound.

Jinja parses; we walk its tree and refuse everything but variables, constants, filters and ``~``, and render the rest
in its sandbox. Every step of a filter chain is bounded, so that the result is.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.load.source_text import bad_character
from reconciler.load.spelling import did_you_mean
from reconciler.model.late import pattern
from reconciler.model.text import is_template

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_SOURCE = 4096
MAX_RESULT = 64 * 2**10
#: Different texts with more than plain variables that one run reads: each costs Jinja a millisecond.
MAX_DIFFERENT = 250
MAX_FILTERS = 10
#: What all templates of a run may make together, steps in between counted.
MAX_ALTOGETHER = 4 * 2**20
_MAX_CONSTANT = 256
#: Filters that look into objects, run other filters by name, pad without bound, give another result each time, or
#: take a minute over a long word.
_REFUSED = frozenset(
    {"attr", "filesizeformat", "format", "groupby", "map", "pprint", "random", "reject", "rejectattr", "select"}
    | {"selectattr", "striptags", "urlize", "wordwrap", "xmlattr"}
)
#: Filters whose argument is a value of its own.
_FALLBACKS = frozenset({"d", "default"})
#: A plain variable, which needs no Jinja.
_PLAIN = pattern(r"(?<!\{)\{\{ ?vars\.([A-Za-z_][A-Za-z0-9_]*) ?\}\}")
_ADVICE = "Write `{{ vars.NAME }}`; literal braces are written as `{{ '{{' }}`."


class TemplateError(Exception):
    """A template that can't be rendered: the code, what is wrong, and how to mend it."""

    def __init__(self, code: str, detail: str, help: str = _ADVICE) -> None:
        super().__init__(detail)
        self.code = code
        self.help = help


class Templates:
    """Renders texts with the account's variables; ``complete`` is False when some may be missing through errors."""

    def __init__(self, variables: Mapping[str, str], complete: bool = True) -> None:
        self._variables = dict(variables)
        self._complete = complete
        self._rendered: dict[str, str] = {}
        self._tried = 0
        self._made = 0
        self._environment: ImmutableSandboxedEnvironment | None = None

    def render(self, text: str) -> str:
        """Return a text with its templates replaced, once; raises :class:`TemplateError`."""
        if len(text) > MAX_SOURCE:
            raise TemplateError("wrong-template", f"A text with templates may have {MAX_SOURCE} characters.", "")
        rest = _PLAIN.sub("", text)
        needs_jinja = is_template(rest) or "{#" in rest or "\r" in rest
        result = self._by_jinja(text) if needs_jinja else self._plainly(text, rest)
        self._spend(len(result))
        if found := bad_character(result):
            raise TemplateError("wrong-template", f"The result holds {found[1]}.")
        return str(_bounded(result))

    def _plainly(self, text: str, rest: str) -> str:
        """Return a text in which only plain variables are to be replaced."""
        names = _PLAIN.findall(text)
        for name in names:
            self._demand_defined(name)
        _demand_short(len(rest) + sum(len(self._variables[name]) for name in names))
        return _PLAIN.sub(lambda found: self._variables[found[1]], text)

    def _by_jinja(self, text: str) -> str:
        """Return what Jinja makes of a text with more than plain variables."""
        from jinja2 import TemplateError as JinjaError

        if text in self._rendered:
            return self._rendered[text]
        self._tried += 1
        self._spend(len(text))
        if self._tried > MAX_DIFFERENT:
            remedy = "Write what the filters make as variables of their own."
            raise TemplateError("wrong-template", f"More than {MAX_DIFFERENT} different texts have filters.", remedy)
        environment = self._environment = self._environment or _environment(self._spend)
        try:
            tree = environment.parse(text)
            self._check(tree)
            result = environment.from_string(tree).render(vars=self._variables)
        except JinjaError as error:
            detail = f"Jinja can't read this: {str(error.message or 'it is malformed').rstrip('.')}."
            raise TemplateError("wrong-template", detail) from None
        except TemplateError:
            raise
        except Exception:  # a filter meets a value that it isn't made for, and says so in any way
            raise TemplateError("wrong-template", "A filter can't work on this value.") from None
        return self._rendered.setdefault(text, str(_bounded(result)))

    def _spend(self, characters: int) -> None:
        """Count what is made; raises :class:`TemplateError` where all texts together are more than anybody needs."""
        self._made += characters
        if self._made > MAX_ALTOGETHER:
            detail = f"With this text, templates have made more than {MAX_ALTOGETHER:,} characters."
            raise TemplateError("wrong-template", detail, "Write long texts where they are used.")

    def _check(self, tree: "nodes.Template") -> None:
        from jinja2 import nodes

        names = [_variable(node) for node in _walk(tree) if isinstance(node, nodes.Getattr | nodes.Getitem)]
        _demand_short(sum(len(self._variables.get(name or "", "")) for name in names))
        if sum(isinstance(node, nodes.Filter) for node in _walk(tree)) > MAX_FILTERS:
            raise TemplateError("wrong-template", f"A text may have {MAX_FILTERS} filters.")
        allowed = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Concat, nodes.Filter, nodes.Keyword)
        for node in _walk(tree):
            if isinstance(node, nodes.Getattr | nodes.Getitem):
                self._check_variable(node)
            elif isinstance(node, nodes.Const):
                if len(str(node.value)) > _MAX_CONSTANT or (isinstance(node.value, int | float) and node.value > 1000):
                    raise TemplateError("wrong-template", "A constant in this template is too large.")
            elif isinstance(node, nodes.Filter):
                self._check_filter(node)
            elif isinstance(node, nodes.Name):
                raise TemplateError(
                    "wrong-template", f"`{node.name}` means nothing here; variables begin with `vars.`."
                )
            elif not isinstance(node, allowed):
                raise TemplateError("wrong-template", "Only variables, constants and filters may stand in a template.")

    def _check_filter(self, node: "nodes.Filter") -> None:
        """Refuse filters that aren't bounded, and arguments that multiply: a variable joined by a variable."""
        from jinja2 import nodes

        if node.name in _REFUSED or node.dyn_args or node.dyn_kwargs:
            raise TemplateError("wrong-template", f"The filter `{node.name}` is refused here.")
        arguments = [*node.args, *(pair.value for pair in node.kwargs)]
        if node.name not in _FALLBACKS and not all(isinstance(argument, nodes.Const) for argument in arguments):
            raise TemplateError("wrong-template", f"The filter `{node.name}` takes constants only.")

    def _check_variable(self, node: "nodes.Getattr | nodes.Getitem") -> None:
        name = _variable(node)
        if name is None:
            raise TemplateError("wrong-template", "Only variables, constants and filters may stand in a template.")
        self._demand_defined(name)

    def _demand_defined(self, name: str) -> None:
        if name not in self._variables:
            if not self._complete:
                raise TemplateError("", "")
            remedy = did_you_mean(name, self._variables, "Defined are") or "Define it under `vars:` in any file."
            raise TemplateError("undefined-variable", f"`vars.{name}` isn't defined.", remedy)


def _walk(node: "nodes.Node") -> "Iterator[nodes.Node]":
    """Yield a tree's nodes, a variable as one."""
    from jinja2 import nodes

    yield node
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        for child in node.iter_child_nodes():
            yield from _walk(child)


def _variable(node: "nodes.Getattr | nodes.Getitem") -> str | None:
    """Return NAME of ``vars.NAME`` or ``vars["NAME"]``, or None for anything else."""
    from jinja2 import nodes

    if not isinstance(node.node, nodes.Name) or node.node.name != "vars":
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else None


def _environment(spend: Callable[[int], None]) -> "ImmutableSandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    environment.globals.clear()
    environment.filters = {n: _limited(f, spend) for n, f in environment.filters.items()}
    return environment


def _limited(function: Callable[..., Any], spend: Callable[[int], None]) -> Callable[..., Any]:
    """Return a filter whose result is bounded, and counted."""
    from functools import wraps

    @wraps(function)
    def limited(*arguments: Any, **named: Any) -> Any:
        spend(sum(map(_length, arguments)))
        result = function(*arguments, **named)
        if isinstance(result, Iterator):
            result = list(result)
        spend(_length(result))
        return _bounded(result)

    return limited


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple | dict) else 0


def _bounded(result: Any) -> Any:
    _demand_short(_length(result))
    return result


def _demand_short(length: int) -> None:
    if length > MAX_RESULT:
        raise TemplateError("wrong-template", f"The result has more than {MAX_RESULT:,} characters.", "")
