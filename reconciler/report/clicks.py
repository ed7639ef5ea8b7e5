"""A change as the clicks that make it, in the portal's own words: private values masked, secrets by where they lie."""

from collections.abc import Iterator

from reconciler.kinds import KINDS
from reconciler.model.address import kind_of, split
from reconciler.model.by_hand import Hand
from reconciler.model.change import Action, Change
from reconciler.model.text import neutral
from reconciler.report.fields import FieldView, view_fields
from reconciler.report.portal_words import PHRASES, WORDS, Phrases, Words


def clicks(change: Change, hand: Hand) -> tuple[str, ...]:
    """Return the steps that a person takes, in order; neutral texts."""
    kind = KINDS[kind_of(change.address)]
    words = WORDS[hand.language].get(kind.name) or Words(kind.title, "", {})
    phrases = PHRASES[hand.language]
    return (phrases.open.format(path=neutral(hand.portal or words.path)), *_steps(change, hand, words, phrases))


def _steps(change: Change, hand: Hand, words: Words, phrases: Phrases) -> Iterator[str]:
    known = "/".join(split(change.address)[1:])
    name = neutral(words.names.get(known, known))
    if change.action is Action.DELETE:
        yield phrases.entry.format(name=name, button=words.remove)
        yield phrases.confirm
        return
    new = change.action in (Action.CREATE, Action.SUBMIT)
    button = words.add if new else words.change
    yield phrases.entry.format(name=name, button=button) if name else button
    secrets = _secrets(change)
    for field in view_fields(change):
        if field.name not in secrets:
            yield f"{words.fields.get(field.name, field.name)}: {_text(field, change, phrases)}"
    for path in sorted(secrets & hand.secrets.keys()):
        label = words.fields.get(path, path)
        yield f"{label}: {phrases.lies_in.format(place=neutral(hand.secrets[path]))}"
    yield phrases.save


def _secrets(change: Change) -> frozenset[str]:
    """Return the secrets that are new, by path."""
    kind = KINDS[kind_of(change.address)]
    before = kind.versions(change.before) if change.before is not None else {}
    after = kind.versions(change.after) if change.after is not None else {}
    return frozenset(path for path, version in after.items() if version != before.get(path))


def _text(field: FieldView, change: Change, phrases: Phrases) -> str:
    text = ", ".join((*field.added, *field.kept)) if field.is_list else field.after
    if text is None or text == "(none)":
        return phrases.empty
    kind = KINDS[kind_of(change.address)]
    hidden = any(path.partition(".")[0] == field.name for path in kind.private_fields)
    return f"{text} ({phrases.whole.format(place=neutral(str(change.span)))})" if hidden and change.span else text
