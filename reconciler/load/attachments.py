"""Files that go with requests: found in the account folder, measured and hashed, and read again when they are sent.

Only the name, the digest and the size of a file stand in a request's value, so that no file is read but where it is
named, and one that changes after it was seen is never sent.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from reconciler.load.nodes import Broken, Node, Scalar, Sequence, plain
from reconciler.load.nodes import Mapping as MappingNode
from reconciler.load.problems import Problems, place
from reconciler.load.tree import Entry, Tree
from reconciler.model.attached import AttachedFile
from reconciler.model.errors import RefusedError
from reconciler.model.fields import Json
from reconciler.model.scalars import is_inside

KEY: Final = "attachments"
#: The most that a file, and all files of one request, may have.
_MOST, _MOST_TOGETHER = 10 * 2**20, 20 * 2**20


class Attachments:
    """The files that requests name; ``found`` has the path of each by the SHA-256 of what is in it."""

    def __init__(self, entries: Callable[[], Mapping[str, Entry]], read: Callable[[str], bytes | None]) -> None:
        """Look among ``entries``, and ``read`` one, which reports what can't be read and returns None."""
        self._entries = entries
        self._read = read
        self.found: dict[str, str] = {}

    def data(self, file: str, node: Node, problems: Problems) -> Json:
        """Return what a request's node says, with what was found in place of each path; reports what can't be sent."""
        said = plain(node)
        listed = node.get(KEY) if isinstance(node, MappingNode) else None
        if not isinstance(listed, Sequence):
            return said
        files = [self._file(file, item, problems) if isinstance(item, Scalar) else plain(item) for item in listed.items]
        size = sum(one.size for one in files if isinstance(one, AttachedFile))
        if size > _MOST_TOGETHER:
            detail = f"The attachments have {size} bytes together; {_MOST_TOGETHER} are allowed."
            problems.error("attachment-too-large", detail, place(file, listed), "Send fewer, or smaller ones.")
        return {**said, KEY: files}

    def _file(self, file: str, node: Scalar, problems: Problems) -> AttachedFile:
        """Return a file as it was found; one that can't be sent is reported, and stands for itself all the same."""
        path, at = node.text, place(file, node)
        nothing = AttachedFile(path, "0" * 64, 0)
        if isinstance(node, Broken):
            return nothing
        if not is_inside(path) or (what := self._entries().get(path)) is None:
            remedy = "Write its path from the account folder on; hidden files don't count."
            problems.error("attachment-missing", f"The account folder has no file {path}.", at, remedy)
            return nothing
        if what != "file":
            detail = f"{path} is a {what}, and only files of the account folder itself are sent."
            problems.error("attachment-missing", detail, at, "Put the file itself there.")
            return nothing
        content = self._read(path)
        if content is None:
            return nothing
        if len(content) > _MOST:
            detail = f"{path} has more than {_MOST} bytes, which is the most for an attachment."
            problems.error("attachment-too-large", detail, at, "Send a smaller file.")
            return nothing
        digest = sha256(content).hexdigest()
        self.found[digest] = path
        return AttachedFile(path, digest, len(content))


def attached(tree: Tree, paths: Mapping[str, str]) -> dict[str, bytes]:
    """Return what is in files by its SHA-256; raises ``RefusedError`` for one that isn't what it was."""
    return {digest: _unchanged(tree, path, digest) for digest, path in paths.items()}


def _unchanged(tree: Tree, path: str, digest: str) -> bytes:
    try:
        content = tree.read(path)
    except OSError:
        content = b""
    if sha256(content).hexdigest() != digest:
        raise RefusedError(f"The attachment {path} was changed since the plan was made.", "Make a new plan.")
    return content
