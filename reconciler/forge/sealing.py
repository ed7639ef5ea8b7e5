"""Seals at a forge: posted as a commit status with the list in a comment, and found again from what was merged.

A status counts only when the same identity posted it that asks now, so that nobody else's word is an approval. The list
needs no such care: it counts only if its digest is the seal.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import replace

from reconciler.forge._forge import Forge, Outlook, Person, Pull
from reconciler.model.approvals import Demand, Grant
from reconciler.model.errors import ForgeError, ReconcilerError
from reconciler.model.late import dataclass, pattern
from reconciler.model.seals import SealList, read_seal_list
from reconciler.model.text import neutral

_SEAL = pattern(r"seal:([0-9a-f]{64})(?![0-9a-f])")
_LIST = pattern(r"<!-- reconciler-seals ([A-Za-z0-9._-]+) ([A-Za-z0-9_=-]+) -->")


@dataclass(frozen=True, slots=True)
class Found:
    """What a forge knows about approvals: one grant for each status that counts, and the lists that belong to them.

    ``looked`` says in a line what was found of each pull request, for people.
    """

    grants: tuple[Grant, ...] = ()
    lists: tuple[SealList, ...] = ()
    looked: tuple[str, ...] = ()


def context_name(account: str) -> str:
    """Return the name of the commit status of an account."""
    return f"reconciler/{account}"


def post_seal(forge: Forge, commit: str, account: str, outlook: Outlook, seal: str, words: str, url: str) -> str:
    """Post the commit status that carries a plan's seal, and return its id."""
    return forge.post_status(commit, context_name(account), outlook, f"seal:{seal} {words}" if seal else words, url)


def post_list(forge: Forge, number: str, seals: SealList) -> str:
    """Write the seal list into the pull request's comment for it, which is made or replaced; return its id."""
    coded = urlsafe_b64encode(_packed(seals)).decode()
    text = (
        f"<!-- reconciler-seals {seals.account} {coded} -->\n"
        f"The seal list of account `{seals.account}`: {len(seals.changes)} changes, seal `{seals.seal}`. "
        "`reconciler apply --from-forge` reads it here.\n"
    )
    return _replace(forge, number, f"<!-- reconciler-seals {seals.account} ", text)


def post_comment(forge: Forge, number: str, account: str, text: str) -> str:
    """Write the one plan comment of an account, which is made or replaced; return its id."""
    marker = f"<!-- reconciler-plan {account} -->"
    return _replace(forge, number, marker, f"{marker}\n{text}")


def find(
    forge: Forge, commits: Iterable[str], account: str, wanted: Iterable[str], demands: tuple[Demand, ...]
) -> Found:
    """Return the approvals of what was merged, the newest commit first, until every change in ``wanted`` is covered."""
    me, left, found, seen = forge.me(), set(wanted), Found(), set[str]()
    groups = tuple(sorted({name for demand in demands for name in demand.of}))
    for commit in commits:
        for pull in forge.merged_from(commit):
            if pull.number in seen:
                continue
            seen.add(pull.number)
            one = _granted(forge, me, pull, account)
            if one.grants and demands:
                grant = replace(one.grants[0], reviews=forge.reviews(pull, groups))
                one = replace(one, grants=(grant,))
            one = replace(one, grants=tuple(replace(grant, commit=commit) for grant in one.grants))
            found = Found(found.grants + one.grants, found.lists + one.lists, found.looked + one.looked)
            left -= {seal for each in one.lists for seal in each.changes}
        if not left:
            break
    return found


def _granted(forge: Forge, me: Person, pull: Pull, account: str) -> Found:
    """Return the grant of a pull request's newest status of ours, if it is a plan's success."""
    where = f"pull request {pull.number} at {neutral(pull.head[:12])}"
    statuses = forge.statuses(pull.head, context_name(account))
    ours = [status for status in statuses if status.by.id == me.id]
    if not ours:
        others = ", ".join(sorted({neutral(status.by.login, 40) for status in statuses}))
        whose = f" (those of {others} don't count)" if others else ""
        return Found(looked=(f"{where}: no status {context_name(account)} by {neutral(me.login, 40)}{whose}",))
    status = ours[0]
    seal = _SEAL.match(status.description)
    if status.outlook != "success" or seal is None:
        return Found(looked=(f"{where}: its status is {neutral(status.outlook, 20)}, or carries no seal",))
    lists = _lists(forge, pull.number, account, seal[1])
    grant = Grant(
        source=forge.name,
        seal=seal[1],
        who=neutral(status.by.login),
        pull_request=pull.number,
        head=neutral(pull.head, 64),
        status=status.id,
    )
    listed = "with its list" if lists else "without its list"
    return Found((grant,), lists, (f"{where}: seal {seal[1][:12]}... by {grant.who}, {listed}",))


def _lists(forge: Forge, number: str, account: str, seal: str) -> tuple[SealList, ...]:
    """Return the list of a seal from the comments, whoever wrote them."""
    for comment in forge.comments(number):
        for found in _LIST.finditer(comment.text):
            one = _unpacked(found[1], found[2])
            if one is not None and one.seal == seal and one.account == account:
                return (one,)
    return ()


def _packed(seals: SealList) -> bytes:
    """Return context and changes as bytes; in a comment every character counts."""
    return b"".join(map(bytes.fromhex, (seals.context, *seals.changes)))


def _unpacked(account: str, coded: str) -> SealList | None:
    try:
        data = urlsafe_b64decode(coded)
    except ValueError:
        return None
    digests = [data[at : at + 32].hex() for at in range(0, len(data), 32)]
    try:
        return read_seal_list(SealList(account, digests[0], tuple(digests[1:])).to_bytes(), "comment")
    except (IndexError, ReconcilerError):
        return None


def _replace(forge: Forge, number: str, marker: str, text: str) -> str:
    """Write a comment of ours that begins with a marker, in place of the one that is there."""
    if len(text) > forge.longest_comment:
        raise ForgeError(
            f"The comment has {len(text)} characters; {forge.name} takes {forge.longest_comment}.",
            "Split the pull request, or keep the seal list as an artifact and give it with `apply --seal-list FILE`.",
        )
    me = forge.me()
    ours = (one for one in forge.comments(number) if one.by.id == me.id and one.text.startswith(marker))
    old = next(ours, None)
    return forge.post_comment(number, text, old.id if old else None)
