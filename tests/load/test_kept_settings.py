"""account.yaml as an earlier run read it: it says the same, is judged anew, and holds nothing that mustn't be kept."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.written import ACCOUNT, TODAY, MemoryTree, account
from reconciler.cache.cache import Cache
from reconciler.load import kept_settings
from reconciler.load.desired import load_desired
from reconciler.load.kept_settings import find_settings
from reconciler.load.nodes import plain
from reconciler.load.problems import Problems
from reconciler.load.yaml_text import YamlReader
from reconciler.model.errors import DiagnosticsError

IGNORE = "policy:\n  # for the shop\n  ignore:\n    - {match: 'record/*', reason: \"it's theirs\", until: 2026-12-31}\n"
DNS = "dns:\n    directory: zones\n    templates: no\n"
OCTODNS = """\
version: 1
account: K-104711
providers:
  default: {type: embedded, path: account.db}
  dns: {type: octodns, class: octodns_bind.Rfc2136Provider, options: {host: 192.0.2.53}}
"""


def loaded(folder: Path | None, text: str, more: dict[str, str] | None = None) -> object:
    """Return all that an account.yaml says, read by a run of its own, or what is wrong with it."""
    cache = Cache(folder)
    try:
        found = load_desired(MemoryTree({"account.yaml": text, **(more or {})}), cache=cache)
    except DiagnosticsError as error:
        return error.diagnostics
    finally:
        cache.write(TODAY.toordinal())
    return found.config, found.ignored_at, found.silenced_at, found.findings, found.declared, found.files


def is_kept(folder: Path, text: str) -> bool:
    """Tell whether a later run needs no parser for an account.yaml."""
    return find_settings(Cache(folder), text.encode()) is not None


@pytest.mark.parametrize("text", [ACCOUNT, account(IGNORE), account("exclude:\n- 'old/*'\n- >-\n  a\n  b\n")])
def test_what_was_read_once_says_the_same(text: str, tmp_path: Path) -> None:
    """The settings, the places of rules, and each word with its place and its quotes."""
    first = loaded(tmp_path, text)
    assert is_kept(tmp_path, text)
    assert loaded(tmp_path, text) == first == loaded(None, text)
    kept, read = find_settings(Cache(tmp_path), text.encode()), YamlReader("a", text.encode(), Problems()).root()
    assert kept is not None
    assert read is not None
    assert kept_settings._told(kept) == kept_settings._told(read)
    assert plain(kept) == plain(read)


def test_any_other_byte_is_read(tmp_path: Path) -> None:
    """A file goes by all its bytes, comments too: places may have moved."""
    loaded(tmp_path, ACCOUNT)
    assert not is_kept(tmp_path, ACCOUNT + "# more\n")
    assert not is_kept(tmp_path, ACCOUNT.replace("104711", "104712"))


def test_another_form_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program kept that read otherwise isn't believed."""
    loaded(tmp_path, ACCOUNT)
    monkeypatch.setattr(kept_settings, "_FORMAT", kept_settings._FORMAT + 1)
    assert not is_kept(tmp_path, ACCOUNT)


@pytest.mark.parametrize(
    "text",
    [
        account("polcy: {}\n"),
        account("policy: {unmanaged: {nothing: ignore}}\n"),
        ACCOUNT.replace("K-104711", "K 1"),
        account("contacts: {erika: {name: Erika, email: erika@example.org, phone: +49 511 123456}}\n"),
        account("vars: {x: y}\n"),
        account("exclude: [&a old, *a]\n"),
        account("# " + 16_384 * "x" + "\n"),
        OCTODNS,
    ],
    ids=["unknown", "wrong policy", "wrong", "personal", "variables", "aliases", "large", "options of others"],
)
def test_what_may_hold_more_than_settings_is_not_kept(text: str, tmp_path: Path) -> None:
    """Errors, resources, variables, what aliases make larger, and options whose meaning isn't ours."""
    first = loaded(tmp_path, text)
    assert not is_kept(tmp_path, text)
    assert loaded(tmp_path, text) == first


def test_no_secret_is_kept(tmp_path: Path) -> None:
    """Where a secret stands in place of its place, that is an error, and nothing of the file is kept."""
    tsig = "  dns: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, key: {secret: hunter22hunter22}}}\n"
    loaded(tmp_path, ACCOUNT + tsig)
    loaded(tmp_path, ACCOUNT + tsig.replace("{secret: hunter22hunter22}", "hunter22hunter22"))
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"hunter22" not in kept


def test_errors_elsewhere_show_lines_of_a_kept_file(tmp_path: Path) -> None:
    """A later run that meets an error which points into account.yaml shows the line as it is there."""
    twice = {"more.yaml": "providers: {}\n", "inner/account.yaml": ACCOUNT}
    loaded(tmp_path, ACCOUNT)
    assert is_kept(tmp_path, ACCOUNT)
    assert loaded(tmp_path, ACCOUNT, twice) == loaded(None, ACCOUNT, twice)


_LINES = st.lists(
    st.sampled_from(
        [
            IGNORE,
            DNS,
            DNS.replace("no", "true"),
            "exclude: [old/*]\n",
            'exclude:\n- "a\\tb"\n',
            "exclude: '*.bak'\n",
            "record: {ref: refs/heads/record}\n",
            "# nothing\n\n",
            "policy: {drift: revert}\n",
            "policy: {drift: maybe, silence: [{code: x, match: '*', reason: r}]}\n",
            "dns: {defaults: {default_ttl: 60}}\n",
            "zones: {}\n",
            "account: K-2\n",
            "ver: &a 1\n",
        ]
    ),
    max_size=4,
)


@given(_LINES, _LINES)
def test_no_history_of_files_makes_a_difference(first: list[str], second: list[str]) -> None:
    """Whatever was read before, a file says what it says to a run without a cache: the same settings or errors."""
    with TemporaryDirectory() as name:
        for lines in (first, second, first, second):
            text = ACCOUNT + "".join(lines)
            assert loaded(Path(name), text) == loaded(None, text)
