"""Master files become YAML: the same record sets, every comment, octoDNS's order."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from octodns.yaml import safe_load

from load.test_checkzone import GOOD, HEAD
from reconciler.edit.fmt import format_text
from reconciler.edit.zone_text import ZoneText, zone_text
from reconciler.load.master_import import declared_by, read_master
from reconciler.model.account import Dns

PATH = "zones/example.org.yaml"
A, B = "a A 192.0.2.1", "a A 192.0.2.2"


def written(text: str, **dns: object) -> ZoneText:
    """Return a master file of example.org as YAML, after proving that it declares the same."""
    settings = Dns.model_validate(dns)
    read = read_master("example.org.zone", text.encode(), "example.org", settings)
    lines = [(record.address, record.data, record.span.line, record.last) for record in read.records]
    made = zone_text(read.state, lines, read.comments, settings)
    if not settings.templates:
        assert declared_by(PATH, made.text, "example.org", settings) == read.state
    return made


@pytest.mark.parametrize(
    ("text", "yaml"),
    [
        (f"{A} ; one\n", "a:\n  ttl: 3600\n  type: A\n  value: 192.0.2.1  # one\n"),
        (f";one\n\n;; two\n{A}\n; three", "# one\n# ; two\na:\n  ttl: 3600\n  type: A\n  value: 192.0.2.1\n# three\n"),
        (
            f"{A} ; one\n; above\n{B} ; two\n",
            "a:\n  ttl: 3600\n  type: A\n  values:\n    - 192.0.2.1  # one\n    # above\n    - 192.0.2.2  # two\n",
        ),
        (f"{A} ; one\n{A} ; two\n", "a:\n  ttl: 3600\n  type: A\n  value: 192.0.2.1  # one; two\n"),
        (
            "a MX 5 b.;one\n; text\n  TXT on\n",
            "a:\n  - ttl: 3600\n    type: MX\n    value:\n      exchange: b.  # one\n      preference: 5\n"
            "  # text\n  - ttl: 3600\n    type: TXT\n    value: 'on'\n",
        ),
        ("a A ( ; open\n; inside\n192.0.2.1 )\n", "# inside\na:\n  ttl: 3600\n  type: A\n  value: 192.0.2.1  # open\n"),
        ("; alone\n", "{}\n# alone\n"),
        ("; head\n@ SOA a. b. 1 2 3 4 5\n", "# head\n---\n{}\n"),
    ],
)
def test_a_comment_stays_at_its_record(text: str, yaml: str) -> None:
    """Above it, beside its data, at the head or the end."""
    made = written(text)
    assert made.text.replace("---\n", "", 1) == yaml.replace("---\n", "", 1)
    assert made.left_out == 0


def test_comments_beside_soa_and_directives_go_with_them() -> None:
    """They are counted, because nothing of what they speak about is in the YAML."""
    made = written("$TTL 60 ; a minute\n@ SOA a. b. ( 1 ; serial\n 2 3 4 5 )\na A 192.0.2.1 ; kept\n")
    assert (made.comments, made.left_out) == (1, 2)


def test_spellings_that_another_yaml_reads_as_something_else_are_quoted() -> None:
    """Names and texts stay what they are for YAML 1.1 and 1.2."""
    made = written('on TXT "010"\n010 TXT 1:30\n1.5 TXT ~\n"a b" TXT "x: y"\n_x TXT "# z" "k" "é"\nt TXT 2026-01-01\n')
    loaded = safe_load(io.StringIO(made.text), enforce_order=True)
    assert {name: data["value"] for name, data in loaded.items()} == {
        "on": "010", "010": "1:30", "1.5": "~", "a\\032b": "x: y", "_x": '"# zk\\195\\169"', "t": "2026-01-01",
    }  # fmt: skip


def test_the_settings_of_the_account_decide_how_a_text_is_written() -> None:
    """Bare semicolons where they aren't escaped, and templates that mean themselves where they are replaced."""
    assert "value: a; b" in written('a TXT "a; b"\n', defaults={"escaped_semicolons": "false"}).text
    assert "{{ ''{{'' }}" in written('a TXT "{{ x"\n', templates="true").text


@given(st.lists(GOOD.map(lambda text: f"; over {text[:5]!a}\n{text} ; beside"), max_size=8))
def test_nothing_is_lost(parts: list[str]) -> None:
    """The YAML declares the same, holds every comment that speaks of a record, and is laid out as `fmt` does it."""
    text = HEAD + "\n".join(parts) + "\n"
    made = written(text)
    assert format_text(made.text, PATH, zone=True) == made.text
    assert made.text.count("over ") + made.text.count("; beside") >= len(parts)
    assert safe_load(io.StringIO(made.text), enforce_order=True) is not None
