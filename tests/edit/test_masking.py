"""What is printed of a difference never holds a private value, and is line by line the real one."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.edit.emit import emit
from reconciler.edit.masking import difference, masked_text

TEXTS = st.sampled_from(("Erika", "+49 511 1", "a: b", "# x", "two\nlines\n", "'", "no"))


def test_only_private_values_are_masked() -> None:
    """Names of fields, other fields and comments stay; texts over several lines keep their number."""
    text = "contacts:  # ours\n  a: {name: Erika, may: [speak]}\n"
    text += "  b:\n    name: |\n      Max\n      Moritz\n    email: x\n"
    assert masked_text(text) == (
        "contacts:  # ours\n  a: {name: (private), may: [speak]}\n  b:\n    name: (private)\n\n\n    email: (private)\n"
    )
    assert masked_text("www: {type: A, name: Erika}\n") == "www: {type: A, name: Erika}\n"


def test_a_difference_is_found_although_it_is_masked() -> None:
    """Both sides look alike, and both are shown."""
    old, new = (f"contacts:\n  a:\n    name: {name}\n    may: []\n" for name in ("Erika", "Max"))
    assert list(difference("people.yaml", old, new)) == [
        "--- a/people.yaml",
        "+++ b/people.yaml",
        "@@ -1,4 +1,4 @@",
        " contacts:",
        "   a:",
        "-    name: (private)",
        "+    name: (private)",
        "     may: []",
    ]


def test_files_that_come_and_go() -> None:
    """As git shows them."""
    assert list(difference("a.yaml", None, "a: 1\n"))[:3] == ["--- /dev/null", "+++ b/a.yaml", "@@ -1,0 +1,1 @@"]
    assert list(difference("a.yaml", "a: 1\r\n", None))[1:] == ["+++ /dev/null", "@@ -1,1 +1,0 @@", "-a: 1"]


@given(st.dictionaries(st.sampled_from("abc"), st.fixed_dictionaries({"name": TEXTS, "phone": TEXTS, "scope": TEXTS})))
def test_no_private_text_comes_through(contacts: dict[str, dict[str, str]]) -> None:
    """However it is quoted; the number of lines stays."""
    secret = {name: {**fields, "name": f"canary {fields['name']}"} for name, fields in contacts.items()}
    text = emit({"contacts": secret}, "Ours.")
    shown = masked_text(text)
    assert "canary" not in shown
    assert "511" not in shown.replace("scope: +49 511", "")
    assert shown.count("\n") == text.count("\n")
