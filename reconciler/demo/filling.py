"""Makes the Musterfirma's account, through the rules that hold for everybody's."""

from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.demo.firm import DAY, Firm
from reconciler.demo.settings import Setting, stages
from reconciler.demo.told import told
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.change import Action
from reconciler.model.errors import AccountError
from reconciler.model.outcome import Status
from reconciler.ports import Write
from reconciler.store.account import Store

_AT_ONCE = 5_000
_NOW = datetime.combine(DAY, time(8), UTC)
#: The contacts' addresses of ours, and those that the account gave them.
Names = dict[Address, Address]


def make_account(path: Path, firm: Firm) -> None:
    """Make the firm's account in a new file: all of it, or nothing.

    Raises ``AccountError`` where there is a file already.
    """
    if path.exists():
        raise AccountError(f"There is a file {path} already.", "Name a file that doesn't exist yet, or delete it.")
    if not path.parent.is_dir():
        raise AccountError(f"The folder of {path} doesn't exist.", "Create the folder first.")
    with TemporaryDirectory(prefix=".demo-", dir=path.parent) as folder:
        made = Path(folder) / path.name
        store = Store(made, now=lambda: _NOW)
        try:
            _fill(store, firm)
        finally:
            store.close()
        made.rename(path)


def _fill(store: Store, firm: Firm) -> None:
    facts, files = told(firm)
    store.prepare(firm.number, frozenset())
    store.put_facts(facts.kinds, (fact for kind in facts.kinds.values() for fact in kind.values()), files)
    names: Names = {}
    for stage in stages(firm):
        writes = (_write(setting, names) for setting in stage)
        while batch := tuple(islice(writes, _AT_ONCE)):
            answers = store.write(batch, "by hand")
            if wrong := {answer.detail: None for answer in answers if answer.status is not Status.DONE}:
                raise AccountError(f"The demonstration account breaks a rule. {' '.join(wrong)}", "Please report it.")
            names |= {
                write.address: live_id_address(kind_of(write.address), answer.live_id)
                for write, answer in zip(batch, answers, strict=True)
                if answer.live_id
            }


def _write(setting: Setting, names: Names) -> Write:
    kind = KINDS[kind_of(setting.address)]
    after = kind.renamed(kind.parse(setting.address, setting.data), names)
    action = Action.UPDATE if setting.always else Action.CREATE
    return Write(action, setting.address, None, after, f"demo {setting.address}", secrets=setting.secrets)
