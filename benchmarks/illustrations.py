"""The pictures of the pages: what a plan costs by size, and how data goes through the hot paths."""

from pathlib import Path

from drawing import Step, chart, flow
from experiments import Scale
from results import Measured, Results

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"

_LINES = {"octoDNS": "octoDNS, any plan", "cold": "cold plan", "warm": "warm plan", "floor cold": "floor, cold"}


def write(results: Results, scale: Scale, folder: Path = FOLDER) -> None:
    """Write all pictures; the chart only where there is something to draw."""
    folder.mkdir(exist_ok=True)
    for name, drawn in {**flows(), **costs(results, scale)}.items():
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")


def costs(results: Results, scale: Scale) -> dict[str, str]:
    """Return the chart of CPU seconds by record sets in one zone."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for count in scale.zones_of:
        found = results.experiments.get(f"plan-1x{count}", Measured())
        for series, name in _LINES.items():
            if cost := found.median(series):
                lines.setdefault(name, []).append((count, cost))
    axes = ("record sets in one zone", "CPU s")
    return {"cost-by-size": chart("What a plan without changes costs", axes, lines)} if lines else {}


def flows() -> dict[str, str]:
    """Return a picture of each hot path."""
    return {
        "hot-path-record": flow(
            "Files of the record become canonical values",
            (
                Step("ids of the files", "known already? then\nno file is read"),
                Step("lines", "all of a file taken apart\nby one expression"),
                Step("the usual form", "origins made once,\nand shared"),
                Step("JSON, the kind's reader", "lines of another form,\nfiles as a whole", aside=True),
                Step("canonical values", "and where each came from,\nin a group of its own"),
            ),
            "A line that isn't of the usual form costs more time, and means the same.",
        ),
        "hot-path-zone-file": flow(
            "A zone file becomes canonical values",
            (
                Step("bytes of the file", "digest: known already?\nthen nothing is read"),
                Step("entries of the text", "one expression knows those\nof the plain form"),
                Step("the general way", "libyaml's events: an entry of\nanother form, or the whole file", aside=True),
                Step("wire bytes", "made from the text, no node\nor event for a scalar"),
                Step("canonical values", "TTL and sorted values,\ntheir places beside them"),
            ),
            "The general way decides what is right: both give the same values, places and findings.",
        ),
        "hot-path-transfer": flow(
            "A zone transfer becomes canonical values",
            (
                Step("messages", "proven by their signature,\nthe first and last an SOA"),
                Step("records", "names by their place in\nthe message, each read once"),
                Step("RDATA", "copied as it is, but for\ntypes that hold names"),
                Step("dnspython", "odd types, algorithms\nand spellings", aside=True),
                Step("record sets", "by owner and type,\nvalues sorted"),
                Step("canonical values", "only if all came, up to\nthe closing SOA"),
            ),
            "What can't be read is refused, never left out: a zone that is read in part is not read.",
        ),
        "hot-path-update": flow(
            "Changes become UPDATE messages",
            (
                Step("changes of a zone", "what was read, and\nwhat it shall be"),
                Step("prerequisites", "each record set is\nas it was read"),
                Step("cut", "as many as fit, what belongs\ntogether in one message"),
                Step("signed and sent", "one after another over\none connection"),
                Step("read back", "what the server holds now\ndecides what was done"),
            ),
            "A message is made whole or not at all by the server; a lost answer is settled by reading.",
        ),
    }
