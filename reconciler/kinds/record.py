"""stub"""

from reconciler.kinds._fields import FieldsKind


class RecordKind(FieldsKind):
    name = "record"
