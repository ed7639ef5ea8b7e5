"""The door to octoDNS: a class is imported only where policy names it, and what it says and prints stays inside."""

import inspect
import io
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any
from urllib.parse import quote_plus
from warnings import catch_warnings, simplefilter

from reconciler.model.account import Policy
from reconciler.model.errors import AccountError, AuthenticationError, ReconcilerError, RefusedError
from reconciler.model.late import pattern
from reconciler.model.providers import CredentialField, OctodnsProvider
from reconciler.model.secret import Secret
from reconciler.model.text import neutral

#: Options of octoDNS's base class that limit what it plans or applies; our guards and approvals hold instead.
_OWN_LIMITS = frozenset({"apply_disabled", "update_pcent_threshold", "delete_pcent_threshold"})
_REFUSED_KEY = pattern(
    r"unauthori[sz]ed|authenticat|forbidden|\b40[13]\b|the key we used|the signature we sent|BADKEY|BADSIG",
    re.IGNORECASE,
)
_KEY = "Check its credentials, and what they are allowed to do."
#: What the answer to a transfer says where a server refuses one zone, and whether it says that it hasn't the zone:
#: NXDOMAIN, REFUSED, NOTAUTH.
_OF_ONE_ZONE = {3: True, 5: False, 9: True}
_DIGITS = pattern(r"-?(?:0|[1-9][0-9]{0,18})\Z")
_BOOLEANS = {"true": True, "false": False}


class NotShownError(AccountError):
    """One zone isn't shown, for a reason of its own; ``is_absent`` where the provider says that it hasn't the zone."""

    def __init__(self, message: str, help: str = "", *, is_absent: bool) -> None:
        super().__init__(message, help)
        self.is_absent = is_absent


class Heard(logging.Handler):
    """What was logged as an error: octoDNS's providers log what they can't do, and go on as if there were nothing."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self.errors.append(record.getMessage())


@contextmanager
def quiet() -> Iterator[Heard]:
    """Hear what is logged, also where logging is switched off, and let nothing that is logged or printed out."""
    heard, root, nowhere = Heard(), logging.getLogger(), io.StringIO()
    before, root.handlers = root.handlers, [heard]
    switched_off = root.manager.disable
    logging.disable(logging.NOTSET)
    try:
        with redirect_stdout(nowhere), redirect_stderr(nowhere), catch_warnings():
            simplefilter("ignore")
            yield heard
    finally:
        root.handlers = before
        logging.disable(switched_off)


@contextmanager
def asking(what: str, secrets: Sequence[Secret], help: str = "") -> Iterator[Heard]:
    """Call octoDNS in here; raises without secrets for what it raises.

    That is :class:`NotShownError` where it says so by its code, ``AuthenticationError``, or ``AccountError``.
    """
    try:
        with quiet() as heard:
            yield heard
    except ReconcilerError:
        raise
    except Exception as error:
        words = str(error) or type(error).__name__
        status = _status(error)
        message = f"{what}: {without_secrets(words, secrets)}"
        if status in (401, 403) or _REFUSED_KEY.search(words):
            raise AuthenticationError(message, _KEY) from None
        is_absent = _is_absent(error)
        if is_absent is None:
            raise AccountError(message, help) from None
        raise NotShownError(message, help, is_absent=is_absent) from None


def _status(error: Exception) -> object:
    return getattr(getattr(error, "response", None), "status_code", None)


def _is_absent(error: Exception) -> bool | None:
    """Tell whether it says that a zone isn't there, None where it isn't about one zone.

    octodns-bind raises errors of its own in the place of dnspython's, which have the code.
    """
    if _status(error) == 404:
        return True
    code = getattr(error, "rcode", getattr(error.__context__, "rcode", None))
    return _OF_ONE_ZONE.get(code) if isinstance(code, int) else None


def without_secrets(text: str, secrets: Sequence[Secret]) -> str:
    """Return untrusted text as one neutral line in which no secret stands."""
    for secret in secrets:
        for spelling in (secret.reveal(), quote_plus(secret.reveal())):
            text = text.replace(spelling, "***")
    return neutral(" ".join(text.split()).rstrip("."), 400) + "."


def demand_octodns() -> None:
    """Raise ``AccountError`` where octoDNS isn't installed."""
    try:
        import_module("octodns")
    except ImportError:
        raise AccountError(
            "octoDNS isn't installed.",
            "Install it with `pip install 'reconciler[octodns]'`, and its provider's package.",
        ) from None


def demand_admitted(name: str, policy: Policy) -> None:
    """Raise ``RefusedError`` for a class that policy doesn't name."""
    if not policy.admits_class(name):
        raise RefusedError(
            f"Policy doesn't admit the class {neutral(name)}, so it isn't imported.",
            f"Add it under `policy: {{octodns_classes: [{neutral(name.rpartition('.')[0])}.*]}}` in account.yaml.",
        )


def provider_class(name: str, policy: Policy) -> Any:
    """Return a class of octoDNS by its name; raises ``RefusedError``, and ``AccountError`` where there is none."""
    demand_admitted(name, policy)
    demand_octodns()
    module, _, last = name.rpartition(".")
    package = module.partition(".")[0].replace("_", "-")
    with quiet():
        from octodns.provider.base import BaseProvider

        try:
            found = getattr(import_module(module), last, None)
        except ImportError as error:
            raise AccountError(
                f"The class {name} can't be imported: {neutral(str(error))}.",
                f"Install the package that has it, for example `pip install {package}`.",
            ) from None
    if not (isinstance(found, type) and issubclass(found, BaseProvider)):
        raise AccountError(f"{name} is no provider of octoDNS.", "Correct `class` under `providers` in account.yaml.")
    return found


def origin_of(settings: OctodnsProvider) -> str:
    """Return the class with its options, the credentials left out, so that seals hold when they move."""
    told = _without_credentials(settings.options.given)
    words = (f"{name}={found if isinstance(found, str) else json.dumps(found)}" for name, found in sorted(told.items()))
    return " ".join((f"octodns:{settings.class_}", *words))


def _without_credentials(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _without_credentials(v) for k, v in value.items() if not isinstance(v, CredentialField)}
    return [_without_credentials(v) for v in value] if isinstance(value, tuple) else value


def made_with(cls: Any, given: Mapping[str, Any], secrets: Mapping[str, Secret]) -> dict[str, Any]:
    """Return the options of a class, texts read as what its constructor expects, credentials in their places."""
    defaults = {
        name: parameter.default
        for base in cls.__mro__
        for name, parameter in inspect.signature(base.__init__).parameters.items()
    }
    return {
        name: _filled(value, f"options.{name}", defaults.get(name), secrets)
        for name, value in given.items()
        if name not in _OWN_LIMITS
    }


def _filled(value: Any, path: str, default: Any, secrets: Mapping[str, Secret]) -> Any:
    if isinstance(value, CredentialField):
        return secrets[path].reveal()
    if isinstance(value, Mapping):
        return {name: _filled(inner, f"{path}.{name}", None, secrets) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [_filled(inner, path, None, secrets) for inner in value]
    return _typed(value, default) if isinstance(value, str) else value


def _typed(text: str, default: Any) -> Any:
    """Return text as the type of the default that it replaces; without one as YAML would."""
    if isinstance(default, str):
        return text
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if isinstance(default, float):
        return float(text)
    return int(text) if _DIGITS.match(text) else text
