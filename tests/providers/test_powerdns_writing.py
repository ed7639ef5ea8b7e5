"""Writing to PowerDNS over its interface: nothing foreign is overwritten knowingly, and all of a zone or nothing."""

import json
from typing import Any

import pytest

from nameservers import Powerdns
from providers.powerdns_account import Reply, account, between, change, create, record
from reconciler.kinds.record_show import value_text
from reconciler.kinds.record_text import wire_value
from reconciler.model.change import Change, Origin
from reconciler.model.fields import Fields
from reconciler.model.outcome import Status
from reconciler.ports import Write
from reconciler.providers._powerdns_words import spelt
from reconciler.providers._powerdns_writing import count_parts, parts
from reconciler.providers._powerdns_zones import NOTHING_BESIDE
from reconciler.providers.powerdns import capabilities

DONE, FAILED, CONFLICT, SKIPPED = Status.DONE, Status.FAILED, Status.CONFLICT, Status.SKIPPED

#: Data in spellings of which PowerDNS takes only one, beside what every server takes.
ODD = {
    "A": ["192.0.2.1"],
    "AAAA": ["2001:db8::1", "::ffff:192.0.2.1", "::192.0.2.1"],
    "CAA": ['0 issue "letsencrypt.org; validationmethods=dns-01"'],
    "CERT": ["1 12345 8 AQIDBA=="],
    "DHCID": ["AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA="],
    "DS": ["60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"],
    "HTTPS": ['1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1 key65333=abc', "0 svc.example.org."],
    "IPSECKEY": ["10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ=="],
    "LOC": ["1 0 0 S 1 0 0 W 100000.00m", "52 22 23.000 N 4 53 32.000 E -2.00m 1.00m 10000.00m 10.00m"],
    "NAPTR": ['100 10 "S" "SIP+D2U" "!^.*$!sip:info@example.org!" _sip._udp.example.org.'],
    "SVCB": ["1 svc.example.org. mandatory=alpn alpn=h2 no-default-alpn ipv6hint=2001:db8::1"],
    "TXT": ["a;b", '"\\"q\\" \\\\ \\000\\255 ü"', "x" * 600],
    "TYPE65280": ["\\# 2 abcd"],
    "URI": ['10 1 "https://example.org/a;b"'],
}


def _planned(write: Write) -> Change:
    return Change(write.address, write.action, Origin.ASKED, write.before, write.after)


