"""Files that go with a request, as they were found in the account folder."""

from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of the account folder: its path there, and the digest and size of what was in it."""

    path: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """What the account calls it: moving it to another folder changes nothing."""
        return self.path.rpartition("/")[2]
