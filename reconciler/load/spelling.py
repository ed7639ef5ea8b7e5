"""Did you mean: the known word that comes nearest to what was written."""

from collections.abc import Collection, Iterable

_VERY_MANY = 500


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that ``word`` probably stands for, or None."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA, DamerauLevenshtein

    candidates = sorted(known)
    by_case = {name.casefold().replace("-", "_"): name for name in candidates}
    if same := by_case.get(word.casefold().replace("-", "_")):
        return same
    allowed = max(1, len(word) // 3)
    if near := process.extractOne(word, candidates, scorer=OSA.distance, score_cutoff=allowed):
        return near[0]
    if len(word) < 4:
        return None
    like = process.extractOne(word, candidates, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.6)
    return like[0] if like else None


def is_one_off(word: str, known: Iterable[str]) -> bool:
    """Tell whether a word differs from a known one by one letter, or by two that changed places."""
    from rapidfuzz.distance import OSA

    return any(OSA.distance(word, name, score_cutoff=1) == 1 for name in known)


def did_you_mean(word: str, known: Collection[str], what: str = "Known here") -> str:
    """Return the help for an unknown word: the nearest known one, or else all of them when they are few.

    Of very many known words none is looked for: a file may hold as many unknown ones.
    """
    if len(known) > _VERY_MANY:
        return ""
    candidates = sorted(known)
    if guess := nearest(word, candidates):
        return f"Did you mean `{guess}`?"
    if not candidates or len(candidates) > 24:
        return ""
    return f"{what}: {listed(candidates)}."


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Return words in backquotes as one phrase: ```a`, `b` and `c```."""
    quoted = [f"`{word}`" for word in words]
    return f" {joint} ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
