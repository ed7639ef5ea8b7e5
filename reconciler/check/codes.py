"""What the codes of the rules mean."""

from collections.abc import Mapping

from reconciler.check.dns.codes import DNS_CODES
from reconciler.model.code import Code

CODES: Mapping[str, Code] = {
    "forward-loop": Code(
        "Mail is sent on in a circle.",
        "Aliases and mailboxes send mail on to one another so that it comes back. Mail servers give such mail back to "
        "its sender after some rounds. Take one target out of the circle. A mailbox that forwards keeps its own copy "
        "with `keep_copy: true` and needs no target for that.",
    ),
    "ftp-home-inside": Code(
        "The home of an FTP login lies inside another one's.",
        "The other login reads and, unless it is `read-only`, changes everything in it. Whoever has the one password "
        "then gets at what the other was to keep apart. Give the two homes side by side, or silence this where it is "
        "meant.",
    ),
    "invoice-leaves": Code(
        "Invoices go to somebody who is about to leave.",
        "`removed:` lets a mailbox, an alias or a contact go, and `billing.invoice` still sends invoices to it or "
        "names it. Nobody would read them. Correct `to` or `contact` in the same commit.",
    ),
    "notice-leaves": Code(
        "Notices go to an address that is about to go.",
        "`removed:` lets a mailbox or an alias go, and a contact has it as its own address. What the company writes to "
        "that contact, notices and questions among it, would come back. Correct `email` in the same commit.",
    ),
    "secret-outside-policy": Code(
        "A secret is none of those that policy admits.",
        "`policy.secrets` holds globs over the secrets that a branch may refer to. A pull request that adds another "
        "one is refused where a trusted ref is set; without one this is a warning, and so it is for what stands in the "
        "trusted files already. Add a glob, or refer to another secret.",
    ),
    "target-leaves": Code(
        "Mail is sent on to an address that is about to go.",
        "`removed:` lets a mailbox or an alias go, and an alias, a mailbox or a domain's `catch_all` still sends mail "
        "to it. That mail would come back, and the account may refuse to delete what is still used. Name another "
        "target in the same commit.",
    ),
    "unknown-catch-all": Code(
        "The catch-all address isn't declared.",
        "`catch_all` names an address of a domain whose mail is declared here, and there is no mailbox or alias of "
        "that name. Mail to unknown addresses would go nowhere. Declare the address or correct the name.",
    ),
    "unknown-contact": Code(
        "The contact on the invoice isn't declared.",
        "`billing.invoice.contact` is the name of a contact here. The account doesn't know it: it has an id of its own "
        "for the contact. Without the declaration nobody can tell which one is meant, and the account will refuse it. "
        "Declare the contact or correct the name.",
    ),
    "unknown-target": Code(
        "Mail is sent on to an address that isn't declared.",
        "A target belongs to a domain whose mail is declared here, and there is no mailbox or alias of that name. The "
        "account may hold one that nobody declared, so this is a warning. Declare it or correct the target.",
    ),
    "ignore-near": Code(
        "A rule that leaves something alone nears its last day.",
        "`until` of a rule under `policy: {ignore: [...]}` is the last day on which it holds; it comes within two "
        "weeks. After it, what the rule covers is planned and reported as anything else. Plan for that, or give a "
        "later day.",
    ),
    "ignore-passed": Code(
        "A rule that left something alone no longer holds.",
        "`until` of a rule under `policy: {ignore: [...]}` has passed. What the rule covered is planned and reported "
        "as anything else. Delete the rule, or give a later day.",
    ),
    "silence-near": Code(
        "A rule that silences findings nears its last day.",
        "`until` of a rule under `policy: {silence: [...]}` is the last day on which it holds; it comes within two "
        "weeks. After it, what the rule covers is shown again. Mend that until then, or give a later day.",
    ),
    "silence-passed": Code(
        "A rule that silenced findings no longer holds.",
        "`until` of a rule under `policy: {silence: [...]}` has passed, and what it covered is shown again. Delete the "
        "rule, or give a later day.",
    ),
    "silence-unused": Code(
        "A rule silences nothing.",
        "A rule under `policy: {silence: [...]}` covers no finding: what it was for is mended, or its `code` or "
        "`match` is mistyped. Errors, and findings about no resource, can't be silenced. Delete the rule, so that it "
        "doesn't hide what comes later.",
    ),
    "until-near": Code(
        "A resource nears its day.",
        "`meta.until` names the day until which a resource is meant to stay; it comes within two weeks. Nothing "
        "happens by itself on that day. Plan the end, or give a later day.",
    ),
    "until-passed": Code(
        "A resource has outlived its day.",
        "`meta.until` names the day until which a resource is meant to stay; it has passed. Nothing is deleted by "
        "itself. Delete the resource, or give a later day.",
    ),
    **{name: Code(known.summary, known.explanation) for name, known in DNS_CODES.items()},
}
