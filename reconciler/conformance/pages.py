"""Collections around the edges of a page: 0, 1, n-1, n, n+1, 2n and 10n+1 entries, read in pages of n."""

from collections.abc import Iterator
from functools import partial

from reconciler.conformance.samples import MARK
from reconciler.conformance.service import Service, demand, demand_that, etag_of, model_of, pages
from reconciler.conformance.settings import Step
from reconciler.model.address import Address
from reconciler.wire.entries import Page
from reconciler.wire.paths import BATCHES, settings_path
from reconciler.wire.writes import BatchAnswer

SIZE = 3
EDGES = (0, 1, SIZE - 1, SIZE, SIZE + 1, 2 * SIZE, 10 * SIZE + 1)
_PATH = settings_path("alias")


def page_steps(service: Service, domain: str) -> Iterator[Step]:
    """Yield a step for each number of entries, made from the one before; the last takes all of them away."""
    made: list[Address] = []
    for number in EDGES:
        yield f"{number} in pages of {SIZE} are all there, once", partial(_holds, service, domain, made, number)
    yield "a cursor from before a write is refused, and one that never was", lambda: _cursors(service, domain, made)
    yield "a limit that is none isn't left out in silence", lambda: _limits(service)
    yield "all of them go in one batch", lambda: _clear(service, made)


def _holds(service: Service, domain: str, made: list[Address], number: int) -> None:
    new = [f"alias/{MARK}-{at:02d}@{domain}" for at in range(len(made), number)]
    after = {"targets": ["a@example.net"]}
    _write(service, [{"action": "create", "address": one, "if_none_match": "*", "after": after} for one in new])
    made += new
    tags, found, totals = set[str](), list[str](), set[int]()
    sizes: list[int] = []
    for answer, page in pages(service, _PATH, Page, SIZE):
        tags.add(etag_of(answer, _PATH))
        totals.add(page.total)
        found += [entry.address for entry in page.items]
        sizes.append(len(page.items))
    ours = [address for address in found if address in made]
    demand_that(len(tags) == 1, "the pages of one collection speak of several revisions")
    demand_that(totals == {len(found)}, f"the total is {sorted(totals)}, and {len(found)} came")
    demand_that(len(set(found)) == len(found), "an entry came twice")
    demand_that(ours == sorted(made), "an entry is missing, or they come in another order than their addresses")
    demand_that(all(size == SIZE for size in sizes[:-1]) and sizes[-1] <= SIZE, f"the pages have {sizes} entries")
    demand_that(sizes[-1] > 0 or len(sizes) == 1, "an empty page ends the collection")


def _cursors(service: Service, domain: str, made: list[Address]) -> None:
    first = model_of(demand(service.get(f"{_PATH}?limit=1"), 200, what=_PATH), Page, _PATH)
    demand_that(first.next is not None, "a page of one has no next")
    _holds(service, domain, made, len(made) + 1)
    demand(service.get(f"{_PATH}?limit=1&cursor={first.next}"), 410, what="a cursor from before a write")
    demand(service.get(f"{_PATH}?cursor=nonsense"), 400, 410, 422, what="a cursor that never was")


def _limits(service: Service) -> None:
    for query in ("limit=0", "limit=-1", "limit=many"):
        demand(service.get(f"{_PATH}?{query}"), 400, 422, what=query)


def _clear(service: Service, made: list[Address]) -> None:
    _write(service, [{"action": "delete", "address": address, "if_match": "*"} for address in made])
    made.clear()


def _write(service: Service, writes: list[dict[str, object]]) -> None:
    if writes:
        body = {"writes": [{**write, "key": service.key()} for write in writes]}
        answer = demand(service.send("POST", BATCHES, body), 200, what="a batch")
        answers = model_of(answer, BatchAnswer, "a batch").answers
        demand_that([one.status for one in answers] == ["done"] * len(writes), "a batch isn't answered write by write")
