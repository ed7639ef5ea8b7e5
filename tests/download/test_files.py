"""Files of facts: what is kept, what isn't, and under which name."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.download.fetching import Fetched, chosen, fetch, places
from reconciler.download.place import file_name, put
from reconciler.download.proof import MOST, Proof
from reconciler.facts.document import Document
from reconciler.model.address import join
from reconciler.model.errors import AccountError, ReconcilerError, UsageError
from reconciler.model.facts import Facts
from told import INVOICES, PDF


class Files:
    """Gives one file in pieces, whatever is asked for; counts how often."""

    def __init__(self, *pieces: bytes, fails: bool = False) -> None:
        self.pieces, self.fails, self.asked = pieces, fails, 0

    def read_facts(self, kinds: frozenset[str]) -> Facts:
        """Tell nothing."""
        return Facts.of(kinds, ())

    def read_file(self, address: str) -> Iterator[bytes]:
        """Yield the pieces, and break off where that is wanted."""
        self.asked += 1
        yield from self.pieces
        if self.fails:
            raise AccountError(f"The file of {address} breaks off.")


def document(sha: str = "", size: int = 0, name: str = "terms") -> Document:
    """Return a document that tells this of its file."""
    return Document.model_validate(
        {
            "id": name,
            "title": "Terms",
            "sort": "terms",
            "version": "1",
            "date": "2026-01-01",
            "sha256": sha,
            "size": size,
        }
    )


def fetched(files: Files, fact: Document, folder: Path) -> Fetched:
    """Return what became of one file."""
    (one,) = fetch(files, [fact], places(folder, [fact.address]))
    return one


def whole() -> Document:
    """Return a document that tells all of its file."""
    return document(sha256(PDF).hexdigest(), len(PDF))


def test_a_file_that_is_what_was_told_is_kept(tmp_path: Path) -> None:
    """It lies under its name, whole, for its owner alone; nothing else lies there."""
    one = fetched(Files(PDF[:3], b"", PDF[3:]), whole(), tmp_path)
    assert (one.error, one.proven, one.sha256, one.size) == (None, True, sha256(PDF).hexdigest(), len(PDF))
    assert [path.name for path in tmp_path.iterdir()] == ["document-terms.pdf"]
    assert one.path.read_bytes() == PDF
    assert one.path.stat().st_mode & 0o077 == 0


def test_without_a_checksum_it_is_kept_and_said(tmp_path: Path) -> None:
    """What the account doesn't tell can't be compared; that isn't called proven."""
    one = fetched(Files(PDF), document(), tmp_path)
    assert (one.error, one.proven) == (None, False)
    assert one.path.exists()


@pytest.mark.parametrize(
    ("pieces", "fact", "why"),
    [
        ((b"<html>Log in</html>",), document(), "is no PDF"),
        ((b"",), document(), "is no PDF"),
        ((), document(), "is no PDF"),
        ((b"%PD",), document(), "is no PDF"),
        ((b"\n" + PDF,), document(), "is no PDF"),
        ((PDF[:-20],), document(), "its end is missing"),
        ((PDF + b" " * 2000,), document(), "its end is missing"),
        ((PDF,), document(size=len(PDF) + 1), "octets, and the account tells"),
        ((PDF,), document(sha="0" * 64), "the SHA-256 differs"),
    ],
)
def test_what_is_something_else_is_never_kept(
    tmp_path: Path, pieces: tuple[bytes, ...], fact: Document, why: str
) -> None:
    """A page that asks to log in, half a file, another file: nothing of it stays."""
    one = fetched(Files(*pieces), fact, tmp_path)
    assert why in str(one.error)
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_end_is_cut_off(tmp_path: Path) -> None:
    """An account that sends for ever is no reason to fill a disk."""
    proof = Proof("document/terms", "", 0)
    piece = b"%PDF-" + b"x" * (2**20 - 5)
    with pytest.raises(AccountError, match="larger than 64 MiB"):
        for number, _ in enumerate(proof.passing(iter(lambda: piece, None))):
            assert number <= MOST // len(piece)


def test_what_breaks_off_leaves_nothing_and_others_go_on(tmp_path: Path) -> None:
    """Each file stands for itself."""
    facts = [document(name="a"), document(name="b")]
    done = list(fetch(Files(PDF, fails=True), facts, places(tmp_path, ["document/*"])))
    assert ["breaks off" in str(one.error) for one in done] == [True, True]
    assert list(tmp_path.iterdir()) == []


