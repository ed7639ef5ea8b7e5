"""Pictures are made by the program, and are well-formed whatever they are of."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from drawing import Step, chart, flow
from experiments import FULL
from illustrations import FOLDER, flows, write
from results import Measured, Results

SVG = "{http://www.w3.org/2000/svg}"


def test_each_line_of_a_chart_has_its_points_and_its_name() -> None:
    """What costs ten times as much at ten times the size is a straight line."""
    drawn = ET.fromstring(chart("Cost", ("size", "s"), {"<a> & b": [(10, 0.1), (100, 1.0), (1000, 10.0)]}))
    assert len(drawn.findall(f"{SVG}circle")) == 3
    assert "<a> & b" in [text.text for text in drawn.iter(f"{SVG}text")]
    places = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in drawn.findall(f"{SVG}circle")]
    (x1, y1), (x2, y2), (x3, y3) = places
    assert (y2 - y1) / (x2 - x1) == pytest.approx((y3 - y2) / (x3 - x2), rel=0.01)


def test_each_step_of_a_flow_is_a_box_and_leads_to_the_next() -> None:
    """A step aside is reached and left again."""
    drawn = ET.fromstring(flow("Way", (Step("one"), Step("two", "a\nb"), Step("other", aside=True), Step("three"))))
    assert len(drawn.findall(f"{SVG}rect")) == 1 + 4
    assert len(drawn.findall(f"{SVG}line")) == 2 + 2


@pytest.mark.parametrize("name", sorted(flows()))
def test_the_pictures_of_the_pages_are_what_the_program_draws(name: str) -> None:
    """``make bench BENCH=--page`` writes them; nobody edits them by hand."""
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == flows()[name]


def test_without_figures_there_is_no_chart(tmp_path: Path) -> None:
    """Nothing is drawn that wasn't measured."""
    write(Results(tmp_path / "none.json"), FULL, tmp_path / "pictures")
    assert not (tmp_path / "pictures" / "cost-by-size.svg").exists()
    figures = Results(tmp_path / "some.json")
    figures.put("plan-1x1000", Measured({"cold": [{"cpu": 0.3, "wall": 0.3, "peak": 50.0}]}), {"text": ""})
    write(figures, FULL, tmp_path / "pictures")
    assert (tmp_path / "pictures" / "cost-by-size.svg").exists()
