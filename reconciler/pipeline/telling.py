"""The corridor of facts: what the account says of itself, and its files. Reads only.

Of the folder it needs account.yaml alone: an error in another file keeps nobody from reading an invoice.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.download.fetching import Fetched, chosen, fetch, places
from reconciler.facts import FACTS
from reconciler.model.account import AccountConfig
from reconciler.model.address import kind_of
from reconciler.model.errors import AccountError
from reconciler.model.facts import Facts
from reconciler.model.state import Live
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.expecting import told_kinds
from reconciler.pipeline.planning import trusted_config
from reconciler.pipeline.session import Session
from reconciler.ports import FactReader, Scope


def tell(session: Session, kinds: frozenset[str]) -> tuple[Facts, AccountConfig]:
    """Return all facts of some kinds, and the settings that hold; raises ``AccountError`` where nobody tells them."""
    config = trusted_config(session)
    return _reader(session, config, kinds).read_facts(kinds), config


@anew_if_lost
def requests(session: Session) -> Live:
    """Return what is live, among it what became of the requests."""
    config = trusted_config(session)
    applied = session.record(config).look().applied
    return session.outside(config).reader().read(Scope.of_record(applied))


def download(session: Session, patterns: Sequence[str], out: Path | None) -> Iterator[Fetched]:
    """Yield what became of each file that addresses and globs mean.

    Raises ``UsageError`` for what has no file, ``AccountError`` where there is none of it.
    """
    place = places(out, patterns)
    kinds = frozenset(map(kind_of, patterns))
    reader = _reader(session, trusted_config(session), kinds)
    return fetch(reader, chosen(reader.read_facts(kinds), patterns), place)


def _reader(session: Session, config: AccountConfig, kinds: frozenset[str]) -> FactReader:
    reader = session.outside(config).facts()
    missing = sorted(kinds - told_kinds(session, config))
    if reader is None or missing:
        names = ", ".join(FACTS[kind].plural for kind in missing)
        remedy = "Facts come from the provider `default` in account.yaml; look them up in the portal."
        raise AccountError(f"The account doesn't tell its {names}.", remedy)
    return reader