def test_the_same_file_is_not_fetched_twice(tmp_path: Path) -> None:
    """What is there and has the checksum is left alone, and the account isn't asked."""
    files = Files(PDF)
    fetched(files, whole(), tmp_path)
    again = fetched(files, whole(), tmp_path)
    assert (again.was_there, again.error, files.asked) == (True, None, 1)


@pytest.mark.parametrize("there", ["file", "link", "dangling", "folder"])
def test_nothing_is_ever_overwritten(tmp_path: Path, there: str) -> None:
    """Another file, a link even to the same bytes, or a folder under the name: the new file isn't kept."""
    path, elsewhere = tmp_path / "document-terms.pdf", tmp_path / "elsewhere"
    if there == "file":
        path.write_bytes(b"mine")
    elif there == "folder":
        path.mkdir()
    else:
        path.symlink_to(elsewhere)
    if there == "link":
        elsewhere.write_bytes(b"mine")
    one = fetched(Files(PDF), whole(), tmp_path)
    assert isinstance(one.error, UsageError)
    assert not path.is_file() or path.read_bytes() == b"mine"
    assert not any(place.name.startswith(".download-") for place in tmp_path.iterdir())


def test_whoever_comes_first_keeps_the_name(tmp_path: Path) -> None:
    """A file that somebody makes while ours is fetched stays."""
    path = tmp_path / "x.pdf"

    def pieces() -> Iterator[bytes]:
        yield PDF
        path.write_bytes(b"theirs")

    with pytest.raises(UsageError, match="exists already"):
        put(path, pieces())
    assert path.read_bytes() == b"theirs"
    assert [place.name for place in tmp_path.iterdir()] == ["x.pdf"]


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """The operating system's reason is said in a sentence."""
    with pytest.raises(ReconcilerError, match="can't be written: No such file or directory"):
        put(tmp_path / "gone" / "x.pdf", [PDF])


@given(st.text(min_size=1, max_size=300))
def test_a_name_never_leads_anywhere(name: str) -> None:
    """Whatever a company calls an invoice, its file has one harmless name of bounded length in the folder."""
    made = file_name(join("invoice", name))
    assert made.startswith("invoice-")
    assert made.isascii()
    assert not set(made) & set("/\\\0\n :")
    assert len(made) <= 124
    assert Path("folder", made).resolve().parent == Path("folder").resolve()


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_two_facts_never_share_a_name(one: str, other: str) -> None:
    """Different addresses have different files."""
    assert (file_name(join("invoice", one)) == file_name(join("invoice", other))) == (one == other)


def test_a_glob_means_each_once() -> None:
    """Addresses and globs may overlap; one that means nothing is an error that says where to look."""
    facts = Facts.of({"invoice"}, INVOICES)
    found = chosen(facts, ["invoice/2026-*", "invoice/2026-0001"])
    assert [fact.address for fact in found] == ["invoice/2026-0001", "invoice/2026-0002"]
    with pytest.raises(AccountError, match="The account has no invoice/1999-") as caught:
        chosen(facts, ["invoice/2026-*", "invoice/1999-*"])
    assert caught.value.help == "`reconciler show invoices` lists what there is."


def test_a_name_with_a_slash_or_a_star(tmp_path: Path) -> None:
    """A name is found as it is shown and as it is called; a star that a company uses is still one fact's name."""
    odd = document(name="a/b"), document(name="c*")
    facts = Facts.of({"document"}, odd)
    for pattern in ("document/a/b", "document/a%2Fb"):
        assert chosen(facts, [pattern]) == (odd[0],)
    assert chosen(facts, ["document/c*"]) == (odd[1],)


def test_where_files_go(tmp_path: Path) -> None:
    """Into a folder, or for one address into a named file; several never go into one file."""
    fact = document()
    assert places(tmp_path, ["document/terms"])(fact) == tmp_path / "document-terms.pdf"
    assert places(tmp_path / "t.pdf", ["document/terms"])(fact) == tmp_path / "t.pdf"
    assert places(None, ["document/*"])(fact) == Path("document-terms.pdf")
    for patterns in (["document/*"], ["document/a", "document/b"]):
        with pytest.raises(UsageError, match="is not a folder"):
            places(tmp_path / "t.pdf", patterns)
    with pytest.raises(UsageError, match="is not a folder"):
        places(tmp_path / "gone" / "t.pdf", ["document/terms"])
