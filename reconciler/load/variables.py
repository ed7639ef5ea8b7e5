"""The account's variables, collected from ``vars:`` of all files, and the places where templates may stand."""

from reconciler.load.nodes import Broken, Mapping, Node, Scalar, Sequence, describe
from reconciler.load.problems import Problems, place
from reconciler.load.templates import TemplateError, Templates
from reconciler.model.span import Span
from reconciler.model.text import is_template

_NOT_RENDERED = {"secret": "The place of a secret isn't rendered.", "hash": "A hash isn't rendered."}
_NEVER = "Templates are replaced in string values of resources only."


class Variables:
    """Collects ``vars:`` and renders nodes with them."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._values: dict[str, str] = {}
        self._places: dict[str, Span] = {}
        #: Whether every variable could be read; otherwise an unknown one isn't reported.
        self.complete = True

    def collect(self, file: str, node: Node) -> None:
        """Take a file's ``vars:``, a mapping of names to texts."""
        if not isinstance(node, Mapping):
            self.complete = False
            if not isinstance(node, Broken):
                detail = f"`vars` needs a mapping of names to texts, but here stands {describe(node)}."
                self._problems.error("wrong-type", detail, place(file, node))
            return
        self.complete = self.complete and not node.incomplete
        for name, (key, value) in node.entries.items():
            self._take(file, name, key, value)

    def _take(self, file: str, name: str, key: Scalar, value: Node) -> None:
        at = place(file, key)
        if name in self._places:
            self._problems.error(
                "duplicate-variable",
                f"`{name}` is defined at {self._places[name]} already.",
                at,
                "Keep one of the two.",
                related=(self._places[name],),
            )
            return
        self._places[name] = at
        self._values[name] = ""
        if not isinstance(value, Scalar):
            detail = f"A variable is a text, but here stands {describe(value)}."
            self._problems.error("wrong-type", detail, place(file, value))
        elif not (name.isidentifier() and name.isascii()):
            remedy = "Write letters, digits and underscores, such as `web_server`."
            self._problems.error("wrong-value", f"`{name}` can't be the name of a variable.", at, remedy)
        elif is_template(value.text):
            self._misplaced(file, value, "A variable's own value isn't rendered.")
        else:
            self._values[name] = value.text

    def templates(self) -> Templates:
        """Return the renderer for everything collected so far."""
        return Templates(self._values, self.complete)

    def refused(self, file: str, node: Node) -> Node:
        """Report every template in a part of a file where none may stand; return the part with those marked."""
        if isinstance(node, Scalar):
            if not is_template(node.text):
                return node
            self._misplaced(file, node, _NEVER)
            return Broken(node.text, node.mark)
        if isinstance(node, Sequence):
            return Sequence(node.mark, [self.refused(file, item) for item in node.items])
        return self.refused_mapping(file, node)

    def refused_mapping(self, file: str, node: Mapping) -> Mapping:
        """Do the same for a mapping; keys with templates are taken out."""
        entries = {}
        for name, (key, value) in node.entries.items():
            if self.refused(file, key) is key:
                entries[name] = (key, self.refused(file, value))
        copy = node.replaced(entries)
        copy.incomplete = copy.incomplete or len(entries) < len(node.entries)
        return copy

    def rendered(self, templates: Templates, file: str, node: Node) -> Node:
        """Return a copy of a node with its string values rendered; what can't be rendered is reported."""
        if isinstance(node, Scalar):
            return self._rendered_text(file, node, templates) if is_template(node.text) else node
        if isinstance(node, Sequence):
            return Sequence(node.mark, [self.rendered(templates, file, item) for item in node.items])
        return self.rendered_mapping(templates, file, node)

    def rendered_entry(self, templates: Templates, file: str, key: Scalar, node: Node) -> Node:
        """Return a copy of a key's value with its string values rendered; a template in the key is reported."""
        if is_template(key.text):
            self._misplaced(file, key, "A key isn't rendered.")
        return self.rendered(templates, file, node)

    def rendered_mapping(self, templates: Templates, file: str, node: Mapping) -> Mapping:
        """Return a copy of a mapping with its string values rendered."""
        entries: dict[str, tuple[Scalar, Node]] = {}
        for name, (key, value) in node.entries.items():
            if is_template(name):
                self._misplaced(file, key, "A key isn't rendered.")
            elif name in _NOT_RENDERED and isinstance(value, Scalar) and is_template(value.text):
                self._misplaced(file, value, _NOT_RENDERED[name])
                entries[name] = (key, Broken(value.text, value.mark))
            else:
                entries[name] = (key, self.rendered(templates, file, value))
        return node.replaced(entries)

    def _rendered_text(self, file: str, node: Scalar, templates: Templates) -> Scalar:
        if self._problems.is_full(file):
            return Broken(node.text, node.mark)
        try:
            return Scalar(templates.render(node.text), node.mark, node.quoted or "template")
        except TemplateError as error:
            if error.code:
                self._problems.error(error.code, str(error), place(file, node), error.help)
            return Broken(node.text, node.mark)

    def _misplaced(self, file: str, node: Scalar, detail: str) -> None:
        self._problems.error("misplaced-template", detail, place(file, node), "Write the value itself.")
