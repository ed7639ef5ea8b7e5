"""Whole texts kept in files beside the tests; ``UPDATE_SNAPSHOTS=1`` writes them anew, for a look at the difference."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "report" / "texts"


def assert_snapshot(name: str, text: str) -> None:
    """Assert that ``text`` is exactly what the file ``name`` holds."""
    file = FOLDER / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text("utf-8")
