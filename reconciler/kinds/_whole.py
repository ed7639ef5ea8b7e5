"""What kinds have in common whose values are owned whole: without secrets, private fields, defaults or renaming."""

from collections.abc import Mapping
from datetime import date

from reconciler.model.address import Address, split
from reconciler.model.fields import Value


class WholeKind:
    """A kind whose values are compared, shown and kept as they are; each kind's file says what they are."""

    fixed = False
    is_request = False
    lasting = ""
    needs_tombstone = False
    holds_data = False
    natural_key: str | None = None
    defaults: Mapping[str, Value] = {}
    secret_fields: frozenset[str] = frozenset()
    secret_keys: frozenset[str] = frozenset()
    private_fields: frozenset[str] = frozenset()

    def keys(self, address: Address) -> tuple[str, ...]:
        """Return the parts of the address after the kind."""
        return split(address)[1:]

    def project(self, value: Value, fields: frozenset[str]) -> Value:
        """Return the value as it is."""
        return value

    def completed(self, value: Value, fields: frozenset[str]) -> Value:
        """Return the value as it is."""
        return value

    def sealed(self, value: Value, salt: str) -> Value:
        """Return the value as it is: nothing in it is private."""
        return value

    def masked(self, value: Value) -> Value:
        """Return the value as it is."""
        return value

    def readable(self, value: Value) -> Value:
        """Return the value as it is: it has no secrets."""
        return value

    def secrets_of(self, value: Value) -> frozenset[str]:
        """Return none."""
        return frozenset()

    def versions(self, value: Value) -> Mapping[str, int | str]:
        """Return none."""
        return {}

    def with_versions(self, value: Value, source: Value) -> Value:
        """Return the value as it is."""
        return value

    def expired_fields(self, value: Value, today: date) -> frozenset[str]:
        """Return none: nothing in it expires."""
        return frozenset()

    def renamed(self, value: Value, names: Mapping[Address, Address]) -> Value:
        """Return the value as it is."""
        return value

    def check_secret(self, path: str, text: str) -> str:
        """Return an empty string: there are no secrets."""
        return ""

    def is_at_rest(self, address: Address, value: Value) -> bool:
        """Tell whether a person would write nothing of it: that it is there says something."""
        return False
