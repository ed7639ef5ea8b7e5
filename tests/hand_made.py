"""Plans made by hand, for tests of what is shown: one with everything in it, and the same full of hostile text."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat

from reconciler.kinds.record import RecordValue, record_value
from reconciler.kinds.record_text import opaque_value, wire_value
from reconciler.model.change import Action, Cause, Change, Origin, Risk
from reconciler.model.compare import Bookkeeping
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.fields import Digest, Fields, SecretVersion, digest_of
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Note, Plan, Refusal
from reconciler.model.seals import SealList
from reconciler.model.span import Span

GIB = 2**30
#: What somebody with access to the account or to a branch might write, so that a reader or a terminal is deceived.
HOSTILE = (
    "EVIL\x1b[2J\x1b]0;title\x07\r\n\u202eLIVE\u2066\u200b\x7f\x9b31m`` ``` | <b>@everyone</b> [x](javascript:y) "
    "{{ 7*7 }} ::error::"
)


def fields(**values: object) -> Fields:
    """Return the canonical value of a resource with fields."""
    return Fields.of(values)  # type: ignore[arg-type]  # tests give hashable values


def records(rtype: str, ttl: int, *values: str) -> RecordValue:
    """Return the canonical value of a record set."""
    return record_value(rtype, ttl, [wire_value(rtype, value) for value in values])


def change(address: str, action: Action, origin: Origin, before: object, after: object, **more: object) -> Change:
    """Return a change whose seal follows from its address."""
    return Change(address, action, origin, before, after, seal=digest_of(address), **more)  # type: ignore[arg-type]  # see fields


def plan_of(*changes: Change, **more: object) -> Plan:
    """Return a plan of one batch."""
    seals = SealList("K-104711", "c" * 64, tuple(sorted(one.seal for one in changes)))
    given = {"account": "K-104711", "origin": "embedded:account.db", **more}
    return Plan(batches=(changes,) if changes else (), seals=seals, **given)  # type: ignore[arg-type]  # names as in Plan


def full_plan() -> Plan:
    """Return a plan in which everything that can be shown is there once."""
    return plan_of(
        *asked(),
        contested(),
        refused=(
            change(
                "zone/example.net",
                Action.DELETE,
                Origin.ASKED,
                Fields(),
                None,
                risk=Risk.DATA_LOSS,
                refused="A zone holds data; it goes only when `removed:` names it.",
            ),
        ),
        drift=(drifted(),),
        unmanaged=(*(f"record/example.org/h{number}/A" for number in range(12)), "contact/~17"),
        notes=(Note("alias/x@example.org", Bookkeeping.OWN), Note("alias/y@example.org", Bookkeeping.DROP)),
        refusals=(
            Refusal(
                "too-many-deletions",
                "14 of 20 record sets of example.org would go; 6 are allowed.",
                "Allow exactly these with `--allow-deletes 14 --reason ...`.",
                tuple(f"record/example.org/a{number}/A" for number in range(14)),
            ),
        ),
        findings=(
            Diagnostic(
                "secret-unverified",
                "A live secret is taken as it is.",
                "The password of mailbox/hans@example.org was not compared.",
                Span("mail.yaml", 20, 7),
                "Raise `version` to set it.",
                Severity.WARNING,
                line="      password: {secret: env/MAIL_HANS, version: 1}",
            ),
        ),
        read="12 groups read",
        record="record as of receipt 3",
    )


def asked() -> tuple[Change, ...]:
    """Return changes that git asks for, one of each sort."""
    info = fields(name="Information desk", quota=5 * GIB, password=SecretVersion(1), forward_to=("erika@example.org",))
    spf = "v=spf1 include:_spf.example.net include:_spf.example.com {}-all"
    return (
        change("mailbox/info@example.org", Action.CREATE, Origin.ASKED, None, info, span=Span("mail.yaml", 12, 7)),
        change(
            "mailbox/hans@example.org",
            Action.UPDATE,
            Origin.ASKED,
            fields(quota=GIB),
            fields(quota=5 * GIB),
            risk=Risk.TRAFFIC,
            span=Span("mail.yaml", 20, 7),
            takes_over=True,
        ),
        change(
            "record/example.org/www/A",
            Action.UPDATE,
            Origin.ASKED,
            records("A", 3600, "192.0.2.1", "192.0.2.3"),
            records("A", 300, "192.0.2.2", "192.0.2.3"),
            risk=Risk.TRAFFIC,
            span=Span("zones/example.org.yaml", 4, 3),
        ),
        change(
            "record/example.org/@/TXT",
            Action.UPDATE,
            Origin.ASKED,
            records("TXT", 3600, spf.format("")),
            records("TXT", 3600, spf.format("ip4:192.0.2.0/24 ")),
            risk=Risk.TRAFFIC,
            span=Span("zones.yaml", 2, 24),
            preset="google-workspace@1, hosting-mail@1",
        ),
        change(
            "record/example.org/old/CNAME",
            Action.DELETE,
            Origin.ASKED,
            records("CNAME", 3600, "www.example.org."),
            None,
            risk=Risk.TRAFFIC,
            reason="The old shop is closed.",
            approved_in_git=True,
        ),
        change("mail_domain/example.com", Action.FORGET, Origin.ASKED, fields(catch_all=None), None),
    )


def contested() -> Change:
    """Return a change of origin *both*, with private fields."""
    return change(
        "contact/erika",
        Action.UPDATE,
        Origin.BOTH,
        fields(phone="+49511123456", may=("speak",)),
        fields(phone="+49511123457", may=("authorise", "speak")),
        applied=fields(phone=Digest("ab" * 32), may=("speak",)),
        risk=Risk.ACCESS,
        span=Span("contacts.yaml", 2, 3),
    )


def drifted() -> Change:
    """Return a change that repairs drift."""
    return change(
        "record/example.org/mail/MX",
        Action.UPDATE,
        Origin.DRIFT,
        records("MX", 300, "10 elsewhere.example.net."),
        records("MX", 3600, "10 mx.example.net.", "20 mx2.example.net."),
        applied=records("MX", 3600, "10 mx.example.net.", "20 mx2.example.net."),
        risk=Risk.TRAFFIC,
    )


def hostile_plan(text: str = HOSTILE) -> Plan:
    """Return a plan in which every text that git or the account decides is ``text``."""
    one = change(
        f"alias/{text}",
        Action.UPDATE,
        Origin.BOTH,
        fields(targets=(text,)),
        fields(targets=(text, "b")),
        applied=fields(targets=(text, "c")),
        reason=text,
        span=Span(text, 1, 1),
        cause=Cause("c" * 40, text, "2026-11-25T08:00:00+00:00", text),
        moved_from=f"alias/{text}2",
    )
    held = change(f"contact/{text}", Action.UPDATE, Origin.DRIFT, fields(name=text), fields(name="x" + text))
    no = change(f"mailbox/{text}", Action.DELETE, Origin.ASKED, fields(name=text), None, refused=text)
    opaque = change(
        f"record/z/{text}/URL",
        Action.CREATE,
        Origin.ASKED,
        None,
        RecordValue("URL", 1, (opaque_value(text), opaque_value(text + "2"))),
    )
    return plan_of(
        one,
        opaque,
        account=text,
        origin=text,
        read=text,
        record=text,
        drift=(held,),
        refused=(no,),
        unmanaged=(f"alias/{text}3",),
        refusals=(Refusal("protected", text, text, (text,)),),
        findings=(Diagnostic("only", text, text, Span(text, 1, 2), text, Severity.NOTE, f"alias/{text}", text),),
    )


def plan_full_of(texts: Sequence[str]) -> Plan:
    """Return a plan in which each text stands somewhere, neighbours in different places."""
    given = chain(texts, repeat("filler"))
    units = [_hostile_unit(number, given) for number in range(len(texts) // 21 + 1)]
    return plan_of(
        *(change for unit in units for change in unit[0]),
        account=next(given),
        drift=tuple(unit[1] for unit in units),
        refused=tuple(unit[2] for unit in units),
        refusals=tuple(unit[3] for unit in units),
        findings=tuple(unit[4] for unit in units),
        unmanaged=tuple(
            f"record/{address.partition('/')[2]}/@/A" for _, drifted, *_ in units for address in (drifted.address,)
        ),
    )


def _hostile_unit(number: int, given: Iterator[str]) -> tuple[tuple[Change, ...], Change, Change, Refusal, Diagnostic]:
    """Return a few changes and what stands beside them, which take 21 texts."""
    one = change(
        f"alias/{number}{next(given)}",
        Action.UPDATE,
        Origin.BOTH,
        fields(targets=(next(given),)),
        fields(targets=(next(given), "b")),
        applied=fields(targets=(next(given), "c")),
        reason=next(given),
        span=Span(next(given), 1, 1),
        moved_from=f"alias/{next(given)}",
    )
    opaque = change(
        f"record/{number}{next(given)}/{next(given)}/URL",
        Action.CREATE,
        Origin.ASKED,
        None,
        RecordValue("URL", 1, (opaque_value(next(given)), opaque_value(next(given)))),
    )
    held = change(
        f"mailbox/{number}{next(given)}", Action.UPDATE, Origin.DRIFT, fields(name=next(given)), fields(name="x")
    )
    gone, why = next(given), next(given)
    no = change(f"mailbox/no{number}{gone}", Action.DELETE, Origin.ASKED, fields(name="x"), None, refused=why)
    refusal = Refusal("protected", next(given), next(given), (next(given),))
    named, line = next(given), next(given)
    at = Span(named, 1, 1 + len(line) // 2)
    finding = Diagnostic(f"only-{number}", "A note.", line, at, next(given), Severity.NOTE, f"alias/{named}", line)
    return (one, opaque), held, no, refusal, finding


def outcomes() -> tuple[Outcome, ...]:
    """Return outcomes of each sort."""
    created, updated, record, _, deleted, forgotten = asked()
    return (
        Outcome(created, Status.DONE),
        Outcome(deleted, Status.DONE),
        Outcome(forgotten, Status.DONE),
        Outcome(updated, Status.CONFLICT, "The quota is 2 GiB now."),
        Outcome(record, Status.FAILED, "The account refuses the TTL."),
        Outcome(contested(), Status.SKIPPED, "It needs record/example.org/www/A."),
    )
