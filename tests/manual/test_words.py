"""The portal's words: every kind has them in both languages, for each field that a person may have to enter."""

from dataclasses import asdict

import pytest

from reconciler.kinds import KINDS
from reconciler.model.meta import OURS
from reconciler.report.portal_words import PHRASES, WORDS

#: What isn't entered: limits of our own.
_NOT_ENTERED = OURS | {"max_price", "max_setup", "valid_until"}
_FIELDS = {"zone": frozenset[str](), "record": {"ttl", "values"}, "password": {"password"}}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_words(language: str, kind: str) -> None:
    """A place, the buttons that its changes need, and a label for each of its fields."""
    words, known = WORDS[language][kind], KINDS[kind]
    fields = _FIELDS.get(kind, frozenset(known.model.model_fields) - _NOT_ENTERED)
    assert fields <= words.fields.keys()
    assert words.path
    assert words.change
    assert bool(words.add) != known.fixed
    assert bool(words.remove) == (not known.fixed and not known.is_request)


def test_both_languages_have_the_same_phrases() -> None:
    """Each phrase takes the same texts in either."""
    german, english = (asdict(PHRASES[language]) for language in ("de", "en"))
    for one, other in zip(german.values(), english.values(), strict=True):
        assert one.count("{") == other.count("{")
