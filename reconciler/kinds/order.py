"""Orders: a domain, a package, or another tariff for a package, at the price of the company's dated price list."""

from typing import Annotated, Any, NamedTuple

from reconciler.kinds._fields import fields_of
from reconciler.kinds._mail import canonical_domain
from reconciler.kinds.request_kind import RequestKind, RequestModel
from reconciler.model.change import Risk
from reconciler.model.fields import Value
from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, BeforeValidator, WithJsonSchema, said
from reconciler.model.money import Money, PriceCap, price_cap, setup_cap
from reconciler.model.scalars import Text, wrong_type, wrong_value
from reconciler.model.written import Written

_TERM = pattern(r"[1-9][0-9]{0,2} (?:months?|years?)\Z")
_NAME = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


def _term(value: str) -> str:
    if not _TERM.match(value):
        raise wrong_value("A term is a number of months or years.", "Write one such as `12 months`.")
    return value


def _cap(value: Any) -> str:
    try:
        return str(price_cap(value))
    except (TypeError, ValueError):
        remedy = "Write the amount, for how long, and whether with VAT: `24.00 EUR/year gross`."
        raise wrong_type("the highest price", remedy) from None


def _setup_cap(value: Any) -> str:
    try:
        return f"{setup_cap(value)} gross"
    except (TypeError, ValueError):
        raise wrong_type("the highest price of the setup", "Write the amount with VAT: `49.00 EUR gross`.") from None


def _name(value: str) -> str:
    if not _NAME.match(value):
        raise wrong_value("This is no name of the price list or of a package.", "Write one such as `web-l`.")
    return value


Name = Annotated[Text, AfterValidator(_name)]


class TariffModel(Written):
    """Another tariff for a booked package."""

    package: Name = said(description="The package as the account calls it; `reconciler show packages` lists them.")
    to: Name = said(description="The price list's name of the new tariff, such as `web-xl`.")


class OrderModel(RequestModel):
    """An order: exactly one of `domain`, `package` and `tariff`."""

    domain: Annotated[Text, AfterValidator(canonical_domain)] | None = said(
        default=None, description="The domain to book."
    )
    package: Name | None = said(default=None, description="The tariff of a new package, such as `web-l`.")
    tariff: TariffModel | None = said(default=None, description="Another tariff for a package.")
    into: Name | None = said(default=None, description="The package in which a domain is booked.")
    term: Annotated[Text, AfterValidator(_term)] | None = said(
        default=None, description="For how long it may bind; another term in the price list refuses the order."
    )
    max_price: (
        Annotated[str, BeforeValidator(_cap), WithJsonSchema({"type": "string", "pattern": ".* (gross|net)"})] | None
    ) = said(default=None, description="The highest price: `24.00 EUR/year gross`, `5.00 EUR/month net`.")
    max_setup: (
        Annotated[str, BeforeValidator(_setup_cap), WithJsonSchema({"type": "string", "pattern": ".* gross"})] | None
    ) = said(default=None, description="The most that setting it up may cost, which `max_price` doesn't cover.")

    def check(self) -> None:
        """Raise ``PydanticCustomError`` unless the order is for one thing."""
        named = [name for name in ("domain", "package", "tariff") if getattr(self, name) is not None]
        if len(named) != 1:
            raise wrong_value(
                f"An order is for one thing, and this one names {' and '.join(named) or 'none'}.",
                "Write exactly one of `domain`, `package` and `tariff`.",
            )
        if self.into is not None and self.domain is None:
            raise wrong_value("Only a domain is booked into a package.", "Leave out `into`.")


class OrderKind(RequestKind):
    """``requests: REFERENCE: order``."""

    name = "order"
    title = "order"
    path = ("requests", "*", "order")
    model = OrderModel
    worst = Risk.MONEY
    lasting = "What was ordered stays ordered, and paid for, until it is cancelled with its notice."


class Ordered(NamedTuple):
    """What an order is about, in the price list's words, and what is allowed for it; each may be empty but ``item``."""

    item: str
    setup: str
    term: str
    cap: PriceCap | None
    setup_cap: Money | None


def ordered_of(value: Value) -> Ordered:
    """Return what is ordered: ``domain/shop``, or ``package/web-l`` with its ``setup/web-l``."""
    order = fields_of(value)
    domain, package, tariff = order.value("domain"), order.value("package"), order.value("tariff")
    if domain:
        item = f"domain/{str(domain).partition('.')[2]}"
    else:
        item = f"package/{fields_of(tariff).value('to') if tariff else package}"
    setup, term = f"setup/{package}" if package else "", str(order.value("term") or "")
    cap, most = order.value("max_price"), order.value("max_setup")
    return Ordered(item, setup, term, price_cap(str(cap)) if cap else None, setup_cap(str(most)) if most else None)
