"""The life of one setting: made once, however often that is asked for; changed and deleted only as it was read."""

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TypeAlias

from reconciler.conformance.samples import Sample
from reconciler.conformance.service import Service, demand, demand_that, etag_of, model_of, problem_of
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_of
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.web.answer import Answer
from reconciler.wire.entries import Entry
from reconciler.wire.paths import setting_path, settings_path

#: A step in words, and what does it; it raises ``BrokenError`` where it doesn't hold.
Step: TypeAlias = tuple[str, Callable[[], None]]

_NEW = {"If-None-Match": "*"}


@dataclass(slots=True)
class Life:
    """One thing of a kind, as it was last seen: its address, its mark and the marks that it had."""

    service: Service
    sample: Sample
    address: Address = field(init=False)
    tags: list[str] = field(default_factory=list)
    first: Json = None

    def __post_init__(self) -> None:
        self.address = self.sample.address

    @property
    def path(self) -> str:
        """Where it is."""
        return setting_path(self.address)

    @property
    def by_id(self) -> bool:
        """Whether the account itself names it."""
        return bool(KINDS[kind_of(self.address)].natural_key)

    def steps(self) -> Iterator[Step]:
        """Yield the steps of its life in their order."""
        fixed = KINDS[kind_of(self.address)].fixed
        yield from [("it is there from the beginning", self.is_there)] if fixed else self._making()
        yield "what is known isn't sent again", self.is_not_sent_again
        yield "a write without a condition is refused", self.needs_a_condition
        yield "it changes", self.changes
        yield "the same change again has no second effect", self.changes_once
        yield "a stale write is refused, with the present version", self.refuses_what_is_stale
        # A password that was set can't be taken back.
        back = [("it becomes what it was", self.becomes_what_it_was)] if not self.sample.secrets_of_two else []
        yield from back if fixed else self._ending()

    def _making(self) -> list[Step]:
        return [
            ("it is made, and read as it was made", self.is_made),
            ("made again under the same key it is made once", self.is_made_once),
            ("it isn't made a second time", self.is_not_made_twice),
        ]

    def _ending(self) -> list[Step]:
        return [
            ("a stale deletion is refused", self.refuses_a_stale_deletion),
            ("it is deleted, and gone", self.is_deleted),
        ]

    def is_there(self) -> None:
        """What every account has can be read."""
        answer = demand(self.service.get(self.path), 200, what=self.path)
        self.first = model_of(answer, Entry, self.path).value
        self.tags.append(etag_of(answer, self.path))

    def is_made(self) -> None:
        """It has what it was given, and an ETag that is its version."""
        self._take(self._make("made"), self.sample.one, 201)

    def is_made_once(self) -> None:
        """A lost answer may be asked for again: the key says that it is the same."""
        answer = demand(self._make("made"), 200, 201, what="the same again")
        entry = model_of(answer, Entry, self.path)
        demand_that(entry.address == self.address, f"the same again made {entry.address} beside {self.address}")
        demand_that(etag_of(answer, self.path) == self.tags[-1], "the same again was written a second time")

    def is_not_made_twice(self) -> None:
        """Another key is another intention."""
        demand(self._make("again"), 409, 412, what="the same under another key")
        self._demand_tag("the same under another key")

    def is_not_sent_again(self) -> None:
        """304 for the ETag that one has, the whole for another."""
        known = self.service.get(self.path, {"If-None-Match": self.tags[-1]})
        demand_that(known.status == 304 and not known.data, "what is known was sent again")
        demand(self.service.get(self.path, {"If-None-Match": '"another"'}), 200, what="another ETag")

    def needs_a_condition(self) -> None:
        """428, and nothing changed."""
        body = self._body(self.sample.two, self.sample.secrets_of_two)
        demand(self.service.send("PUT", self.path, body), 428, what="a write without a condition")
        self._demand_tag("a write without a condition")

    def changes(self) -> None:
        """To what it was given, under a new mark."""
        self._take(self._change(self.tags[-1], "changed"), self.sample.two, 200)
        demand_that(self.tags[-1] != self.tags[-2], "it changed, and its ETag didn't")

    def changes_once(self) -> None:
        """The key says that it is the same, although the version is another one by now."""
        answer = demand(self._change(self.tags[-2], "changed"), 200, what="the same change again")
        demand_that(etag_of(answer, self.path) == self.tags[-1], "the same change was written a second time")

    def refuses_what_is_stale(self) -> None:
        """412 with the present version, and nothing changed."""
        answer = demand(self._change(self.tags[-2], "stale"), 412, what="a stale write")
        version = problem_of(answer, "a stale write").version
        demand_that(f'"{version}"' == self.tags[-1], "a stale write isn't told the present version")
        self._demand_tag("a stale write")

    def becomes_what_it_was(self) -> None:
        """What every account has is given back its value."""
        body = self._body(self.first, {})
        demand(self.service.send("PUT", self.path, body, {"If-Match": self.tags[-1]}), 200, what="its first value")

    def refuses_a_stale_deletion(self) -> None:
        """Nobody deletes what he hasn't seen."""
        demand(self.service.send("DELETE", self.path, headers={"If-Match": self.tags[-2]}), 412, what="stale deletion")
        demand(self.service.send("DELETE", self.path), 428, what="a deletion without a condition")

    def is_deleted(self) -> None:
        """And a second time there is nothing."""
        headers, key = {"If-Match": self.tags[-1]}, self._key("deleted")
        demand(self.service.send("DELETE", self.path, headers=headers, key=key), 204, what="a deletion")
        demand(self.service.get(self.path), 404, what="what was deleted")
        demand(self.service.send("DELETE", self.path, headers=headers, key=key), 204, what="the same deletion again")

    def clear(self) -> None:
        """Take away what a broken story left."""
        if not KINDS[kind_of(self.address)].fixed and (live_id_of(self.address) or not self.by_id):
            self.service.send("DELETE", self.path, headers={"If-Match": "*"})

    def _make(self, step: str) -> Answer:
        body, key = self._body(self.sample.one, self.sample.secrets), self._key(step)
        if self.by_id:
            return self.service.send("POST", settings_path(kind_of(self.address)), body, key=key)
        return self.service.send("PUT", self.path, body, _NEW, key)

    def _change(self, tag: str, step: str) -> Answer:
        body = self._body(self.sample.two, self.sample.secrets_of_two)
        return self.service.send("PUT", self.path, body, {"If-Match": tag}, self._key(step))

    def _take(self, answer: Answer, given: Json, status: int) -> None:
        """Look at what came and at what is there now: both are what was given."""
        entry = model_of(demand(answer, status, what=self.path), Entry, self.path)
        self.address = entry.address
        shown = demand(self.service.get(self.path), 200, what=self.path)
        there = model_of(shown, Entry, self.path)
        for name, value in given.items():
            demand_that(_is_in(value, there.value.get(name)), f"{name} was given, and is read as something else")
        demand_that(etag_of(answer, self.path) == etag_of(shown, self.path), "what is written and read differ in ETag")
        self.tags.append(etag_of(shown, self.path))

    def _demand_tag(self, what: str) -> None:
        found = etag_of(demand(self.service.get(self.path), 200, what=self.path), self.path)
        demand_that(found == self.tags[-1], f"{what} changed something")

    def _key(self, step: str) -> str:
        return f"conformance-{self.service.nonce}-{self.sample.address}-{step}"

    def _body(self, value: Json, secrets: Json) -> Json:
        return {"value": dict(value), "secrets": dict(secrets)}


def _is_in(given: Json, found: Json) -> bool:
    """Tell whether what was given is there; of a mapping more may be told than was given."""
    if isinstance(given, dict) and isinstance(found, dict):
        return all(name in found and _is_in(value, found[name]) for name, value in given.items())
    return bool(given == found)
