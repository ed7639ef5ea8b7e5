"""The corridor of edits: from the account, or from the record, to the files in the folder."""

from collections.abc import Mapping, Sequence

from reconciler.edit.adopt import Adoption, adopt_live, demand_adopted
from reconciler.edit.files import replace_files, written_files
from reconciler.edit.init import WrittenAccount, write_account
from reconciler.edit.named_zones import demand_named, of_zones
from reconciler.edit.prune import prune_files
from reconciler.load.tree import ChangedTree, WorkTree
from reconciler.load.trusted import under
from reconciler.model.account import AccountConfig
from reconciler.model.late import dataclass
from reconciler.model.plan import Choice, Options, Plan
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.planning import desired_in, plan, planned_from, trusted, validate
from reconciler.pipeline.session import Session
from reconciler.planner.spent import places_of_spent
from reconciler.ports import Scope


@dataclass(frozen=True, slots=True)
class Adopted:
    """What ``init`` wrote, and the first plan over it, which has to be empty."""

    written: WrittenAccount
    plan: Plan


@anew_if_lost
def init(
    session: Session, config: AccountConfig | None, only: Sequence[str], zones: frozenset[str] = frozenset()
) -> Adopted:
    """Write the sections ``only`` of the live account as YAML, of its DNS only ``zones`` if any are named.

    The account is only read. ``config`` is None where an account.yaml exists, which is then kept. Raises ``UsageError``
    where any other file is in the way, or where zones have to be named, and whatever keeps the first plan from being
    made; then nothing stays written.
    """
    settings = config or trusted(session).config
    reader = session.outside(settings).reader()
    demand_named(zones, only, reader.capabilities)
    live = of_zones(reader.read(Scope.of_zones(zones)), zones)
    written = write_account(live, settings, only, account_file=config is not None)
    with written_files(session.folder, written.files):
        return Adopted(written, plan(session, Options()).plan)


@anew_if_lost
def adopt(session: Session, choice: Choice, write: bool) -> Adoption:
    """Return the edits that make the files say what is live; proven by a plan, and made where ``write`` says so."""
    more, tree = Scope.of_zones(choice.zones), WorkTree(session.folder)
    planned = plan(session, Options(), more)
    adoption = adopt_live(planned.plan, planned.desired, planned.live, planned.state.applied, choice, tree.read)
    again = under(desired_in(session, ChangedTree(tree, adoption.new)), planned.desired.config)
    proof = planned_from(session, again, planned.record, planned.state, Options(), more)
    demand_adopted(adoption, planned.plan, proof.plan)
    replace_files(session.folder, adoption.old, adoption.new if write else {})
    return adoption


@anew_if_lost
def prune(session: Session) -> Mapping[str, str]:
    """Return the new text of each file that holds spent entries; the record is only read, and the account not at all.

    Raises ``DiagnosticsError`` for an entry that has to be taken out by hand.
    """
    desired = validate(session)
    applied = session.record(desired.config).read().applied
    return prune_files(WorkTree(session.folder).read, places_of_spent(desired, applied))
