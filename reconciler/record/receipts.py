"""The receipt as a file: JSON with a line for each fact and each step, so that ``git diff`` shows what became of it."""

import json

from reconciler.model.errors import RecordError
from reconciler.model.fields import Json
from reconciler.model.receipt import FORMAT, Receipt

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def encode(receipt: Receipt) -> bytes:
    """Return the file that holds a receipt."""
    data = receipt.to_json()
    steps = ",\n".join(f"  {_ENCODER.encode(step)}" for step in data.pop("steps"))
    facts = "".join(f' "{name}": {_ENCODER.encode(value)},\n' for name, value in data.items())
    return f'{{\n{facts} "steps": [\n{steps}\n ]\n}}\n'.encode("utf-8", "surrogatepass")


def decode(data: bytes, account: str) -> Json:
    """Return the facts of a file of :func:`encode`, of which only an intent's steps are worth making objects of.

    Raises ``RecordError`` for a newer format; ``KeyError``, ``TypeError`` or ``ValueError`` for what is no receipt.
    """
    facts = json.loads(data.decode("utf-8", "surrogatepass"))
    if isinstance(facts["format"], int) and facts["format"] > FORMAT:
        raise RecordError(
            f"The record was written by a newer version (format {facts['format']}; this one reads {FORMAT}).",
            "Install the newer version of reconciler.",
        )
    known = facts["format"] == FORMAT and facts["account"] == account and facts["phase"] in ("intent", "outcome")
    if not known or facts["number"] < 1:
        raise ValueError("its receipt is not one of this account")
    return facts
