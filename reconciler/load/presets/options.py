"""The options of a preset: what was written, checked by its type, and the defaults of what wasn't."""

from collections.abc import Callable, Mapping
from string import Template

from reconciler.kinds.record_show import value_text
from reconciler.kinds.record_text import wire_value
from reconciler.load.nodes import Broken, Node, Scalar, describe
from reconciler.load.nodes import Mapping as MappingNode
from reconciler.load.presets.preset import OptionModel, Preset
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean
from reconciler.load.validation import Subject, details_of, report_errors
from reconciler.load.zone_records import ZoneSettings
from reconciler.model.late import pattern
from reconciler.model.scalars import refusals, wrong_type, wrong_value

#: Turns off an option that has a default.
NONE = "none"
_LABEL = pattern(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\Z")
_EMAIL = pattern(r"[A-Za-z0-9.+_=-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+\Z")
_URL = pattern(r"https://[A-Za-z0-9._~:/?#@!$&'()*+,=%\[\]-]+\Z")


def read_settings(
    file: str, given: MappingNode | None, preset: Preset, zone: ZoneSettings, problems: Problems
) -> dict[str, str] | None:
    """Return the options that are set, defaults included, and the zone's name; None after an error."""
    options = preset.content.options
    written: dict[str, str] = {}
    entries = given.entries if given else {}
    wrong = False
    for key, (at, node) in entries.items():
        if key not in options:
            detail = f"`{key}` is not an option of {preset.label}."
            problems.error("unknown-key", detail, place(file, at), did_you_mean(key, options, "Its options"))
            wrong = True
        elif (value := _value(file, at, node, options[key], zone.lenient, problems)) is None:
            wrong = True
        else:
            written[key] = value
    wrong = not _has_needed(file, entries, written, options, problems) or wrong
    return None if wrong or (given and given.incomplete) else default_settings(options, zone.zone, written)


def _value(file: str, key: Scalar, node: Node, option: OptionModel, lenient: bool, problems: Problems) -> str | None:
    if isinstance(node, Broken):
        return None
    if not isinstance(node, Scalar):
        detail = f"The option `{key.text}` is a text, but here stands {describe(node)}."
        problems.error("wrong-type", detail, place(file, node))
        return None
    try:
        return _CHECKS[option.type](node.text, lenient)
    except refusals() as error:
        report_errors(Subject(file, node, OptionModel, "a preset", key), [details_of(error)], problems)
        return None


def _has_needed(
    file: str,
    entries: Mapping[str, tuple[Scalar, Node]],
    written: Mapping[str, str],
    options: Mapping[str, OptionModel],
    problems: Problems,
) -> bool:
    alone = [(name, needs) for name in written if (needs := options[name].needs) and needs not in entries]
    for name, needs in alone:
        detail = f"The option `{name}` means nothing without the option `{needs}`."
        problems.error("missing-key", detail, place(file, entries[name][0]), f"Add `{needs}`.")
    return not alone


def default_settings(
    options: Mapping[str, OptionModel], zone: str, written: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what was written with the defaults of all else; a default that can't be known for the zone is left out."""
    settings = {"zone": zone}
    if "-" not in zone:  # what a service makes of a hyphen can't be foretold
        settings["dashed"] = zone.replace(".", "-")
    for name, option in options.items():
        if written and name in written:
            settings[name] = written[name]
        elif option.default is not None and settings.keys() >= set(Template(option.default).get_identifiers()):
            settings[name] = Template(option.default).substitute(settings)
        if option.type == "text" and settings.get(name) == NONE:
            del settings[name]
    return settings


def _boolean(text: str, _lenient: bool) -> str:
    if text not in ("true", "false"):
        raise wrong_type("true or false", "Write exactly `true` or `false`.")
    return text


def _email(text: str, _lenient: bool) -> str:
    if not _EMAIL.match(text):
        raise wrong_value(f"{text!r} is not an e-mail address.", "Write an address such as `dmarc@example.org`.")
    return text


def _host(text: str, lenient: bool) -> str:
    host = value_text("CNAME", wire_value("CNAME", text, lenient=lenient))
    if host == ".":
        raise wrong_value("The root is no host.", "Write a name such as `mail.example.org.`.")
    return host


def _label(text: str, _lenient: bool) -> str:
    if not _LABEL.match(text):
        raise wrong_value(f"{text!r} is not one part of a domain name.", "Write letters, digits and hyphens.")
    return text.lower()


def _text(text: str, _lenient: bool) -> str:
    if not text.strip():
        raise wrong_value("The text is empty.", "Delete the option, or write `none` to leave its record out.")
    return text


def _url(text: str, _lenient: bool) -> str:
    if not _URL.match(text):
        raise wrong_value(f"{text!r} is not a URL.", "Write one that begins with `https://`.")
    return text


_CHECKS: Mapping[str, Callable[[str, bool], str]] = {
    "boolean": _boolean,
    "email": _email,
    "host": _host,
    "label": _label,
    "text": _text,
    "url": _url,
}
