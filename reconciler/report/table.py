"""Tables: columns as wide as their widest cell, amounts at their right edge, nothing behind the last one."""

from collections.abc import Collection, Iterator, Sequence

from reconciler.report.ink import Line, Tone, columns, line


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int]) -> Iterator[Line]:
    """Yield a table of neutral cells; those of the columns in ``right`` end below each other."""
    cells = [heads, *rows]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        padded = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - columns(cell))
            padded.append(space + cell if place in right else cell + space)
        yield line(("  ".join(padded).rstrip(), Tone.DIM if number == 0 else Tone.PLAIN))
