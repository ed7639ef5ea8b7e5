"""Fitting a comment into what a forge takes: folded parts are shortened first, and each says how much is missing.

What isn't folded is never shortened: if that alone is too long, there is no honest comment, and the run is refused.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from reconciler.model.errors import RefusedError
from reconciler.model.late import dataclass
from reconciler.report.rendering import fenced

_LOG = "see the job's log"


@dataclass(frozen=True, slots=True)
class Fold:
    """A part that can be unfolded: its ``name`` (HTML), how many of ``what`` it holds, and each as lines of code.

    ``section`` holds together what is counted in one line when not even the names of all parts fit.
    """

    section: str
    name: str
    what: str
    items: tuple[str, ...]
    language: str = ""

    def text(self, most: int) -> str:
        """Return the part with at most so many items; without any it is one line."""
        more = len(self.items) - most
        if most <= 0:
            return f"{self._title()}, {_LOG}"
        code = fenced("\n".join(self.items[:most]), self.language)
        rest = f"\n\nand {more} more of {self.name}, {_LOG}" if more > 0 else ""
        return f"<details><summary>{self._title()}</summary>\n\n{code}{rest}\n\n</details>"

    def _title(self) -> str:
        count = len(self.items)
        return f"{self.name}: {count} {self.what}{'' if count == 1 else 's'}"


def fitted(parts: Sequence[str | Fold], limit: int) -> str:
    """Return the parts as one text of at most ``limit`` characters; raises ``RefusedError`` where that can't be."""
    folds = [part for part in parts if isinstance(part, Fold)]
    longest = max((len(fold.items) for fold in folds), default=0)

    def with_items(most: int) -> str:
        return _joined(part if isinstance(part, str) else part.text(most) for part in parts)

    def with_names(most: int) -> str:
        return _joined(_named(parts, most))

    text = _longest(with_items, longest, limit) or _longest(with_names, len(folds), limit)
    if text is None:
        raise RefusedError(
            f"What must be shown whole takes {len(with_names(0))} characters, and a comment may have {limit}.",
            "Split it: fewer changes that risk data, access, money or law in one pull request. "
            "Where the forge takes longer comments (GitLab: 1000000), say so with `--limit`.",
        )
    return text


def _longest(make: Callable[[int], str], most: int, limit: int) -> str | None:
    """Return what is made with the largest number up to ``most`` that still fits, or None where even 0 doesn't."""
    best = make(most)
    if len(best) <= limit:
        return best
    low, high, found = 0, most - 1, None
    while low <= high:
        middle = (low + high) // 2
        if len(text := make(middle)) <= limit:
            found, low = text, middle + 1
        else:
            high = middle - 1
    return found


def _named(parts: Sequence[str | Fold], most: int) -> Iterator[str]:
    """Yield the parts with the names of the first ``most`` folded ones; of each section the others are only counted."""
    left = most
    for section, alike in groupby(parts, lambda part: part.section if isinstance(part, Fold) else ""):
        if not section:
            yield from (part for part in alike if isinstance(part, str))
            continue
        folds = [part for part in alike if isinstance(part, Fold)]
        yield from (fold.text(0) for fold in folds[:left])
        if rest := folds[left:]:
            yield f"and {sum(len(fold.items) for fold in rest)} more of {section}, {_LOG}"
        left = max(0, left - len(folds))


def _joined(texts: Iterator[str]) -> str:
    return "\n\n".join(texts) + "\n"
