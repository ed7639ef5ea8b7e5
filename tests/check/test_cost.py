"""The rules run at each plan, so they must cost next to nothing."""

from pathlib import Path

from check.measured import TODAY, costs, zone_of
from reconciler.check.dns.zones import Account, Zones

COUNT = 10_000


def test_the_rules_take_little_of_a_plan(tmp_path: Path) -> None:
    """10,000 record sets take less than half a second of CPU on a busy machine; ``measured.py`` runs the large form."""
    spent = costs(zone_of(COUNT, tmp_path / "account"))
    assert sum(spent.values()) < 0.5, spent


def test_what_several_rules_need_of_a_zone_is_made_once(tmp_path: Path) -> None:
    """Whatever it is, as the keys that three rules look at; each zone that is judged has its own."""
    asked: list[Zones] = []

    def names(zones: Zones) -> list[str]:
        asked.append(zones)
        return sorted(zones.zone.names)

    account = Account.of(zone_of(10, tmp_path / "account"), TODAY)
    first, second = (Zones(account, account.made(name)) for name in [*account.groups] * 2)
    assert first.once(names) is first.once(names)
    assert first.once(names) == second.once(names)
    assert [id(zones) for zones in asked] == [id(first), id(second)]
