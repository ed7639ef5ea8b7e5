"""``account.yaml``: which account, through which provider, under which policy.

This is the only file that may hold ``version``, ``account``, ``providers``, ``policy``, ``dns``, ``record`` and
``exclude``.
"""

from collections.abc import Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from reconciler.model.address import matches
from reconciler.model.late import pattern
from reconciler.model.links import origin_of
from reconciler.model.marks import AfterValidator, BeforeValidator, WithJsonSchema, said
from reconciler.model.providers import ManualProvider, ProviderSettings
from reconciler.model.scalars import Boolean, Day, Integer, Text, wrong_type, wrong_value
from reconciler.model.verification import Verification
from reconciler.model.written import Written

_ACCOUNT = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_REMOTE = pattern(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*|\.)\Z")
_REF = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")

Unmanaged = Literal["report", "ignore", "delete", "refuse"]


def _version(value: Any) -> int:
    if value in ("1", 1):
        return 1
    raise wrong_value("This program reads format version 1.", "Write `version: 1`.")


def _account(value: Any) -> str:
    if not isinstance(value, str) or not _ACCOUNT.match(value):
        raise wrong_type(
            "an account number", "Write letters, digits, dots, hyphens or underscores, such as `K-104711`."
        )
    return value


def _ref(value: Any) -> str:
    if not isinstance(value, str) or not _REF.match(value) or ".." in value or value.endswith((".lock", ".")):
        raise wrong_type("a branch name", "Write a name such as `reconciler/K-104711`.")
    return value


def _remote(value: Any) -> str:
    if not isinstance(value, str) or not _REMOTE.match(value) or ".." in value or value.endswith((".lock", "..")):
        raise wrong_type("the name of a remote", "Write a name that `git remote` shows, such as `origin`, or `.`.")
    return value


def _ttl(value: int) -> int:
    if not 0 <= value <= 2**31 - 1:
        raise wrong_value("A TTL is between 0 and 2147483647 seconds (RFC 2181, section 8).")
    return value


Ttl = Annotated[Integer, AfterValidator(_ttl), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 2147483647})]


class Providers(Written):
    """Which outside holds the account: ``default``, and any section of it that has a provider of its own."""

    # Any name is taken for a section: which ones there are is known where the kinds are.
    __pydantic_extra__: dict[str, ProviderSettings] = said(init=False)

    default: ProviderSettings = said(description="Holds what no other key gives to a provider of its own.")

    @property
    def sections(self) -> Mapping[str, ProviderSettings]:
        """The sections that have a provider of their own, with its settings, in the order in which they are written."""
        return self.__pydantic_extra__ or {}

    @property
    def are_embedded(self) -> bool:
        """Whether the whole account lies in files or is seen to by hand, so that nothing leads off this machine."""
        return all(settings.type in ("embedded", "manual") for settings in (self.default, *self.sections.values()))

    def of(self, section: str) -> ProviderSettings:
        """Return the settings of the provider that holds a section."""
        return self.sections.get(section, self.default)

    def by_hand(self, section: str) -> ManualProvider | None:
        """Return the settings of a section that only a person can see to, else None."""
        settings = self.of(section)
        return settings if isinstance(settings, ManualProvider) else None


class IgnoreRule(Written):
    """Addresses to leave alone, live and desired, with the reason."""

    match: Text = said(description="A glob over addresses; `*` doesn't cross a `/`.")
    reason: Text
    until: Day | None = said(default=None, description="The last day on which the rule holds.")

    def holds(self, today: date) -> bool:
        """Tell whether the rule hasn't passed its day."""
        return self.until is None or today <= self.until


class SilenceRule(IgnoreRule):
    """Findings not to speak of, with the reason."""

    code: Text = said(description="The code of the findings, such as `mx-to-cname`; errors can't be silenced.")

    def covers(self, code: str, address: str | None) -> bool:
        """Tell whether the rule is about a finding; one that is about no resource can't be silenced."""
        return code == self.code and address is not None and matches(address, self.match)


def _count(value: int) -> int:
    if not 1 <= value <= 10:
        raise wrong_value("Between 1 and 10 reviews can be asked for.")
    return value


class ApprovalRule(Written):
    """Which reviews a pull request needs."""

    count: Annotated[Integer, AfterValidator(_count)] = said(default=1, description="How many reviews; 1 by default.")
    from_: tuple[Text, ...] = said(
        alias="from", default=(), description="Users, or teams with a slash (`acme/ops`); whoever may write by default."
    )
    not_: Literal["author"] | None = said(
        alias="not", default=None, description="`author`: whoever opened the pull request doesn't count."
    )


class Approvals(Written):
    """Which reviews an apply needs, by the worst that a change can do."""

    default: ApprovalRule | None = said(default=None, description="For every risk without a rule of its own.")
    cosmetic: ApprovalRule | None = None
    traffic: ApprovalRule | None = None
    access: ApprovalRule | None = None
    money: ApprovalRule | None = None
    legal: ApprovalRule | None = None
    data_loss: ApprovalRule | None = None

    def of(self, risk: str) -> ApprovalRule | None:
        """Return the rule for a risk, if any."""
        return getattr(self, risk) or self.default


