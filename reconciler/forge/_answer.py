"""Taking facts out of a forge's answers, which may be anything."""

from reconciler.model.errors import ForgeError
from reconciler.model.fields import Json


def fact(answer: Json, *path: str) -> Json:
    """Return what an answer has at a path, None where it isn't there."""
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def text(answer: Json, *path: str) -> str:
    """Return the text at a path; raises ``ForgeError`` for anything else."""
    found = fact(answer, *path)
    if not isinstance(found, str):
        raise ForgeError(f"The forge's answer isn't what is documented: {'.'.join(path)} is missing or no text.")
    return found


def number(answer: Json, *path: str) -> str:
    """Return the number at a path, as text; raises ``ForgeError`` for anything else."""
    found = fact(answer, *path)
    if type(found) is not int:
        raise ForgeError(f"The forge's answer isn't what is documented: {'.'.join(path)} is missing or no number.")
    return str(found)
