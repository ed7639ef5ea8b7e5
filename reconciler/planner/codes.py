"""What the codes of the planner's findings, refusals and errors mean."""

from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.code import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.span import Span

CODES: Mapping[str, Code] = {
    # Errors
    "field-without-default": Code(
        "A field that was declared has no default to go back to.",
        "A field that was applied and is no longer declared goes back to its documented default. This field has none. "
        "Declare it again, or name it under `meta: {ignore: [FIELD]}` to let it go as it is.",
    ),
    "secret-version-lower": Code(
        "The version of a secret went down.",
        "Secrets are compared by their version only, and versions only grow, so that a rollback never looks like "
        "nothing to do. Keep the version for the same secret and raise it for a new one.",
    ),
    "unknown-topic": Code(
        "The account has no such topic.",
        "Which notices there are is decided by the account, which reports the list. Choose one of its topics.",
    ),
    "kind-not-served": Code(
        "The provider can't hold this kind of resource.",
        "The provider in account.yaml doesn't serve this section. Take the section out, or use another provider.",
    ),
    "reference-elsewhere": Code(
        "What this refers to lies in another account.",
        "`providers:` gives the two sections providers of their own, and the account knows what is referred to by an "
        "id of its own only, which means nothing in another account. Give both sections the same provider.",
    ),
    "rename-not-served": Code(
        "The account can't rename this.",
        "`previously: NAME` renames a resource where the account can. Where it can't, a rename would be a deletion and "
        "a creation, and what holds data is never renamed that way. Move what it holds by hand.",
    ),
    # Findings
    "base-not-planned": Code(
        "The base of a pull request can't be planned.",
        "What is merged already and not yet applied is shown apart from what a pull request changes. For that the base "
        "is planned by itself, and something keeps it from that: errors in its files, or another account. So every "
        "change counts as the pull request's own.",
    ),
    "deleted-still-used": Code(
        "Something refers to what is about to be deleted.",
        "The plan deletes a mailbox, an alias or a contact, and something that stays sends mail, invoices or notices "
        "there, be it declared or not. The account may refuse the deletion; otherwise what is sent there is lost.",
    ),
    "domain-not-booked": Code(
        "A declared domain isn't booked.",
        "The account tells which domains are booked in its packages, and this one isn't among them. What is in it "
        "can't be made before it is, so that is left out of the plan. The finding shows the order as "
        "YAML; the plan tells its price.",
    ),
    "attestation-old": Code(
        "What somebody saw in the portal was too long ago.",
        "The section has `type: manual` and a `max_age`, and what it holds was last attested before that. Nobody knows "
        "what has been changed there since. Look again, and attest what you see; `drift` ends with 2 until then.",
    ),
    "never-attested": Code(
        "Nobody has looked yet at a section that only a person can read.",
        "The section has `type: manual`, and nothing of this kind was ever attested. That is not the same as empty: "
        "what the portal holds isn't known, so nothing is planned there. The first `reconciler attest` says what is "
        "there; from then on, what it doesn't name counts as absent. Of what every account has (addresses, "
        "passwords), each is looked at by itself.",
    ),
    "expired": Code(
        "A declaration has had its time.",
        "The last day of a holiday reply has passed. It is left out of what is desired, live and applied, so that "
        "nothing happens on that day by itself. Delete it, or give it a later day.",
    ),
    "expectation-broken": Code(
        "A fact isn't as expected.",
        "`expect:` says what the account's own facts should be: a service level, a balance, a limit. Nothing is done "
        "about one that is otherwise, because nobody can declare it; `plan` says so, and `drift` exits with 2.",
    ),
    "expectation-unknown": Code(
        "Nobody can tell whether a fact is as expected.",
        "The provider `default` doesn't tell facts of this kind, the account leaves the field out, or it couldn't be "
        "asked. What can't be read is never taken as held; `drift` exits with 1.",
    ),
    "ignored": Code(
        "A declared difference is left alone.",
        "A rule under `policy: {ignore: [...]}` covers an address that is declared too, so what the files say there is "
        "never applied. Take it out of the files, or narrow the rule.",
    ),
    "kept-unknown": Code(
        "An unmanaged entry may be one that is to be kept.",
        "The account knows contacts and whitelist entries by ids of its own. Once `keep: true` has let one go, nobody "
        "can tell any more which it is. So the policy `delete` deletes none of its kind while `removed:` "
        "holds such an entry. Name what is kept by the account's id, as the finding shows.",
    ),
    "no-authority": Code(
        "Nobody may authorise changes.",
        "The account will have contacts, and none of them is internal with `may: [authorise]`. The company then takes "
        "orders, cancellations and new contacts from nobody, also on the telephone.",
    ),
    "record-not-asked": Code(
        "The remote that has the record couldn't be asked.",
        "What was applied last is then only what this clone knows. The plan is shown over that, without a seal, and "
        "nothing can be saved or applied. Mend the way to the remote (`git fetch` tells what is wrong) and plan again.",
    ),
    "request-differs": Code(
        "The account holds another request than was submitted.",
        "What is submitted can't be changed, neither here nor there. The record has what was submitted. Ask the "
        "company why its list says something else.",
    ),
    "request-let-go": Code(
        "A submitted request is no longer declared.",
        "Taking a request out of the files, or reverting the commit that brought it, undoes nothing: the company has "
        "it. The record forgets it once and keeps in mind that its reference is used, so that it is never submitted "
        "a second time. What can be done now depends on the kind of request and is up to the company.",
    ),
    "request-lost": Code(
        "The account no longer knows a submitted request.",
        "The record says that it was submitted, and the account's list of requests, which was read completely, doesn't "
        "have it. Nothing is submitted a second time: it may have cost money the first time. Ask the company, and "
        "write the request under a new reference if it is to be asked for again.",
    ),
    "request-rejected": Code(
        "The company rejected a request.",
        "Nothing was done, and a request is never submitted again under its reference. Write it under a new one to ask "
        "again, or delete the declaration.",
    ),
    "request-unsigned": Code(
        "An agreement needs a signature again.",
        "The document changed after the agreement was submitted, so the company didn't conclude it. Read the new "
        "version, and write the agreement under a new reference that names it.",
    ),
    "offline": Code(
        "Two commits were compared, and nothing else.",
        "`plan --offline BASE..HEAD` shows what git asks for between two commits, without network and without a "
        "secret: for pull requests from forks. Whether the account is as the first commit says nobody knows, so the "
        "plan has no seal and can't be applied.",
    ),
    "only": Code(
        "A part of the configuration was left out.",
        "`--only GLOB` restricts a plan to some addresses. What it left out is still to be done: plan without it.",
    ),
    "removal-waits": Code(
        "A removal waits for its day.",
        "`after` under `removed:` names the last day on which a resource stays. Until that day has passed nothing "
        "happens, and the resource is still ours; then it is planned like any other removal.",
    ),
    "removed-spent": Code(
        "There are entries that have done their work.",
        "What an entry under `removed:` or a `previously` names isn't ours, or isn't any more: the entry does nothing. "
        "`reconciler fmt --prune` takes such entries out of the files.",
    ),
    "rename-of-unowned": Code(
        "What `previously` names was never applied from here.",
        "Only what the record owns is renamed. The resource is created under its new name, and the other one stays as "
        "it is. Declare it under its old name, apply, and rename it then.",
    ),
    "rename-still-used": Code(
        "A name is still used that a rename takes away.",
        "Something sends mail on to what gets another name, and the plan doesn't change it. The account refuses to "
        "take a name away that is still used. Change what uses it together with the rename, or declare an alias of the "
        "old name.",
    ),
    "secret-unverified": Code(
        "A live secret is taken as it is.",
        "The resource exists already, and nobody can read whether its secret is the declared one. Taking it over never "
        "writes a secret. Raise the version to set it.",
    ),
    "telephone-password-known": Code(
        "Somebody who left knows the telephone password.",
        "A contact who could authorise changes goes or loses that right, or went, and the telephone password wasn't "
        "set since. Whoever knows it is taken for the customer on the telephone. Set another one, and raise its "
        "`version`; in the same commit nobody is in between.",
    ),
    "telephone-password-missing": Code(
        "There is no telephone password.",
        "Contacts may authorise changes, also on the telephone, and without a telephone password the company can't "
        "tell whether it is they who call. Declare one under `passwords:`.",
    ),
    "type-not-served": Code(
        "The account can't hold this record set.",
        "Its type, or an option such as `octodns:` or `geo`, isn't served by the provider. It is left out of the plan, "
        "and nothing is deleted at its name, because what is deleted might be what stands in for it.",
    ),
    "uncommitted": Code(
        "Files differ from the commit that is planned.",
        "A pull request is planned from commits alone. What lies in the work tree and isn't committed is no part of "
        "it, so it is neither shown nor approved.",
    ),
    "whitelist-locks-out": Code(
        "The whitelist would lock you out.",
        "After a step of this plan the address from which you now work could no longer log in. Add an entry for it, "
        "or keep the one that there is; `apply` refuses a plan that locks out its caller.",
    ),
    "zone-not-atomic": Code(
        "A zone's changes don't fit into one transaction.",
        "A name server takes the changes of a zone as one message of at most 65,535 octets, which has its effect whole "
        "or not at all; PowerDNS takes them over its interface as one request of 2 MB. These need several. Each update "
        "is bound to what the one before left, so that a foreign change in between stops the rest, but in between the "
        "zone is answered as it is half way. Split the change if that matters.",
    ),
    "zone-holds-others": Code(
        "A zone that goes holds record sets that weren't applied from here.",
        "With the zone all of its record sets go, also those that someone made by hand. Such a deletion needs its own "
        "approval: a saved plan, or `--override ADDRESS`.",
    ),
    # Refusals
    "allow-deletes": Code(
        "The number of deletions isn't the one that was allowed.",
        "`--allow-deletes N` lifts the guards for exactly N deletions, with a reason. Look at the plan again.",
    ),
    "deletes-all": Code(
        "Everything owned in a zone or kind would be deleted.",
        "Such a plan usually comes from a mistake. Name what may go under `removed:`, or allow the exact number.",
    ),
    "drift-refused": Code(
        "Something was changed by hand.",
        "`policy: {drift: refuse}` stops every plan while the account differs from what was applied last. Repair it "
        "with `--include-drift`, or keep it with `reconciler adopt --drift`.",
    ),
    "file-vanished": Code(
        "A whole file is gone.",
        "A file that declared three or more resources is no longer there, and they would be deleted. Put it back, or "
        "name what may go under `removed:`.",
    ),
    "last-authority": Code(
        "Nobody could authorise changes any more.",
        "The last internal contact who may authorise would lose that right. Give it to another contact first.",
    ),
    "last-of-zone": Code(
        "A zone would lose its last MX or NS record set.",
        "Without MX a domain's mail goes elsewhere; without NS it can't be found. Name the record set under "
        "`removed:` if that is meant.",
    ),
    "protected": Code(
        "A protected resource would be deleted.",
        "`meta: {protect: true}` refuses every deletion, also after the declaration itself was deleted. Declare it "
        "again with `protect: false`, apply, and then remove it.",
    ),
    "removed-count": Code(
        "A glob under `removed:` covers another number of resources.",
        "A glob says exactly how many resources may go, so that it never covers more than somebody looked at.",
    ),
    "rename-taken": Code(
        "The new name is taken.",
        "`previously: NAME` renames a resource, and the account has another one of the new name. Two never become one.",
    ),
    "section-vanished": Code(
        "A whole section is gone.",
        "A section or zone that held three or more resources is no longer there, and they would be deleted, or let go "
        "where the account always has them. `{}` means managed and empty. Put it back, or name what may go under "
        "`removed:`.",
    ),
    "tombstone-missing": Code(
        "A deletion isn't said in git.",
        "What holds data is deleted only when `removed:` names it with a reason; a block that is gone may be a "
        "mistake. `keep: true` lets go of it without deleting it.",
    ),
    "too-many-deletions": Code(
        "Too many resources would be deleted at once.",
        "In a zone or kind with n owned resources at most max(3, 30 %) may go in one apply, in the account at most "
        "max(10, 10 %). Name them under `removed:`, or give their exact number with `--allow-deletes`.",
    ),
    "zone-holds-kept": Code(
        "A zone would take along what stays.",
        "With a zone all of its record sets go. `removed:` says of one of them that it is kept, or that its day hasn't "
        "come. Give the zone the same `keep` or `after`, or take theirs away.",
    ),
    "unmanaged-refused": Code(
        "The account holds what nobody declared.",
        "`policy: {unmanaged: ...: refuse}` stops every plan until it is declared, deleted by hand, or ignored by a "
        "rule.",
    ),
}


def diagnostic(
    code: str,
    detail: str,
    help: str,
    severity: Severity = Severity.WARNING,
    address: Address | None = None,
    span: Span | None = None,
) -> Diagnostic:
    """Return a diagnostic with its code's own summary."""
    return Diagnostic(code, CODES[code].summary, detail, span, help, severity, address)
