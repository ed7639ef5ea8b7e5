"""Receipts read from a record that somebody may have altered."""

import pytest

from reconciler.model.fields import Json
from reconciler.model.receipt import Receipt, Step

STEP = Step("mailbox/info@example.org", "create", "asked", "a" * 64, "key")
RECEIPT = Receipt(1, "intent", "K-1", "embedded:a", "s", "c", "n", "erika", "host", 7, "t", "c", "0", steps=(STEP,))


def test_a_receipt_is_read_as_it_was_written() -> None:
    """JSON and back."""
    assert Receipt.from_json(RECEIPT.to_json()) == RECEIPT


@pytest.mark.parametrize(
    "altered",
    (
        {"who": 7},
        {"pid": "7"},
        {"host": None},
        {"number": []},
        {"steps": [{**STEP.__class__.__annotations__}]},
        {"steps": [{**RECEIPT.to_json()["steps"][0], "address": {}}]},
        {"steps": [{**RECEIPT.to_json()["steps"][0], "action": "\x1b[2J"}]},
        {"unknown": 1},
    ),
    ids=lambda altered: next(iter(altered)),
)
def test_facts_of_another_type_are_damage(altered: dict[str, Json]) -> None:
    """Nobody has to fear them later on."""
    with pytest.raises((TypeError, ValueError, KeyError)):
        Receipt.from_json({**RECEIPT.to_json(), **altered})