def _origin(value: Any) -> str:
    origin = origin_of(value) if isinstance(value, str) else None
    if origin is None or origin != value.casefold():
        raise wrong_type(
            "the origin of links", "Write `https://` and a host, such as `https://servercon.example.com`, and no path."
        )
    return origin


Origin = Annotated[str, BeforeValidator(_origin), WithJsonSchema({"type": "string", "pattern": "https://[^/?#@]+"})]


class Policy(Written):
    """What the program may do by itself."""

    unmanaged: dict[Text, Unmanaged] = said(
        default_factory=dict, description="What happens to live resources that nobody declared, per kind or `default`."
    )
    ignore: tuple[IgnoreRule, ...] = ()
    silence: tuple[SilenceRule, ...] = said(default=(), description="Findings about the files that aren't shown.")
    drift: Literal["hold", "revert", "refuse"] = "hold"
    guards: Literal["enforce", "off"] = said(
        default="enforce", description="`off` lifts the thresholds on deletions (not protection, not tombstones)."
    )
    secrets: tuple[Text, ...] = said(
        default=(), description="Globs over the secrets that a branch may refer to, such as `env/MAIL_*`."
    )

    approvals: Approvals | None = said(default=None, description="Which reviews an apply needs, by risk.")
    links: tuple[Origin, ...] = said(
        default=(), description="Origins such as `https://servercon.example.com` to which links of facts may lead."
    )
    octodns_classes: tuple[Text, ...] | None = said(
        default=None, description="Globs over the classes of octoDNS that may be used, such as `octodns_bind.*`."
    )

    def ignores(self, address: str, today: date) -> bool:
        """Tell whether a rule leaves an address alone."""
        return any(rule.holds(today) and matches(address, rule.match) for rule in self.ignore)

    def admits(self, secret: str) -> bool:
        """Tell whether a branch may refer to a secret, such as ``env/MAIL_INFO``; ``*`` is never ``/`` or ``..``."""
        covered = ".." not in secret.split("/") and any(matches(secret, glob) for glob in self.secrets)
        return covered or secret in self.secrets

    def admits_class(self, name: str) -> bool:
        """Tell whether a class for octoDNS, such as ``octodns_bind.Rfc2136Provider``, may be imported."""
        return any(fnmatchcase(name, glob) for glob in self.octodns_classes or ())

    def admits_link(self, url: str) -> bool:
        """Tell whether a link that the account tells may be shown as one."""
        return origin_of(url) in self.links

    def silences(self, code: str, address: str | None, today: date) -> bool:
        """Tell whether a finding isn't to be shown."""
        return any(rule.covers(code, address) and rule.holds(today) for rule in self.silence)

    def for_unmanaged(self, kind: str) -> Unmanaged:
        """Return what happens to an unmanaged resource of ``kind``."""
        return self.unmanaged.get(kind, self.unmanaged.get("default", "report"))


class ZoneOptions(Written):
    """How a zone's file is read."""

    default_ttl: Ttl | None = said(default=None, description="The TTL of records that name none (3600).")
    lenient: Boolean | None = said(default=None, description="Take targets without a trailing dot as absolute names.")
    escaped_semicolons: Boolean | None = said(
        default=None, description="Whether raw TXT values write `;` as `\\;`, as octoDNS does by default (true)."
    )


class Dns(Written):
    """Where the zone files are and how they are read."""

    directory: Text = "zones"
    exclude: tuple[Text, ...] = said(default=(), description="Globs over file names in the folder that aren't zones.")
    templates: Boolean = said(default=False, description="Whether `{{ vars.NAME }}` is replaced in zone files.")
    defaults: ZoneOptions = ZoneOptions()
    verify: Verification = Verification()


class RecordOptions(Written):
    """Where the record of what was applied is kept."""

    ref: Annotated[str, BeforeValidator(_ref), WithJsonSchema({"type": "string"})] | None = said(
        default=None, description="The branch; `reconciler/<account>` by default."
    )
    remote: Annotated[str, BeforeValidator(_remote), WithJsonSchema({"type": "string"})] | None = said(
        default=None,
        description="The remote, by its name in git; `origin` by default, where there is one. `.` keeps it local.",
    )


class AccountConfig(Written):
    """The content of ``account.yaml`` that no other file may hold."""

    version: Annotated[int, BeforeValidator(_version), WithJsonSchema({"const": 1})]
    account: Annotated[
        str, BeforeValidator(_account), WithJsonSchema({"type": "string", "pattern": _ACCOUNT.pattern[:-2]})
    ]
    providers: Providers
    policy: Policy = Policy()
    dns: Dns = Dns()
    record: RecordOptions = RecordOptions()
    exclude: tuple[Text, ...] = said(default=(), description="Globs over files below the folder that aren't read.")

    @property
    def record_branch(self) -> str:
        """The branch that holds the record."""
        return self.record.ref or f"reconciler/{self.account}"
