"""Notifications: which notices the company sends, per topic and channel."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from reconciler.kinds._fields import FieldsKind, Resource, fields_of
from reconciler.kinds._mail import sorted_unique
from reconciler.model.address import Address, join
from reconciler.model.fields import Json, Value, to_json
from reconciler.model.kind import NO_REFERENCES
from reconciler.model.marks import AfterValidator, said

Channel = Literal["email", "sms", "post"]


class NotificationModel(Resource):
    """A topic's channels: a list, or a mapping with `channels` and `meta`. An empty list means no notices."""

    channels: Annotated[tuple[Channel, ...], AfterValidator(sorted_unique)] = said(
        description="How the notices come; none with an empty list."
    )

    @classmethod
    def spelt_out(cls, data: Any) -> Any:
        """Return the mapping for which a list is short."""
        return {"channels": data} if isinstance(data, list | tuple) else data


class NotificationKind(FieldsKind):
    """``notifications: TOPIC``; the topics are a list that the account reports."""

    name = "notification"
    title = "notification"
    path = ("notifications", "*")
    model = NotificationModel
    fixed = True
    short_form = "channels"

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``notification/TOPIC``."""
        return join(self.name, keys[0])

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return the list of channels."""
        return to_json(fields_of(value).value("channels", ()))
