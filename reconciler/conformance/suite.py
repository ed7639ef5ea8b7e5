"""The chapters in their order; each step holds, or says what came in place of what was to come."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from reconciler.conformance.account import account_of, demand_own, domain_of
from reconciler.conformance.batches import batch_steps
from reconciler.conformance.facts import fact_steps
from reconciler.conformance.pages import page_steps
from reconciler.conformance.requests import request_steps
from reconciler.conformance.samples import sample
from reconciler.conformance.service import BrokenError, Service, UntriedError, demand
from reconciler.conformance.settings import Life, Step
from reconciler.conformance.strangers import stranger_steps
from reconciler.facts import FACTS
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.web.errors import WebError
from reconciler.wire.account import AccountInfo
from reconciler.wire.paths import setting_path

#: Kinds of settings of which no story is told, each with why.
NOT_TRIED = {
    "whitelist_entry": "an entry would decide who may ask at all",
    "zone": "a zone is only made where there is none, for the record sets in it",
}

#: Those of which none is told beside other things either: what they hold in secret can't be given back.
NOT_BESIDE = {
    "billing": "an IBAN that is there can't be read, so it couldn't be given back",
    "password": "a password that is there couldn't be given back",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One step of one chapter: ``broken`` says what doesn't hold, or why it wasn't tried; ``tried`` whether it was."""

    chapter: str
    step: str
    broken: str = ""
    tried: bool = True

    @property
    def holds(self) -> bool:
        """Whether it was tried and holds."""
        return self.tried and not self.broken


def run(service: Service, *, beside: bool, heard: Callable[[Held], None] = lambda _: None) -> tuple[Held, ...]:
    """Return every step with what came of it, telling ``heard`` of each as it goes.

    Raises ``RefusedError`` for an account that holds anything else, unless the story may be told ``beside`` it, and
    ``BrokenError`` where the account itself can't be told.
    """
    info = account_of(service)
    if not beside:
        demand_own(service, info)
    domain, found = domain_of(info), list[Held]()
    spared = {**NOT_TRIED, **(NOT_BESIDE if beside else {})}
    found += [Held(kind, spared[kind], tried=False) for kind in sorted(spared.keys() & set(info.kinds))]
    info = info.model_copy(update={"kinds": [kind for kind in info.kinds if kind not in spared]})
    for chapter, steps, clear in _chapters(service, info, domain):
        for held in _told(chapter, steps, clear):
            found.append(held)
            heard(held)
    return tuple(found)


def _chapters(
    service: Service, info: AccountInfo, domain: str
) -> Iterator[tuple[str, Iterable[Step], Callable[[], object]]]:
    yield "everybody", stranger_steps(service), _nothing
    for kind in info.kinds:
        if (made := sample(kind, info, domain)) is not None:
            life = Life(service, made)
            before = [("its zone is there", partial(_make_zone, service, domain))] if kind == "record" else []
            yield kind, [*before, *life.steps()], life.clear
    if "alias" in info.kinds:
        yield "pages", page_steps(service, domain), _nothing
        yield "batches", batch_steps(service, domain), _nothing
    if "support_request" in info.kinds:
        yield "requests", request_steps(service, info), _nothing
    for kind_of_fact in sorted(FACTS.keys() & set(info.facts)):
        yield f"facts: {kind_of_fact}", fact_steps(service, kind_of_fact), _nothing


def _nothing() -> None:
    pass


def _make_zone(service: Service, domain: str) -> None:
    """Make the zone in which record sets stand, where it isn't there."""
    path = setting_path(f"zone/{domain}")
    if service.get(path).status == 404:
        body: Json = {"value": {}, "secrets": {}}
        demand(service.send("PUT", path, body, {"If-None-Match": "*"}), 201, what="a zone")


def _told(chapter: str, steps: Iterable[Step], clear: Callable[[], object]) -> Iterator[Held]:
    """Yield the steps of one chapter; after one that doesn't hold the others aren't tried."""
    broken = ""
    for step, carry_out in steps:
        if broken:
            yield Held(chapter, step, "an earlier step doesn't hold", tried=False)
            continue
        try:
            broken = _broken(carry_out)
        except UntriedError as error:
            yield Held(chapter, f"{step}: {error}", tried=False)
            continue
        yield Held(chapter, step, broken)
    if broken:
        _broken(clear)


def _broken(carry_out: Callable[[], object]) -> str:
    try:
        carry_out()
    except BrokenError as error:
        return str(error)
    except (WebError, ReconcilerError) as error:
        return f"No proper answer came: {error}"
    return ""
