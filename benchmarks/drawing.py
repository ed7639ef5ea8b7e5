"""Draws SVG: a chart with two logarithmic axes, and boxes with arrows between them. Nothing is needed to show it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'font-family="sans-serif" font-size="13" role="img" aria-label="{title}">\n'
    '<rect width="100%" height="100%" fill="#ffffff"/>\n'
    '<text x="{middle}" y="22" text-anchor="middle" font-size="15" fill="#222222">{title}</text>\n'
)
#: Colours that stay apart for people who see fewer of them (Okabe and Ito), each with a dash of its own.
_LINES = (("#d55e00", ""), ("#0072b2", ""), ("#009e73", ""), ("#666666", "6 4"), ("#999999", "2 4"))


@dataclass(frozen=True)
class Axis:
    """One axis: what it is called, from where to where in pixels, and the least and most value."""

    name: str
    start: float
    end: float
    least: float
    most: float

    def at(self, value: float) -> float:
        """Return where a value lies."""
        low, high = math.log10(self.least), math.log10(self.most)
        return self.start + (math.log10(value) - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return the powers of ten on it."""
        low, high = round(math.log10(self.least)), round(math.log10(self.most))
        return [10.0**power for power in range(low, high + 1)]


def chart(title: str, names: tuple[str, str], lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return a chart of lines by their names; both axes are logarithmic, from one power of ten to another."""
    xs, ys = ([point[place] for line in lines.values() for point in line] for place in (0, 1))
    across = Axis(names[0], 70, 560, *_powers(xs))
    up = Axis(names[1], 380, 50, *_powers(ys))
    parts = [_HEAD.format(width=760, height=440, middle=380, title=escape(title)), *_grid(across, up)]
    for number, (name, points) in enumerate(lines.items()):
        colour, dash = _LINES[number % len(_LINES)]
        places = [(across.at(x), up.at(y)) for x, y in sorted(points)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(f'<text x="{x + 10:.1f}" y="{y + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _powers(values: Sequence[float]) -> tuple[float, float]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return 10.0**low, 10.0 ** max(high, low + 1)


def _grid(across: Axis, up: Axis) -> list[str]:
    parts = []
    for value in across.ticks():
        x = across.at(value)
        parts.append(f'<line x1="{x:.1f}" y1="{up.start}" x2="{x:.1f}" y2="{up.end}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{up.start + 20}" text-anchor="middle" fill="#444444">{value:,g}</text>')
    for value in up.ticks():
        y = up.at(value)
        parts.append(f'<line x1="{across.start}" y1="{y:.1f}" x2="{across.end}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(f'<text x="{across.start - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444444">{value:g}</text>')
    middle = (across.start + across.end) / 2
    parts.append(
        f'<text x="{middle}" y="{up.start + 42}" text-anchor="middle" fill="#444444">{escape(across.name)}</text>'
    )
    parts.append(
        f'<text x="{across.start}" y="{up.end - 10}" text-anchor="middle" fill="#444444">{escape(up.name)}</text>'
    )
    return parts


@dataclass(frozen=True)
class Step:
    """A box in a row of boxes: its name, what stands below it, and whether data usually goes around it."""

    name: str
    below: str = ""
    aside: bool = False


def flow(title: str, steps: Sequence[Step], footing: str = "") -> str:
    """Return boxes with arrows from each to the next; boxes aside hang below, and data comes back from them."""
    row, aside = [step for step in steps if not step.aside], [step for step in steps if step.aside]
    width, gap, left = 178, 30, 16
    whole = left * 2 + len(row) * width + (len(row) - 1) * gap
    height = 250 if aside else 150
    parts = [_HEAD.format(width=whole, height=height, middle=whole / 2, title=escape(title)), _ARROW]
    for number, step in enumerate(row):
        x = left + number * (width + gap)
        parts += _box(step, x, 45, width, "#e8f1f8", "#0072b2")
        if number + 1 < len(row):
            parts.append(_arrow(x + width, 78, x + width + gap, 78))
    for number, step in enumerate(aside):
        x = left + (2 * number + 1) * (width + gap)
        parts += _box(step, x, 150, width, "#fdf1e7", "#d55e00")
        parts += [_arrow(x + 40, 112, x + 40, 150), _arrow(x + width - 40, 150, x + width - 40, 112)]
    parts.append(
        f'<text x="{whole / 2}" y="{height - 10}" text-anchor="middle" fill="#444444">{escape(footing)}</text>'
    )
    return "\n".join([*parts, "</svg>\n"])


_ARROW = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0,0 L8,4 L0,8 z" fill="#444444"/></marker></defs>'
)


def _box(step: Step, x: float, y: float, width: float, fill: str, line: str) -> list[str]:
    below = [text for text in step.below.split("\n") if text]
    parts = [f'<rect x="{x}" y="{y}" width="{width}" height="66" rx="6" fill="{fill}" stroke="{line}"/>']
    top = y + (38 if not below else 24)
    parts.append(f'<text x="{x + width / 2}" y="{top}" text-anchor="middle" fill="#222222">{escape(step.name)}</text>')
    for number, text in enumerate(below):
        place = f'x="{x + width / 2}" y="{top + 17 * (number + 1)}"'
        parts.append(f'<text {place} text-anchor="middle" font-size="11" fill="#555555">{escape(text)}</text>')
    return parts


def _arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    return (
        f'<line x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}" stroke="#444444" stroke-width="1.5" marker-end="url(#tip)"/>'
    )
