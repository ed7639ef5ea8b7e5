"""What may stand in a record set beside type, TTL and values.

That is ``octodns:``, ``geo``, ``dynamic``, blocks of providers, and ``meta``. Blocks that aren't ours are kept as they
are, for providers that understand them.
"""

from reconciler.load.nodes import Broken, Mapping, Node, Scalar, describe, plain, typed
from reconciler.load.problems import Problems, place, report_nulls
from reconciler.load.spelling import did_you_mean, is_one_off
from reconciler.load.validation import Subject, report_errors
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.meta import Meta
from reconciler.model.scalars import faults

_PLAIN = frozenset({"type", "ttl", "value", "values"})
_OURS = (*sorted(_PLAIN), "dynamic", "geo", "meta", "octodns")
#: The keys that octoDNS itself reads below ``octodns:``; anything else there is a provider's block.
_OCTODNS = frozenset({"auto_arpa_priority", "excluded", "healthcheck", "ignored", "included", "lenient"})


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """The options of one record set; ``kept`` goes into its value, and ``valid`` is False after an error."""

    lenient: bool = False
    kept: Json | None = None
    meta: Meta | None = None
    valid: bool = True


def read_options(file: str, node: Mapping, problems: Problems) -> RecordOptions:
    """Return the options of a record set; what is wrong with them is reported."""
    kept: dict[str, Json] = {}
    lenient, meta, valid = False, None, True
    for name, (key, value) in node.entries.items():
        if name in _PLAIN:
            continue
        if name == "meta" and report_nulls(file, value, problems):
            valid = False
        elif name == "meta":
            meta = _read_meta(file, key, value, problems)
            valid = valid and meta is not None
        elif not isinstance(value, Mapping) or _is_mistyped(name):
            valid = False
            _refuse(file, key, value, problems)
        elif name == "octodns":
            valid = _check_octodns(file, value, problems) and valid
            lenient = getattr(value.get("lenient"), "text", "") == "true"
            if rest := typed(value.without({"lenient"})):
                kept[name] = rest
        elif rest := typed(value):
            kept[name] = rest
    return RecordOptions(lenient, kept or None, meta, valid)


def _is_mistyped(name: str) -> bool:
    """Tell whether a block's name is one letter off a key of ours: ``mea: {protect: true}`` is no provider's block."""
    return name not in _OURS and is_one_off(name, _OURS)


def _read_meta(file: str, key: Scalar, node: Node, problems: Problems) -> Meta | None:
    try:
        return Meta.model_validate(plain(node))
    except faults() as error:
        subject = Subject(file, node, Meta, "`meta`", key)
        report_errors(subject, error.errors(include_url=False, include_input=False), problems)
        return None


def _refuse(file: str, key: Scalar, value: Node, problems: Problems) -> None:
    if isinstance(value, Broken):
        report_nulls(file, value, problems)
        return
    if key.text in _OURS:
        detail = f"`{key.text}` needs a mapping, but here stands {describe(value)}."
        problems.error("wrong-type", detail, place(file, value))
        return
    detail = f"`{key.text}` is not a key of a record set; only a provider's block, which is a mapping, may stand here."
    problems.error("unknown-key", detail, place(file, key), did_you_mean(key.text, _OURS, "Known keys"))


def _check_octodns(file: str, node: Mapping, problems: Problems) -> bool:
    """Tell whether all keys below ``octodns:`` are octoDNS's own or blocks of providers."""
    valid = True
    for name, (key, value) in node.entries.items():
        if isinstance(value, Broken):
            report_nulls(file, value, problems)
        elif name == "lenient" and getattr(value, "text", "") not in ("true", "false"):
            problems.error("wrong-type", "Expected true or false.", place(file, value), "Write `true` or `false`.")
        elif name not in _OCTODNS and not isinstance(value, Mapping):
            detail = f"`{name}` is not a key of octoDNS; only a provider's block, which is a mapping, may stand here."
            problems.error("unknown-key", detail, place(file, key), did_you_mean(name, _OCTODNS, "Known keys"))
        else:
            continue
        valid = False
    return valid
