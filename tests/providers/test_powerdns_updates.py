"""Writing to a PowerDNS that takes updates: nothing foreign is lost, and what these can't say goes another way."""

from typing import Any

from nameservers import Powerdns
from providers.powerdns_account import between, change, create, record, updated
from reconciler.kinds.record import record_value
from reconciler.model.change import Change, Origin
from reconciler.model.fields import Fields
from reconciler.model.outcome import Status
from reconciler.ports import Write
from reconciler.providers.powerdns import capabilities

DONE, CONFLICT, SKIPPED = Status.DONE, Status.CONFLICT, Status.SKIPPED


def alias(address: str, target: str) -> Write:
    """Return the creation of an ALIAS."""
    return change(address, None, record_value("ALIAS", 300, [f'"{target}"']))


def remarks(server: Powerdns, zone: str) -> dict[str, list[str]]:
    """Return the remarks in a zone by name."""
    rrsets = server.api("GET", f"/zones/{zone}.")["rrsets"]
    return {r["name"].removesuffix(f".{zone}."): [c["content"] for c in r["comments"]] for r in rrsets if r["comments"]}


def put(server: Powerdns, zone: str, name: str, **more: Any) -> None:
    """Change a record set by hand."""
    rrset = {"name": f"{name}.{zone}.", "type": "A", "ttl": 300, "changetype": "REPLACE", **more}
    server.api("PATCH", f"/zones/{zone}.", {"rrsets": [rrset]})


def test_records_are_written_by_update_and_reasons_become_remarks(powerdns: Powerdns, zone: str) -> None:
    """The interface gets the remarks alone, which leave the records as they are; those of others stay."""
    powerdns.add_zone(zone, "old 300 A 192.0.2.1")
    put(powerdns, zone, "www", records=[{"content": "192.0.2.3"}], comments=[{"content": "mine", "account": "erika"}])
    old, www, new = f"record/{zone}/old/A", f"record/{zone}/www/A", f"record/{zone}/new/MX"
    with between(powerdns) as middle:
        answers = updated(powerdns, url=middle.url).write(
            change(old, record(old, "192.0.2.1"), None),
            change(www, record(www, "192.0.2.3"), record(www, "192.0.2.9", ttl=60), reason="the shop"),
            create(new, "10 mail.example.org."),
        )
    assert [answer.status for answer in answers] == [DONE, DONE, DONE]
    assert [method for method, _ in middle.asked if method != "GET"] == ["PATCH"]
    assert powerdns.dump(zone) == {
        ("@", "NS"): (3600, ("ns.test.",)),
        ("www", "A"): (60, ("192.0.2.9",)),
        ("new", "MX"): (300, ("10 mail.example.org.",)),
    }
    assert {name: sorted(said) for name, said in remarks(powerdns, zone).items()} == {"www": ["mine", "the shop"]}


def test_a_change_between_comparing_and_writing_is_left_alone(powerdns: Powerdns, zone: str) -> None:
    """The server itself refuses: this is what the interface can't do."""
    powerdns.add_zone(zone, "www 300 A 192.0.2.1")
    www = f"record/{zone}/www/A"
    with between(powerdns) as middle:
        left = [1]

        def interfere(method: str, path: str) -> None:
            if f"/zones/{zone}." in path and left:
                left.pop()
                middle.spoil = lambda _, __, reply: (powerdns.set(zone, "www", "A", 300, "192.0.2.66"), reply)[1]

        middle.before = interfere
        (answer,) = updated(powerdns, url=middle.url).write(
            change(www, record(www, "192.0.2.1"), record(www, "192.0.2.9"))
        )
    assert answer.status is CONFLICT
    assert powerdns.dump(zone)["www", "A"] == (300, ("192.0.2.66",))


def test_alias_goes_over_the_interface(powerdns: Powerdns, zone: str) -> None:
    """It has no data that an update could carry; what else changes at its name goes with it, in one transaction."""
    powerdns.add_zone(zone, "www 300 A 192.0.2.1")
    old, new = f"record/{zone}/www/A", f"record/{zone}/www/ALIAS"
    here = updated(powerdns)
    batch = (change(old, record(old, "192.0.2.1"), None), alias(new, "target.example.net."))
    assert [answer.status for answer in here.write(*batch)] == [DONE, DONE]
    assert here.sets(zone).keys() == {f"record/{zone}/@/NS", new}
    planned = [Change(w.address, w.action, Origin.ASKED, w.before, w.after) for w in batch]
    parts = capabilities(here.access.settings).parts
    assert [parts(planned, {}), parts(planned[:1], {}), parts(planned[1:], {})] == [1, 1, 1]
    back = (change(new, batch[1].after, None), create(f"record/{zone}/www/CNAME", "a.test."))
    assert [answer.status for answer in here.write(*back)] == [DONE, DONE]
    assert here.sets(zone).keys() == {f"record/{zone}/@/NS", f"record/{zone}/www/CNAME"}


def test_what_an_update_would_take_along_goes_over_the_interface(powerdns: Powerdns, zone: str) -> None:
    """A set in which records are switched off keeps them."""
    powerdns.add_zone(zone)
    put(powerdns, zone, "www", records=[{"content": "192.0.2.1"}, {"content": "192.0.2.66", "disabled": True}])
    www = f"record/{zone}/www/A"
    (answer,) = updated(powerdns).write(change(www, record(www, "192.0.2.1"), record(www, "192.0.2.2")))
    rrsets = powerdns.api("GET", f"/zones/{zone}.")["rrsets"]
    held = {r["content"]: r["disabled"] for rrset in rrsets if rrset["type"] == "A" for r in rrset["records"]}
    assert answer.status is DONE and held == {"192.0.2.2": False, "192.0.2.66": True}


def test_what_was_not_made_stops_what_comes_after_it(powerdns: Powerdns, zone: str) -> None:
    """Not what stands beside it in the same transaction only."""
    powerdns.add_zone(zone)
    put(powerdns, zone, "www", records=[{"content": "192.0.2.1"}])
    first, second = updated(powerdns).write(
        create(f"record/{zone}/new/A", "192.0.2.1"),
        change(f"record/{zone}/x/ALIAS", *(record_value("ALIAS", 300, [f'"{name}.test."']) for name in "ab")),
    )
    assert (second.status, first.status) == (CONFLICT, SKIPPED)
    assert ("new", "A") not in powerdns.dump(zone)


def test_a_new_zone_takes_updates_and_transfers(powerdns: Powerdns, zone: str) -> None:
    """The settings' key is let in when it is created, and its first NS records give way to declared ones."""
    apex = f"record/{zone}/@/NS"
    here = updated(powerdns)
    batch = (create(f"zone/{zone}"), create(apex, "ns9.example.net."), create(f"record/{zone}/www/A", "192.0.2.1"))
    assert [(answer.status, answer.detail) for answer in here.write(*batch)] == [(DONE, "")] * 3
    assert powerdns.dump(zone) == {("@", "NS"): (300, ("ns9.example.net.",)), ("www", "A"): (300, ("192.0.2.1",))}
    assert here.write(change(f"zone/{zone}", Fields(), None))[0].status is DONE