class TestRecordSets:
    """What becomes of a batch."""

    def test_creations_changes_and_deletions_are_one_transaction(self, powerdns_api: Powerdns, zone: str) -> None:
        """All in one request; the server's own words say that it was done."""
        powerdns_api.add_zone(zone, "old 300 A 192.0.2.1\nkept 300 A 192.0.2.2\nwww 300 A 192.0.2.3")
        old, www, new = f"record/{zone}/old/A", f"record/{zone}/www/A", f"record/{zone}/new/MX"
        with between(powerdns_api) as middle:
            answers = account(powerdns_api, url=middle.url).write(
                change(old, record(old, "192.0.2.1"), None),
                change(www, record(www, "192.0.2.3"), record(www, "192.0.2.9", ttl=60)),
                create(new, "10 mail.example.org."),
            )
        assert [answer.status for answer in answers] == [DONE, DONE, DONE]
        assert [method for method, _ in middle.asked if method != "GET"] == ["PATCH"]
        assert powerdns_api.dump(zone) == {
            ("@", "NS"): (3600, ("ns.test.",)),
            ("kept", "A"): (300, ("192.0.2.2",)),
            ("www", "A"): (60, ("192.0.2.9",)),
            ("new", "MX"): (300, ("10 mail.example.org.",)),
        }

    def test_a_name_changes_its_type_in_one_step(self, powerdns_api: Powerdns, zone: str) -> None:
        """In whatever order the batch has them, the old set goes first and both go together."""
        powerdns_api.add_zone(zone, "a 300 A 192.0.2.1")
        a, cname = f"record/{zone}/a/A", f"record/{zone}/a/CNAME"
        answers = account(powerdns_api).write(
            create(cname, "www.example.org."), change(a, record(a, "192.0.2.1"), None)
        )
        assert [answer.status for answer in answers] == [DONE, DONE]
        assert powerdns_api.dump(zone)["a", "CNAME"] == (300, ("www.example.org.",))

    @pytest.mark.parametrize(
        ("live", "before", "after", "said"),
        [
            ("192.0.2.7", "192.0.2.1", "192.0.2.9", "It is no longer as it was read."),
            ("192.0.2.7", "192.0.2.1", None, "It is no longer as it was read."),
            ("192.0.2.7", None, "192.0.2.9", "It exists already."),
            (None, "192.0.2.1", "192.0.2.9", "It is no longer there."),
        ],
    )
    def test_what_somebody_else_changed_is_left_alone(
        self, powerdns_api: Powerdns, zone: str, live: str | None, before: str | None, after: str | None, said: str
    ) -> None:
        """And nothing else of the batch is written."""
        powerdns_api.add_zone(zone, f"www 300 A {live}" if live else "")
        www, other = f"record/{zone}/www/A", f"record/{zone}/other/A"
        values = (value and record(www, value) for value in (before, after))
        there = powerdns_api.dump(zone)
        first, second = account(powerdns_api).write(change(www, *values), create(other, "192.0.2.5"))
        assert (first.status, first.detail) == (CONFLICT, said)
        assert (second.status, second.detail) == (
            CONFLICT,
            f"Nothing of this batch was written, because {www} could not be.",
        )
        assert powerdns_api.dump(zone) == there

    def test_another_ttl_is_a_foreign_change_too(self, powerdns_api: Powerdns, zone: str) -> None:
        """It is part of the value."""
        powerdns_api.add_zone(zone, "www 60 A 192.0.2.1")
        www = f"record/{zone}/www/A"
        (answer,) = account(powerdns_api).write(change(www, record(www, "192.0.2.1"), None))
        assert answer.status is CONFLICT

    def test_the_same_batch_twice_has_one_effect(self, powerdns_api: Powerdns, zone: str) -> None:
        """What is as it shall be isn't sent again."""
        powerdns_api.add_zone(zone, "old 300 A 192.0.2.1")
        old = f"record/{zone}/old/A"
        batch = (create(f"record/{zone}/new/A", "192.0.2.1"), change(old, record(old, "192.0.2.1"), None))
        with between(powerdns_api) as middle:
            here = account(powerdns_api, url=middle.url)
            first, again = here.write(*batch), here.write(*batch)
        assert {answer.status for answer in (*first, *again)} == {DONE}
        assert [method for method, _ in middle.asked].count("PATCH") == 1

    def test_the_record_that_the_server_refuses_is_named(self, powerdns_api: Powerdns, zone: str) -> None:
        """One bad record and nothing is applied; the others say why they weren't."""
        powerdns_api.add_zone(zone, "x 300 A 192.0.2.1")
        good, bad = f"record/{zone}/good/A", f"record/{zone}/x/CNAME"
        there = powerdns_api.dump(zone)
        first, second = account(powerdns_api).write(create(good, "192.0.2.5"), create(bad, "www.example.org."))
        assert (second.status, first.status) == (FAILED, FAILED)
        assert "Conflicts with pre-existing RRset" in second.detail
        assert first.detail == f"Nothing of this batch was written, because {bad} could not be."
        assert powerdns_api.dump(zone) == there

    def test_a_name_that_the_server_escapes_otherwise_is_recognised(self, powerdns_api: Powerdns, zone: str) -> None:
        """It takes fewer names than the DNS, and shows them with fewer backslashes."""
        powerdns_api.add_zone(zone)
        odd = f"record/{zone}/a\\@\\$b/A"
        good, bad = account(powerdns_api).write(create(f"record/{zone}/good/A", "192.0.2.1"), create(odd, "192.0.2.1"))
        assert "contains unsupported characters" in bad.detail and odd in good.detail

    def test_a_refusal_is_neutral(self, powerdns_api: Powerdns, zone: str) -> None:
        """The server's words are somebody else's: they can't act on a terminal, and aren't endless."""
        powerdns_api.add_zone(zone)
        with between(powerdns_api) as middle:
            said = json.dumps({"error": "\x1b[2J\n::error::" + "x" * 5000}).encode()
            middle.spoil = lambda method, _, reply: (
                reply if method == "GET" else type(reply)(422, said, {"Content-Type": "application/json"})
            )
            (answer,) = account(powerdns_api, url=middle.url).write(create(f"record/{zone}/a/A", "192.0.2.1"))
        assert answer.status is FAILED and answer.detail.isprintable() and len(answer.detail) < 600

    def test_a_zone_that_is_not_there_takes_no_records(self, powerdns_api: Powerdns, zone: str) -> None:
        """It was removed meanwhile."""
        (answer,) = account(powerdns_api).write(create(f"record/{zone}/a/A", "192.0.2.1"))
        assert (answer.status, answer.detail) == (FAILED, "The server has no such zone.")

    def test_every_type_is_spelt_as_the_server_wants_it(self, powerdns_api: Powerdns, zone: str) -> None:
        """And comes back as the same data, so that the next plan is empty."""
        powerdns_api.add_zone(zone)
        batch = [
            create(f"record/{zone}/n{i}/{rtype}", value)
            for rtype, values in ODD.items()
            for i, value in enumerate(values)
        ]
        answers = account(powerdns_api).write(*batch)
        assert [(w.address, a.detail) for w, a in zip(batch, answers, strict=True) if a.status is not DONE] == []
        live = account(powerdns_api).sets(zone)
        assert {write.address: live[write.address] for write in batch} == {w.address: w.after for w in batch}

    def test_a_spelling_that_only_the_server_knows_is_taken_from_its_answer(
        self, powerdns_api: Powerdns, zone: str
    ) -> None:
        """But only where it means the same data."""
        powerdns_api.add_zone(zone)
        value = "1 . alpn=h2 no-default-alpn key7=/q{?dns}"
        (answer,) = account(powerdns_api).write(create(f"record/{zone}/a/HTTPS", value))
        assert answer.status is DONE
        wire = wire_value("HTTPS", '1 . alpn="h2"')
        assert (value_text("HTTPS", wire), spelt("HTTPS", wire)) == ('1 . alpn="h2"', "1 . alpn=h2")

    def test_more_than_a_request_holds_is_cut_between_names(self) -> None:
        """What happens at one name stays together, its deletion first; the plan says how many parts there are."""
        a, cname = "record/example.org/n5/A", "record/example.org/n5/CNAME"
        batch = [create(f"record/example.org/n{i}/TXT", "x" * 100) for i in range(9) if i != 5]
        batch += [create(cname, "www.example.org."), change(a, record(a, "192.0.2.1"), None)]
        found = list(parts(batch, lambda _: NOTHING_BESIDE, 500))
        together = [[w.address for w in part if "/n5/" in w.address] for part in found]
        assert len(found) > 3 and [pair for pair in together if pair] == [[a, cname]]
        assert sorted(w.address for part in found for w in part) == sorted(w.address for w in batch)
        large = [create(f"record/example.org/n{i}/TXT", "x" * 60_000) for i in range(40)]
        assert [count_parts([_planned(write) for write in some]) for some in (batch, large)] == [1, 2]


