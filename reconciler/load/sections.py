"""The sections of a file, driven by the paths in the table of kinds: nodes in, declarations out.

A path such as ``mail / * / mailboxes / *`` says which keys lead to a resource; all paths together are a trie. A
mapping on the way may be spread over files; a resource's own mapping is never merged.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from reconciler.load.attachments import Attachments
from reconciler.load.forms import written_keys
from reconciler.load.nodes import Broken, Mapping, Node, Scalar, describe, plain
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean, listed
from reconciler.model.address import Address
from reconciler.model.kind import Declaration, Kind
from reconciler.model.late import dataclass
from reconciler.model.scalars import faults, refusals
from reconciler.model.span import Span

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from reconciler.load.validation import Subject


@dataclass(slots=True)
class Trie:
    """One step on the way: named keys, any name (``star``), and the kind that is written here."""

    named: dict[str, "Trie"] = field(default_factory=dict)
    star: "Trie | None" = None
    kind: Kind | None = None


def trie_of(kinds: Iterable[Kind]) -> Trie:
    """Return the trie of all kinds that are written in sections."""
    root = Trie()
    for kind in kinds:
        step = root
        for key in kind.path:
            if key == "*":
                step.star = step.star or Trie()
                step = step.star
            else:
                step = step.named.setdefault(key, Trie())
        if kind.path:
            step.kind = kind
    return root


class Piece(NamedTuple):
    """One declared resource: where it stands, and what it declares; of zones and renames also what was written.

    ``implied`` says that only what is written below it makes it exist, so that it may be implied in several files.
    """

    kind: Kind
    address: Address
    span: Span
    node: Node | None
    declaration: Declaration
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Sections:
    """What the sections of one file declare; ``declared`` are kinds that have a section, even an empty one."""

    pieces: tuple[Piece, ...]
    declared: frozenset[str]


def read_sections(
    file: str,
    sections: MappingType[str, tuple[Scalar, Node]],
    trie: Trie,
    problems: Problems,
    attachments: Attachments,
) -> Sections:
    """Return what a file's sections declare; ``sections`` holds known keys only, ``attachments`` finds their files."""
    walk = _Walk(file, problems, set(), attachments)
    pieces = [piece for name, (key, node) in sections.items() for piece in walk.step(trie.named[name], key, node, ())]
    return Sections(tuple(pieces), frozenset(walk.declared))


@dataclass(frozen=True, slots=True)
class _Walk:
    file: str
    problems: Problems
    declared: set[str]
    attachments: Attachments

    def step(self, trie: Trie, key: Scalar, node: Node, keys: tuple[str, ...]) -> Iterator[Piece]:
        if isinstance(node, Broken) or self.problems.is_full(self.file):
            return
        if trie.kind is None:
            yield from self._section(trie, key, node, keys)
            return
        self.declared.add(trie.kind.name)
        address = self._address(trie.kind, key, keys)
        if address is None:
            return
        own = node.without(trie.named) if isinstance(node, Mapping) and trie.named else node
        yield from self._declare(trie, key, own, address)
        if own is not node:
            yield from self._named(trie, node, keys)

    def _section(self, trie: Trie, key: Scalar, node: Node, keys: tuple[str, ...]) -> Iterator[Piece]:
        if not isinstance(node, Mapping):
            detail = f"`{key.text}` needs a mapping of names, but here stands {describe(node)}."
            self.problems.error("wrong-type", detail, place(self.file, node), "Write names as keys, or `{}` for none.")
            return
        if trie.star is None:
            self._demand_one(trie, key, node)
            yield from self._named(trie, node, keys)
            return
        if trie.star.kind:
            self.declared.add(trie.star.kind.name)
        for name, (inner, value) in node.entries.items():
            yield from self.step(trie.star, inner, value, (*keys, name))

    def _demand_one(self, trie: Trie, key: Scalar, node: Mapping) -> None:
        """Report a name below which nothing is written, or several things that only one may be (a request)."""
        if not node.entries:
            detail = f"`{key.text}` says nothing."
            self.problems.error("missing-key", detail, place(self.file, key), f"Add {listed([*trie.named], 'or')}.")

    def _named(self, trie: Trie, node: Node, keys: tuple[str, ...]) -> Iterator[Piece]:
        for name, (inner, value) in _entries(node).items():
            if name in trie.named:
                yield from self.step(trie.named[name], inner, value, keys)
            elif trie.kind is None:
                remedy = did_you_mean(name, trie.named, "Known keys")
                self.problems.error("unknown-key", f"`{name}` doesn't exist here.", place(self.file, inner), remedy)

    def _address(self, kind: Kind, key: Scalar, keys: tuple[str, ...]) -> Address | None:
        try:
            return kind.address(keys)
        except refusals() as error:
            from reconciler.load.validation import Subject, details_of, report_errors

            report_errors(Subject(self.file, key, kind.model, _a(kind.title), key), [details_of(error)], self.problems)
            return None

    def _declare(self, trie: Trie, key: Scalar, node: Node, address: Address) -> Iterator[Piece]:
        kind = trie.kind
        if kind is None:
            return
        try:
            implied = bool(trie.named) and not _entries(node)
            attaches = kind.is_request
            data = self.attachments.data(self.file, node, self.problems) if attaches else plain(node)
            declaration = kind.declare(address, data)
        except faults() as error:
            from reconciler.load.validation import report_errors

            known = self._known(trie, error.errors(include_url=False, include_input=False))
            report_errors(self._subject(kind, key, node, address), known, self.problems)
        except refusals() as error:
            from reconciler.load.validation import details_of, report_errors

            report_errors(self._subject(kind, key, node, address), [details_of(error)], self.problems)
        else:
            is_asked_for = kind.name == "zone" or declaration.previously
            yield Piece(kind, address, place(self.file, key), node if is_asked_for else None, declaration, implied)

    def _subject(self, kind: Kind, key: Scalar, node: Node, address: Address) -> "Subject":
        from reconciler.load.validation import Subject

        return Subject(
            *(self.file, node, kind.model, _a(kind.title), key, address),
            short_form=getattr(kind, "short_form", None) is not None,
            secrets=kind.secret_fields,
            secret_keys=kind.secret_keys,
        )

    def _known(self, trie: Trie, errors: list["ErrorDetails"]) -> Iterator["ErrorDetails"]:
        """Give unknown keys beside sub-sections a say of their own: the nearest spelling may be a sub-section's."""
        for error in errors:
            if trie.named and error["type"] == "extra_forbidden" and len(error["loc"]) == 1 and trie.kind:
                known = [*written_keys(trie.kind.model), *trie.named]
                context = {"name": str(error["loc"][0]), "expected": known}
                yield {**error, "type": "unknown_key", "loc": (), "ctx": context}
            else:
                yield error


def _entries(node: Node) -> dict[str, tuple[Scalar, Node]]:
    return node.entries if isinstance(node, Mapping) else {}


def _a(title: str) -> str:
    return f"{'an' if title[0] in 'aeiou' else 'a'} {title}"
