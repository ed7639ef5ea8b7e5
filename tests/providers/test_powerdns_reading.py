"""Reading PowerDNS over its interface: all zones, everything that is served, nothing that isn't."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from nameservers import Powerdns
from providers.powerdns_account import account, between, record
from reconciler.kinds.record import RecordValue
from reconciler.model.errors import AccountError, AuthenticationError
from reconciler.providers import powerdns as provider

RECORDS = """\
@ 3600 MX 10 mail.example.org.
www 300 A 192.0.2.1
www 300 A 192.0.2.2
*.wild 60 TXT "a;b" "\\195\\188 \\"q\\""
deep.er.name 0 AAAA 2001:db8::1
big 2147483647 TXT "x"
a/b CNAME Upper.Example.ORG.
_443._tcp TLSA 3 1 0 aabb
"""


def by_sql(server: Powerdns, sql: str, *values: str) -> None:
    """Change the database as some tools do, past PowerDNS."""
    with closing(sqlite3.connect(server.folder / "pdns.sqlite3")) as database, database:
        database.execute(sql, values)


class TestWhatIsThere:
    """Live is what the server serves."""

    def test_every_record_set_is_read_in_canonical_form(self, powerdns_api: Powerdns, zone: str) -> None:
        """With the names and data that the same records have in files."""
        powerdns_api.add_zone(zone, RECORDS)
        at = f"record/{zone}/"
        assert account(powerdns_api).sets(zone) == {
            f"{at}@/NS": record(f"{at}@/NS", "ns.test.", ttl=3600),
            f"{at}@/MX": record(f"{at}@/MX", "10 mail.example.org.", ttl=3600),
            f"{at}www/A": record(f"{at}www/A", "192.0.2.2", "192.0.2.1"),
            f"{at}*.wild/TXT": record(f"{at}*.wild/TXT", '"a;b\\195\\188 \\"q\\""', ttl=60),
            f"{at}deep.er.name/AAAA": record(f"{at}deep.er.name/AAAA", "2001:db8::1", ttl=0),
            f"{at}big/TXT": record(f"{at}big/TXT", "x", ttl=2**31 - 1),
            f"{at}a%2Fb/CNAME": record(f"{at}a%2Fb/CNAME", "upper.example.org.", ttl=3600),
            f"{at}_443._tcp/TLSA": record(f"{at}_443._tcp/TLSA", "3 1 0 aabb", ttl=3600),
        }

    def test_zones_that_nobody_declared_are_listed_and_complete(self, powerdns_api: Powerdns, zone: str) -> None:
        """So that a plan can report them as unmanaged; each is proven complete for itself."""
        slashed = f"0/25.{zone}"
        powerdns_api.add_zone(zone)
        powerdns_api.add_zone(slashed, "1 PTR a.example.org.")
        live = account(powerdns_api).read()
        assert {f"zone/{zone}", f"zone/0%2F25.{zone}", f"record/0%2F25.{zone}/1/PTR"} <= live.state.keys()
        assert {"zone", f"record/{zone}", f"record/0%2F25.{zone}"} <= live.complete
        assert (live.account, live.exists) == ("K-104711", True)

    def test_a_zone_that_is_not_there_is_proven_absent(self, powerdns_api: Powerdns, zone: str) -> None:
        """It is asked for by name."""
        live = account(powerdns_api).read(zone)
        assert "zone" in live.complete and f"zone/{zone}" not in live.state

    def test_what_the_server_makes_is_never_live(self, powerdns_api: Powerdns, zone: str) -> None:
        """Keys and signatures come and go with signing; the SOA record is the server's as well."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        powerdns_api.api("PUT", f"/zones/{zone}.", {"dnssec": True})
        powerdns_api.set(zone, "www", "RRSIG", 300, "A 8 3 300 20300101000000 20200101000000 1 example.org. aaaa")
        powerdns_api.set(zone, "@", "CDS", 300, "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118")
        assert {a.rpartition("/")[2] for a in account(powerdns_api).sets(zone)} == {"A", "NS"}

    def test_alias_is_served_and_lua_is_not(self, powerdns_api: Powerdns, zone: str) -> None:
        """ALIAS has a meaning in files; a program in a record has none, so it is neither read nor written."""
        powerdns_api.add_zone(zone)
        for name, rtype, content in (("a", "ALIAS", "Target.example.net."), ("l", "LUA", "A \"'192.0.2.1'\"")):
            rrset = {"name": f"{name}.{zone}.", "type": rtype, "ttl": 300, "changetype": "REPLACE"}
            powerdns_api.api("PATCH", f"/zones/{zone}.", {"rrsets": [{**rrset, "records": [{"content": content}]}]})
        sets = account(powerdns_api).sets(zone)
        assert sets[f"record/{zone}/a/ALIAS"] == RecordValue("ALIAS", 300, ('"Target.example.net."',))
        assert f"record/{zone}/l/LUA" not in sets
        can = provider.capabilities(account(powerdns_api).access.settings)
        assert can.other_types == {"ALIAS"} and not can.record_options and {"DNSKEY", "CDS"} <= can.server_types

    def test_records_that_are_switched_off_are_no_answers(self, powerdns_api: Powerdns, zone: str) -> None:
        """A set of which some are off has the others; a remark alone is no record set."""
        powerdns_api.add_zone(zone)
        off, on = {"content": "192.0.2.1", "disabled": True}, {"content": "192.0.2.2", "disabled": False}
        for name, records in (("off", [off]), ("half", [off, on])):
            rrset = {"name": f"{name}.{zone}.", "type": "A", "ttl": 300, "changetype": "REPLACE", "records": records}
            powerdns_api.api("PATCH", f"/zones/{zone}.", {"rrsets": [rrset]})
        remark: dict[str, Any] = {"name": f"only.{zone}.", "type": "A", "changetype": "REPLACE"}
        remark["comments"] = [{"content": "soon", "account": "erika"}]
        powerdns_api.api("PATCH", f"/zones/{zone}.", {"rrsets": [remark]})
        sets = account(powerdns_api).sets(zone)
        assert sets.keys() == {f"record/{zone}/@/NS", f"record/{zone}/half/A"}
        assert sets[f"record/{zone}/half/A"] == record(f"record/{zone}/half/A", "192.0.2.2")


