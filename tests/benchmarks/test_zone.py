"""The benchmark's zone is a real one, the same on every machine, and the same as YAML and as a master file."""

from collections import Counter

import dns.zone
import pytest
import yaml
import zone

COUNT = 1000


def loaded(text: str) -> dict[str, dict[str, object]]:
    """Return a zone's YAML as what it says, without the apex."""
    content = yaml.safe_load(text)
    del content[""]
    return content


def test_the_zone_is_the_same_each_time() -> None:
    """Figures of two runs speak of the same input."""
    assert zone.zone_text(COUNT) == zone.zone_text(COUNT)
    assert zone.master_text(COUNT) == zone.master_text(COUNT)


def test_every_name_is_one_record_set_of_the_mix() -> None:
    """Types come in the shares of the mix, so that no single fast path decides the figure."""
    content = loaded(zone.zone_text(COUNT))
    shares = Counter(record["type"] for record in content.values())
    assert len(content) == COUNT
    assert set(shares) == set(zone.MIX) - {"DKIM"}
    assert shares["A"] > shares["CNAME"] > shares["TXT"] > shares["CAA"] > 0


def test_names_come_in_the_order_that_octodns_wants() -> None:
    """octoDNS refuses a file that isn't in order."""
    names = list(loaded(zone.zone_text(COUNT)))
    assert names == sorted(names)


@pytest.mark.parametrize("every", [100, 10])
def test_a_revision_changes_one_in_so_many(every: int) -> None:
    """Half of those have another value or TTL, a quarter are gone, a quarter are new."""
    old, new = (loaded(zone.zone_text(COUNT, revision, every=every)) for revision in (0, 1))
    changed = [name for name in old.keys() & new.keys() if old[name] != new[name]]
    gone, made = old.keys() - new.keys(), new.keys() - old.keys()
    many = COUNT // every
    assert len(changed) + len(gone) + len(made) == many
    assert len(changed) >= many // 2
    assert abs(len(gone) - many / 4) <= 1
    assert abs(len(made) - many / 4) <= 1


def test_the_master_file_holds_what_the_yaml_declares() -> None:
    """The server holds what the account declares, so that a plan finds nothing to do."""
    served = dns.zone.from_text(zone.master_text(COUNT), zone.ZONE, relativize=True)
    declared = loaded(zone.zone_text(COUNT))
    sets = {str(name): found for name, node in served.items() for found in node.rdatasets if str(name) != "@"}
    assert sets.keys() == declared.keys()
    for name, found in sets.items():
        values = declared[name].get("values") or [declared[name]["value"]]
        assert (found.rdtype.name, found.ttl, len(found)) == (
            declared[name]["type"],
            declared[name]["ttl"],
            len(values),
        )


def test_two_zones_have_different_records() -> None:
    """Nothing is gained by reading the same values again and again."""
    assert set(zone.record_sets(COUNT, zone="a.example.")).isdisjoint(zone.record_sets(COUNT, zone="b.example."))
