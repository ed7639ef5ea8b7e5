"""What is emitted is read again as what was meant, whatever the text and wherever it stands."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.edit.emit import Inline, emit
from reconciler.load.nodes import plain
from reconciler.load.problems import Problems
from reconciler.load.yaml_text import YamlReader

TEXTS = st.text(alphabet=":?-,[]{}#&*!|>'\"%@`~= ax0\n.<\\", max_size=6) | st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), max_size=10
)


@given(TEXTS, st.text(alphabet=":?-,[]{}#&*!|>'\"%@`~= ax0.<\\", max_size=6))
def test_every_text_is_read_again(text: str, key: str) -> None:
    """As a value, in a list in brackets, in a mapping in braces, and as a key; our own reader is YAML 1.1's."""
    data = {"list": [text, "b"], "braces": {"x": text}, "value": text, f"{key}k": "v"}
    problems = Problems()
    raw = emit({**data, "braces": Inline({"x": text})}, "A header.").encode()
    root = YamlReader("file.yaml", raw, problems).root()
    assert root is not None
    assert not problems.failed
    assert plain(root) == data