class TestBeside:
    """Remarks and records that are switched off."""

    def _remarks(self, server: Powerdns, zone: str, name: str) -> list[tuple[str, str]]:
        rrsets = server.api("GET", f"/zones/{zone}.")["rrsets"]
        return [(c["account"], c["content"]) for r in rrsets if r["name"] == f"{name}.{zone}." for c in r["comments"]]

    def _put(self, server: Powerdns, zone: str, name: str, **more: Any) -> None:
        rrset = {"name": f"{name}.{zone}.", "type": "A", "ttl": 300, "changetype": "REPLACE", **more}
        server.api("PATCH", f"/zones/{zone}.", {"rrsets": [rrset]})

    def test_the_reason_is_a_remark_of_ours_and_those_of_others_stay(self, powerdns_api: Powerdns, zone: str) -> None:
        """With who made them; a new reason takes the place of the old one, none takes it away."""
        powerdns_api.add_zone(zone)
        theirs = {"content": "ask me first", "account": "erika", "modified_at": 1_000_000}
        self._put(powerdns_api, zone, "www", records=[{"content": "192.0.2.1"}], comments=[theirs])
        www = f"record/{zone}/www/A"
        first, second, third = (record(www, f"192.0.2.{n}") for n in (1, 2, 3))
        account(powerdns_api).write(change(www, first, second, reason="the shop"))
        both = [("erika", "ask me first"), ("reconciler", "the shop")]
        assert sorted(self._remarks(powerdns_api, zone, "www")) == both
        account(powerdns_api).write(change(www, second, third, reason="the blog"))
        assert sorted(self._remarks(powerdns_api, zone, "www")) == [both[0], ("reconciler", "the blog")]
        account(powerdns_api).write(change(www, third, first))
        assert self._remarks(powerdns_api, zone, "www") == [both[0]]
        (kept,) = powerdns_api.api("GET", f"/zones/{zone}.?rrset_name=www.{zone}.")["rrsets"][0]["comments"]
        assert kept["modified_at"] == 1_000_000

    def test_a_server_that_keeps_no_remarks_takes_the_record_all_the_same(
        self, powerdns_api: Powerdns, zone: str
    ) -> None:
        """Some of its back ends have no place for them."""
        powerdns_api.add_zone(zone)
        with between(powerdns_api) as middle:
            said = b'{"error": "Hosting backend does not support editing comments."}'
            refusals = iter([Reply(422, said, {"Content-Type": "application/json"})])
            middle.before = lambda method, path: next(refusals, None) if method == "PATCH" else None
            here = account(powerdns_api, url=middle.url)
            (answer,) = here.write(create(f"record/{zone}/a/A", "192.0.2.1", reason="why"))
        assert answer.status is DONE and self._remarks(powerdns_api, zone, "a") == []

    def test_what_is_switched_off_stays_as_it_is(self, powerdns_api: Powerdns, zone: str) -> None:
        """It isn't live, so it isn't ours: neither a change nor a deletion takes it along."""
        powerdns_api.add_zone(zone)
        off = {"content": "192.0.2.66", "disabled": True}
        self._put(powerdns_api, zone, "www", records=[{"content": "192.0.2.1"}, off])
        www = f"record/{zone}/www/A"
        here = account(powerdns_api)
        (changed,) = here.write(change(www, record(www, "192.0.2.1"), record(www, "192.0.2.2")))
        assert changed.status is DONE and self._off(powerdns_api, zone) == ["192.0.2.66"]
        (gone,) = here.write(change(www, record(www, "192.0.2.2"), None))
        assert gone.status is DONE and self._off(powerdns_api, zone) == ["192.0.2.66"]
        assert www not in here.sets(zone)
        (again,) = here.write(create(www, "192.0.2.66"))
        assert again.status is DONE and self._off(powerdns_api, zone) == []

    def _off(self, server: Powerdns, zone: str) -> list[str]:
        rrsets = server.api("GET", f"/zones/{zone}.")["rrsets"]
        return [r["content"] for rrset in rrsets for r in rrset["records"] if r["disabled"]]


