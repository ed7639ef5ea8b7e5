"""What the codes of formatting and editing mean."""

from collections.abc import Mapping

from reconciler.model.code import Code

CODES: Mapping[str, Code] = {
    "by-hand": Code(
        "This has to be written by hand.",
        "An edit changes only the lines concerned, and never what other places share: a value that an alias repeats, "
        "or that a template makes. What is shown is such a value, or is written in a way for which the edit can't be "
        "proven to change nothing else. Write it by hand, then plan again.",
    ),
    "not-adopted": Code(
        "What would be written doesn't say what is live.",
        "`adopt` plans with the new files before it writes them, and writes nothing unless all that it was asked for "
        "then agrees with the account, and nothing else differs that agreed before.",
    ),
    "not-formattable": Code(
        "The file can't be formatted.",
        "`fmt` keeps the meaning and every comment of a file, and proves it after writing. This file is written in a "
        "way for which that fails, so it stays as it is. Write the part that is shown in plain YAML.",
    ),
}
