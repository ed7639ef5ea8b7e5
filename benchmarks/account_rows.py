"""The experiments without a name server: start-up, and the embedded account of all kinds beside Terraform."""

from collections.abc import Callable

import peers
from dns_rows import Times
from firms import replace_in, trial_of_firm
from measuring import BenchError, Command, measured
from results import Measured
from workloads import PLACE, RECONCILER, environment

#: How many changes are applied, at each size.
CHANGES = 100


def start(times: Times) -> Measured:
    """Ask for the version and for help."""
    found, env = Measured(), environment(PLACE / "no-cache")
    PLACE.mkdir(exist_ok=True)

    def run(name: str, *line: str) -> Callable[..., object]:
        return lambda *_: found.add(name, measured(Command(line, PLACE, env)))

    for asked in ("--version", "--help"):
        ours, peer = run(f"ours {asked}", RECONCILER, asked), run(f"octoDNS {asked}", peers.OCTODNS, asked)
        times.each(ours, peer)
    return found


def everything(size: int, times: Times) -> Measured:
    """Plan an embedded account of all kinds, cold and warm, and apply changes; Terraform plans as many resources."""
    found = Measured(facts={"changes": CHANGES})
    with trial_of_firm(size) as place:
        other = place.folder / "terraform"
        other.mkdir()
        terraform, said = peers.terraform(size, other, place.env), []

        def ours(_: int) -> None:
            place.forget()
            said.append(found.add("cold", place.run("plan")))
            said.append(found.add("warm", place.run("plan")))

        times.each(ours, lambda: terraform and found.add("Terraform", measured(terraform)))
        place.prove(said)
        ttls = "ttl: 3600\n", "ttl: 1800\n"
        for turn in range(times.ours):
            found.add("apply of nothing", place.run("apply", "--auto-approve"))
            replace_in(sorted(place.zones.iterdir()), CHANGES, ttls[turn % 2], ttls[1 - turn % 2])
            place.commit((), f"{CHANGES} record sets have another TTL")
            said = [place.run("plan")]
            if f"{CHANGES} to change" not in said[0].said:
                raise BenchError(f"The plan isn't one of {CHANGES} changes.")
            found.add("apply", place.run("apply", "--auto-approve"))
    return found
