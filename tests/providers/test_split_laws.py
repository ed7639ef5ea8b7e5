"""The law of several providers: how an account is divided changes nothing but the seals."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.test_laws import FIXED, State, declarations, everything_allowed, hands, history
from planner.world import TODAY, World, actions, desired
from providers.outsides import Outside
from reconciler.apply.executor import execute, needed_secrets
from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.fields import Fields, Value
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options, Plan
from reconciler.model.secret import Secret
from reconciler.model.state import Desired
from reconciler.planner.plan import build_plan
from reconciler.ports import Scope
from reconciler.providers._provider import Part
from reconciler.providers.split import SplitReader, SplitWriter

SECTIONS = sorted({kind.section for kind in KINDS.values()})

divisions = st.lists(st.integers(0, len(SECTIONS) - 1), min_size=len(SECTIONS), max_size=len(SECTIONS)).map(
    lambda numbers: [[s for s, n in zip(SECTIONS, numbers, strict=True) if n == of] for of in range(len(SECTIONS))]
)


class Divided:
    """The account of a world, divided over several providers, each of which also holds what it isn't asked for."""

    def __init__(self, division: list[list[str]], world: World) -> None:
        """Give each part its kinds as they are in the world's account, and fixed resources of all kinds."""
        self.record = World(applied=world.applied)
        self.outsides = [Outside(f"memory:{number}") for number in range(len(division))]
        self.parts: list[Part] = []
        for number, (outside, sections) in enumerate(zip(self.outsides, division, strict=True)):
            kinds = [kind.name for kind in KINDS.values() if kind.section in sections]
            self.parts.append(outside.part(f"`{number}`", *kinds))
            outside.account = world.account.of_kinds(frozenset(kinds))
            for address, value in FIXED.items():
                if kind_of(address) not in kinds:
                    outside.hold(address, value)

    @property
    def held(self) -> State:
        """What the parts hold of what they are asked for."""
        return {
            address: value
            for outside, part in zip(self.outsides, self.parts, strict=True)
            for address, value in outside.account.state.items()
            if kind_of(address) in part.kinds
        }

    def plan(self, wanted: Desired, options: Options) -> Plan:
        """Return the plan over all parts."""
        reader = SplitReader(self.parts, wanted.config.account)
        live = reader.read(Scope(wanted.domains))
        return build_plan(wanted, live, self.record.applied, reader.capabilities, options, TODAY)

    def carry_out(self, plan: Plan, wanted: Desired) -> tuple[Outcome, ...]:
        """Apply a plan to all parts."""
        secrets = {place: Secret("secret") for place in needed_secrets(plan, wanted.secrets)}
        writer = SplitWriter(self.parts, plan.written_kinds)
        outcomes = execute(plan, writer, wanted, secrets, "nonce", lambda _: None)
        self.record.learn(plan, outcomes, wanted)
        return outcomes


def by_key(state: State) -> dict[tuple[str, Value], Value]:
    """Return entries by what they are recognised by: each account counts its own ids."""
    keys = {address: KINDS[kind_of(address)].natural_key for address in state}
    return {
        (kind_of(a), value.value(key) if (key := keys[a]) and isinstance(value, Fields) else a): value
        for a, value in state.items()
    }


def unsealed(plan: Plan) -> Plan:
    """Return a plan without what says where the account is."""
    batches = tuple(tuple(replace(change, seal="") for change in batch) for batch in plan.batches)
    seals = replace(plan.seals, context="", changes=())
    return replace(plan, batches=batches, seals=seals, origin="", origins={})


@settings(max_examples=60)
@given(declarations, hands(), declarations, declarations, divisions, st.booleans())
def test_a_divided_account_is_planned_and_applied_like_a_whole_one(
    first: State,
    done: list[tuple[int, Value | None]],
    new: State,
    second: State,
    division: list[list[str]],
    everything: bool,
) -> None:
    """The same plan, the same outcomes, and together the parts hold what the whole holds."""
    whole = history(first, done, new)
    wanted, options = everything_allowed(whole, second) if everything else (desired(second, guards="off"), Options())
    divided = Divided(division, whole)
    one, several = whole.plan(wanted, options), divided.plan(wanted, options)
    assert unsealed(several) == unsealed(one)

    expected = whole.carry_out(one, wanted)
    outcomes = divided.carry_out(several, wanted)
    assert [(o.change.address, o.status) for o in outcomes] == [(o.change.address, o.status) for o in expected]
    assert by_key(divided.held) == by_key(whole.account.state)
    again, expected_again = divided.plan(wanted, options), whole.plan(wanted, options)
    assert actions(again.changes) == actions(expected_again.changes)
    assert actions(again.drift) == actions(expected_again.drift)
