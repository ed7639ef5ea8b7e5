"""octoDNS at work beside us: its own reading of a commit, put into a BIND of its own by octodns-bind."""

from pathlib import Path

from nameservers import Bind
from replay.oracle import FOLDER, git, octodns_zone


class Peer:
    """The second BIND, and octoDNS's provider that writes it."""

    def __init__(self, server: Bind, corpus: Path) -> None:
        from octodns_bind import Rfc2136Provider

        self.server = server
        self._corpus = corpus
        self._there: set[str] = set()
        at = server.server
        self._provider = Rfc2136Provider(
            "peer",
            at.host,
            port=at.port,
            key_name=at.key_name,
            key_secret=at.secret,
            key_algorithm=at.algorithm,
            strict_supports=False,
        )

    def follow(self, commit: str, zone: str) -> str:
        """Make a zone what octoDNS makes of it at a commit; return what octoDNS said, if that failed."""
        listed = git(self._corpus, "ls-tree", commit, f"{FOLDER}/{zone}.yaml").split()
        if not listed:
            self.server.remove_zone(zone)
            self._there.remove(zone)
            return ""
        if zone not in self._there:
            self.server.add_zone(zone)
            self._there.add(zone)
        plan = self._provider.plan(octodns_zone(zone, git(self._corpus, "cat-file", "blob", listed[2])))
        try:
            if plan is not None:
                self._provider.apply(plan)
        except Exception as error:  # whatever octoDNS raises here ends one zone's changes
            return f"{type(error).__name__}: {error}"
        return ""