class TestWhatIsNot:
    """What can't be read, or isn't this server's to write, is told and never guessed."""

    def test_a_zone_of_another_server_is_refused_where_it_is_declared(self, powerdns_api: Powerdns, zone: str) -> None:
        """A secondary has its records from elsewhere; undeclared it is nobody's business."""
        powerdns_api.api("POST", "/zones", {"name": f"{zone}.", "kind": "Slave", "masters": ["192.0.2.53"]})
        assert f"zone/{zone}" not in account(powerdns_api).read().state
        with pytest.raises(AccountError, match=f"{zone} is of the kind Slave here: its records come from another"):
            account(powerdns_api).read(zone)

    def test_a_zone_over_which_the_server_stumbles_hinders_only_its_own(
        self, powerdns_api: Powerdns, zone: str
    ) -> None:
        """SQL can write what PowerDNS itself can't read; who needs the zone is told how to find the record."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        by_sql(powerdns_api, "UPDATE records SET content = 'no address' WHERE name = ?", f"www.{zone}")
        live = account(powerdns_api).read()
        assert f"zone/{zone}" in live.state and f"record/{zone}" not in live.complete
        with pytest.raises(AccountError, match=f"The zone {zone} can't be read.*500") as caught:
            account(powerdns_api).read(zone)
        assert f"pdnsutil check-zone {zone}" in caught.value.help
        powerdns_api.remove_zone(zone)

    def test_data_that_we_cannot_read_hinders_only_its_zone(self, powerdns_api: Powerdns, zone: str) -> None:
        """The record set is named, and what it holds can't act on a terminal."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        with between(powerdns_api) as middle:
            odd = b"192.0.2.1 \\u001b[31m"
            middle.spoil = lambda _, path, reply: replace(reply, body=reply.body.replace(b"192.0.2.1", odd))
            here = account(powerdns_api, url=middle.url)
            assert f"record/{zone}" not in here.read().complete
            with pytest.raises(AccountError) as caught:
                here.read(zone)
        assert caught.value.lines[1].strip().startswith(f"www.{zone}. A: ") and "\x1b" not in str(caught.value)

    def test_a_refused_key_is_an_authentication_error(self, powerdns_api: Powerdns) -> None:
        """Exit code 7; no word of the key."""
        wrong = account(powerdns_api)
        wrong.key = "wr0ng-k4n4ry"
        for attempt in (wrong.read, wrong.write):
            with pytest.raises(AuthenticationError, match=r"refused the key \(401: Unauthorized\)") as caught:
                attempt()
            assert "k4n4ry" not in f"{caught.value}{caught.value.help}"

    @pytest.mark.parametrize("key", ["", "two\nlines", "schlüssel", " spaced "])
    def test_what_cannot_be_a_key_is_never_sent(self, powerdns_api: Powerdns, key: str) -> None:
        """It would break the request, and perhaps show itself in what breaks."""
        odd = account(powerdns_api)
        odd.key = key
        with pytest.raises(AuthenticationError, match="can't be a key"):
            odd.read()

    def test_another_server_id_is_told(self, powerdns_api: Powerdns) -> None:
        """Rather than taken for a server without zones."""
        with pytest.raises(AccountError, match="no PowerDNS at this address"):
            account(powerdns_api, server_id="other").read()


