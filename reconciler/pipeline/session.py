"""What the corridors are handed and hand back: one run, a plan with its sources, and what an apply did."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.memo import Memo
from reconciler.load.secrets import resolve_credentials
from reconciler.model.account import AccountConfig
from reconciler.model.groups import look_into
from reconciler.model.late import dataclass
from reconciler.model.outcome import Outcome, Proof
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt
from reconciler.model.state import Desired, Live
from reconciler.ports import Clock
from reconciler.providers.opening import Outside
from reconciler.record.record import Record, RecordState
from reconciler.record.times import Times


@dataclass(frozen=True, slots=True)
class Session:
    """One run: the account folder, the environment it may read, the clock, the trusted ref if one was given.

    ``memo`` is what it remembers of files that it read, ``cache`` what earlier runs left, ``times`` say how long others
    are given before what they began is taken over.
    """

    folder: Path
    environ: Mapping[str, str]
    clock: Clock
    trusted_ref: str = ""
    memo: Memo = field(default_factory=Memo, compare=False)
    cache: Cache = field(default=NO_CACHE, compare=False, repr=False)
    times: Times = field(default_factory=Times)
    _opened: dict[str, Outside] = field(default_factory=dict, compare=False, repr=False)
    _around: list[GitRepo] = field(default_factory=list, compare=False, repr=False)

    @property
    def in_ci(self) -> bool:
        """Whether nobody sits here."""
        return self.environ.get("CI", "").lower() in ("1", "true")

    def outside(self, config: AccountConfig) -> Outside:
        """Return the providers of an account, the same ones at each call, so that what was read is known."""
        key = repr((config.account, config.providers, config.policy))
        if key not in self._opened:
            credentials = partial(resolve_credentials, folder=self.folder, environ=self.environ, account=config.account)
            self._opened[key] = Outside(config, self.folder, credentials, self.cache)
        return self._opened[key]

    @property
    def around(self) -> GitRepo | None:
        """The repository around the account folder, which is looked for once; None outside of any."""
        if not self._around and (found := GitRepo.find(self.folder)):
            self._around.append(found)
        return self._around[0] if self._around else None

    def record(self, config: AccountConfig) -> Record:
        """Return the record of an account, which need not exist yet; nothing is asked of a remote yet."""
        from reconciler.record.place import open_record

        return open_record(self.folder, config, self.cache, self.around)

    @property
    def requests_that_write(self) -> int | None:
        """How many requests went out over HTTP in this run that may have written; None where none went out at all."""
        sent = [verb for outside in self._opened.values() for verb in outside.sent]
        if not sent:
            return None
        from reconciler.web.verbs import count_writing

        return count_writing(sent)

    def begin_anew(self) -> None:
        """Forget what this run has read, and believe nothing any more that earlier ones left."""
        self.cache.disbelieve()
        self.memo.clear()
        self._opened.update({key: outside.anew() for key, outside in self._opened.items()})

    def as_of(self, moment: datetime) -> "Session":
        """Return a run for which it is still that ``moment``, however often it looks."""
        return replace(self, clock=_Stopped(moment, self.clock))


@dataclass(frozen=True, slots=True)
class _Stopped:
    """A clock that stands still, and still gives fresh nonces."""

    moment: datetime
    going: Clock

    def now(self) -> datetime:
        """Return the moment at which it stands."""
        return self.moment

    def nonce(self) -> str:
        """Return what no other clock has given."""
        return self.going.nonce()


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with everything it was made from."""

    plan: Plan
    desired: Desired
    live: Live
    record: Record
    state: RecordState

    def in_hand(self) -> "Planned":
        """Return it, with all in hand that belongs to its changes, so that no apply finds the cache without it."""
        desired, applied = self.desired, self.state.applied
        needed = (desired.state, desired.places, self.live.state, applied.state, applied.provenance)
        look_into((*self.plan.touched, *(change.covers for change in self.plan.changes)), *needed)
        return self

    @property
    def superseded(self) -> bool:
        """Whether what is checked out is older than what was applied last, so that an apply does nothing."""
        return self.record.is_superseded(self.state.applied.config_commit)


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did, and what reading back found of it."""

    outcomes: tuple[Outcome, ...] = ()
    proof: Proof = field(default_factory=Proof)
    receipt: Receipt | None = None
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Resumed:
    """What became of an apply that was interrupted: its receipt, and what reading back found of what was sent again."""

    receipt: Receipt
    proof: Proof = field(default_factory=Proof)