class TestZones:
    """Zones come and go over the interface."""

    def test_a_zone_is_created_with_its_servers_and_filled(self, powerdns_api: Powerdns, zone: str) -> None:
        """NS records that are declared take the place of those that it was created with; its serial rises."""
        apex, www = f"record/{zone}/@/NS", f"record/{zone}/www/A"
        here = account(powerdns_api, nameservers=["ns1.example.net.", "ns2.example.net."])
        writer_batch = [create(f"zone/{zone}"), create(apex, "ns9.example.net."), create(www, "192.0.2.1")]
        assert [answer.status for answer in here.write(*writer_batch)] == [DONE, DONE, DONE]
        assert here.sets(zone) == {apex: record(apex, "ns9.example.net."), www: record(www, "192.0.2.1")}
        assert powerdns_api.api("GET", f"/zones/{zone}.")["soa_edit_api"] == "INCREASE"

    def test_a_zone_that_exists_is_a_conflict(self, powerdns_api: Powerdns, zone: str) -> None:
        """Whoever made it; nothing of what comes after it is written."""
        powerdns_api.add_zone(zone)
        first, second = account(powerdns_api).write(create(f"zone/{zone}"), create(f"record/{zone}/www/A", "192.0.2.1"))
        assert (first.status, first.detail, second.status) == (CONFLICT, "It exists already.", SKIPPED)
        assert second.detail == f"It goes together with zone/{zone}, which was not done."

    def test_a_refused_zone_says_why(self, powerdns_api: Powerdns, zone: str) -> None:
        """In the server's own words."""
        with between(powerdns_api) as middle:
            said = Reply(422, b'{"error": "No more zones"}', {"Content-Type": "application/json"})
            middle.before = lambda method, _: said if method == "POST" else None
            (answer,) = account(powerdns_api, url=middle.url).write(create(f"zone/{zone}"))
        assert (answer.status, answer.detail) == (FAILED, "The server refused it: No more zones")

    def test_a_zone_goes_as_it_was_read_or_not_at_all(self, powerdns_api: Powerdns, zone: str) -> None:
        """What came into it since then nobody has seen in the plan."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        here = account(powerdns_api)
        seen = here.read(zone).versions[f"zone/{zone}"]
        powerdns_api.set(zone, "new", "A", 300, "192.0.2.2")
        going = change(f"zone/{zone}", Fields(), None, version=seen)
        (answer,) = here.write(going)
        assert (answer.status, answer.detail) == (CONFLICT, "It was changed since it was read.")
        seen = here.read(zone).versions[f"zone/{zone}"]
        (answer,) = here.write(change(f"zone/{zone}", Fields(), None, version=seen))
        assert answer.status is DONE and f"zone/{zone}" not in here.read(zone).state
        assert here.write(going)[0].status is DONE, "gone is gone"

    def test_a_zone_that_holds_what_no_plan_can_show_stays(self, powerdns_api: Powerdns, zone: str) -> None:
        """Such as LUA records; they are named."""
        powerdns_api.add_zone(zone)
        lua = {"name": f"l.{zone}.", "type": "LUA", "ttl": 300, "changetype": "REPLACE"}
        lua |= {"records": [{"content": "A \"'192.0.2.1'\""}]}
        powerdns_api.api("PATCH", f"/zones/{zone}.", {"rrsets": [lua]})
        (answer,) = account(powerdns_api).write(change(f"zone/{zone}", Fields(), None))
        assert answer.status is FAILED and f"l.{zone}. LUA" in answer.detail

    def test_without_nameservers_no_zone_is_made(self, powerdns_api: Powerdns) -> None:
        """The plan refuses such changes and says what to do."""
        can = account(powerdns_api, nameservers=[])
        assert not capabilities(can.access.settings).makes_zones
        assert "nameservers" in capabilities(can.access.settings).no_zones_help
