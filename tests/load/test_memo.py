"""What one process has read of ordinary files isn't read from the same bytes again, and is the same."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from load.test_zone_cache import shown
from load.written import ACCOUNT, MemoryTree
from reconciler.gitrepo.objects import blob_id
from reconciler.load.desired import load_desired
from reconciler.load.memo import Memo
from reconciler.model.errors import DiagnosticsError

CONTACT = "contacts: {%s: {name: Erika Mustermann, email: erika@example.org}}\n"
SUPPORT = "requests: {mail: {support_request: {subject: Slow, text: It is slow., attachments: [logs.txt]}}}\n"
#: What a file may say: well, badly, in a way that other files have a part in, and beside its sections.
TEXTS = (
    "",
    CONTACT % "owner",
    CONTACT % "admin",
    CONTACT % "owner" + "removed: {contact/gone: {reason: they left}}\n",
    CONTACT % "tech" + "expect: {balance: {at_least: 0 EUR}}\n",
    "vars: {home: 203.0.113.1}\n",
    "whitelist: {office: {address: '{{ vars.home }}'}}\n",
    "whitelist: {office: {address: 203.0.113.300}}\n",
    "whitelist: {office: {address: 203.0.113.3}}\nwhitelist2: {}\n",
    "version: 1\n",
    "- not a mapping\n",
    "contacts: {owner: {name: 'open\n",
    SUPPORT,
)
PATHS = ("a.yaml", "b.yaml", "team/c.yaml")


def outcome(files: Mapping[str, str], memo: Memo) -> object:
    """Return what files desire, or all that is wrong with them."""
    tree = MemoryTree({"account.yaml": ACCOUNT, **files}, {} if "logs.txt" not in files else {"logs.txt": "file"})
    try:
        desired = load_desired(tree, memo=memo)
    except DiagnosticsError as error:
        return error.diagnostics
    return (*shown(desired), desired.secrets, desired.removals, desired.expectations, desired.attachments)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(PATHS), st.sampled_from(TEXTS))
        | st.dictionaries(st.sampled_from(("a.yaml", "logs.txt")), st.sampled_from((SUPPORT, "a line", "another"))),
        min_size=2,
        max_size=6,
    )
)
def test_many_trees_of_one_process_say_what_each_says_alone(trees: list[dict[str, str]]) -> None:
    """Whatever was read before, of these files or of others at their paths: nothing of it shows."""
    memo = Memo()
    for files in trees:
        assert outcome(files, memo) == outcome(files, Memo())


def test_a_file_in_which_nothing_is_found_is_judged_once() -> None:
    """Trees in which it is the same share what it declares."""
    memo, files = Memo(), {"account.yaml": ACCOUNT, "a.yaml": CONTACT % "owner"}
    first, second = (load_desired(MemoryTree(files), memo=memo) for _ in range(2))
    assert first.state["contact/owner"] is second.state["contact/owner"]


def test_what_other_files_have_a_part_in_is_not_remembered() -> None:
    """A template goes by the variables of all files, a request by the files that go with it."""
    memo = Memo()
    office = TEXTS[6]
    load_desired(MemoryTree({"account.yaml": ACCOUNT, "a.yaml": TEXTS[5], "b.yaml": office}), memo=memo)
    load_desired(MemoryTree({"account.yaml": ACCOUNT, "c.yaml": SUPPORT, "logs.txt": "a line"}), memo=memo)
    assert memo.find_ordinary("a.yaml", blob_id(TEXTS[5].encode())) is not None
    assert memo.find_ordinary("b.yaml", blob_id(office.encode())) is None
    assert memo.find_ordinary("c.yaml", blob_id(SUPPORT.encode())) is None
