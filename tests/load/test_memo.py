"""What one process has read of ordinary files isn't read from the same bytes again, and is the same."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from load.test_zone_cache import shown
from load.written import ACCOUNT, MemoryTree
from reconciler.gitrepo.objects import blob_id
from reconciler.load.desired import load_desired
from reconciler.load.memo import Memo
from reconciler.load.tree import Entry
from reconciler.model.errors import DiagnosticsError

CONTACT = "contacts: {%s: {name: Erika Mustermann, email: erika@example.org}}\n"
SUPPORT = "requests: {mail: {support_request: {subject: Slow, text: It is slow., attachments: [logs.txt]}}}\n"
HOME = "vars: {home: 203.0.113.1}\n"
OFFICE = "whitelist: {office: {address: '{{ vars.home }}'}}\n"
#: What a file may say: well, badly, in a way that other files have a part in, and beside its sections.
TEXTS = (
    "",
    CONTACT % "owner",
    CONTACT % "admin",
    CONTACT % "owner" + "removed: {contact/gone: {reason: they left}}\n",
    "zones: {example.org: {records: none, use: [no-mail]}}\n" + CONTACT % "sales",
    "contacts: {chief: {name: Erika Mustermann, email: erika@example.org, previously: contact/owner}}\n",
    CONTACT % "tech" + "expect: {balance: {at_least: 0 EUR}}\n",
    HOME,
    OFFICE,
    "whitelist: {office: {address: 203.0.113.300}}\n",
    "whitelist: {office: {address: 203.0.113.3}}\nwhitelist2: {}\n",
    "version: 1\n",
    "- not a mapping\n",
    "contacts: {owner: {name: 'open\n",
    SUPPORT,
)
PATHS = ("a.yaml", "b.yaml", "team/c.yaml")


#: What account.yaml says beside: nothing, or so that nobody knows which files are whose.
MORE = ("", "dns: {directory: 5}\nexclude: 3\n")


def outcome(more: str, files: Mapping[str, str], memo: Memo) -> object:
    """Return what files desire, or all that is wrong with them."""
    others: dict[str, Entry] = {"logs.txt": "file"} if "logs.txt" in files else {}
    tree = MemoryTree({"account.yaml": ACCOUNT + more, **files}, others)
    try:
        desired = load_desired(tree, memo=memo)
    except DiagnosticsError as error:
        return error.diagnostics
    more_shown = (desired.secrets, desired.removals, desired.renamings, desired.expectations, desired.zone_options)
    return (*shown(desired), *more_shown, desired.attachments)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(MORE),
            st.dictionaries(st.sampled_from(PATHS), st.sampled_from(TEXTS))
            | st.dictionaries(st.sampled_from(("a.yaml", "logs.txt")), st.sampled_from((SUPPORT, "a line", "another"))),
        ),
        min_size=2,
        max_size=6,
    )
)
def test_many_trees_of_one_process_say_what_each_says_alone(trees: list[tuple[str, dict[str, str]]]) -> None:
    """Whatever was read before, of these files or of others at their paths: nothing of it shows."""
    memo = Memo()
    for more, files in trees:
        assert outcome(more, files, memo) == outcome(more, files, Memo())


def test_a_file_in_which_nothing_is_found_is_judged_once() -> None:
    """Trees in which it is the same share what it declares."""
    memo, files = Memo(), {"account.yaml": ACCOUNT, "a.yaml": CONTACT % "owner"}
    first, second = (load_desired(MemoryTree(files), memo=memo) for _ in range(2))
    assert first.state["contact/owner"] is second.state["contact/owner"]


def test_what_other_files_have_a_part_in_is_not_remembered() -> None:
    """A template goes by the variables of all files, a request by the files that go with it."""
    memo = Memo()
    load_desired(MemoryTree({"account.yaml": ACCOUNT, "a.yaml": HOME, "b.yaml": OFFICE}), memo=memo)
    load_desired(MemoryTree({"account.yaml": ACCOUNT, "c.yaml": SUPPORT, "logs.txt": "a line"}), memo=memo)
    assert memo.find_ordinary("a.yaml", blob_id(HOME.encode())) is not None
    assert memo.find_ordinary("b.yaml", blob_id(OFFICE.encode())) is None
    assert memo.find_ordinary("c.yaml", blob_id(SUPPORT.encode())) is None
