"""What the codes of formatting mean."""

from collections.abc import Mapping

from reconciler.model.code import Code

CODES: Mapping[str, Code] = {
    "not-formattable": Code(
        "The file can't be formatted.",
        "`fmt` keeps the meaning and every comment of a file, and proves it after writing. This file is written in a "
        "way for which that fails, so it stays as it is. Write the part that is shown in plain YAML.",
    ),
}