class TestReadingAgain:
    """What was read before in the same run."""

    def test_equal_answers_are_not_parsed_again_and_others_are(self, powerdns_api: Powerdns, zone: str) -> None:
        """An equal serial proves nothing here: SQL changes the zone without raising it, and that is seen."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        here = account(powerdns_api)
        first, second = (here.read(zone).state[f"record/{zone}/www/A"] for _ in range(2))
        assert first is second
        serial = powerdns_api.serial(zone)
        by_sql(powerdns_api, "UPDATE records SET content = '192.0.2.9' WHERE name = ?", f"www.{zone}")
        assert powerdns_api.serial(zone) == serial
        assert here.sets(zone)[f"record/{zone}/www/A"] == record(f"record/{zone}/www/A", "192.0.2.9")

    def test_a_label_that_is_an_at_sign_is_not_the_apex(self, powerdns_api: Powerdns, zone: str) -> None:
        """Some tools write such a name into the database for who types ``@``."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        by_sql(powerdns_api, "UPDATE records SET name = ? WHERE name = ?", f"@.{zone}", f"www.{zone}")
        assert account(powerdns_api).sets(zone).keys() == {f"record/{zone}/@/NS", rf"record/{zone}/\@/A"}

    def test_what_changes_meanwhile_is_read_again(self, powerdns_api: Powerdns, zone: str) -> None:
        """The list is read before and after; a zone made or changed in between is as it is at the end."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        with between(powerdns_api) as middle:
            changed: list[str] = []

            def once(method: str, path: str) -> None:
                if path.startswith(f"/zones/{zone}.") and not changed:
                    changed.append(path)
                    powerdns_api.set(zone, "www", "A", 300, "192.0.2.2")
                    powerdns_api.add_zone(f"new.{zone}")

            middle.spoil = lambda method, path, reply: (once(method, path), reply)[1]
            here = account(powerdns_api, url=middle.url)
            live = here.read(zone)
        assert live.state[f"record/{zone}/www/A"] == record(f"record/{zone}/www/A", "192.0.2.2")
        assert f"zone/new.{zone}" in live.state
