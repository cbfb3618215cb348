"""Charts in print: no limits that make Vega measure again, room for labels, each drawn once."""

import re
from typing import Any

from calculator import charts
from calculator.charts.render import _drawn
from calculator.charts.style import Chart
from calculator.report.drawing import FULL_WIDTH, HALF_WIDTH, drawn_later

ROWS = [{"option": f"a long label of a bar {n}", "usd": 10.0 * n} for n in range(1, 4)]
SPEC = {
    "height": {"step": 26},
    "title": "left out",
    "config": {"axis": {"labelLimit": 20}},
    "mark": {"type": "bar", "height": 30},
    "encoding": {
        "y": {"field": "option", "type": "nominal", "title": None, "axis": {"labelLimit": 10}},
        "x": {"field": "usd", "type": "quantitative"},
    },
}


def drawn(chart: Chart, height: int | None, half: bool) -> dict[str, Any]:
    return drawn_later(chart, height, half)()


def width(svg: str) -> float:
    found = re.search(r'<svg[^>]* width="([\d.]+)"', svg)
    assert found
    return float(found[1])


def test_labels_are_whole_and_have_their_room() -> None:
    for half, room in ((True, HALF_WIDTH), (False, FULL_WIDTH)):
        shown = drawn((SPEC, ROWS), None, half)
        for row in ROWS:
            assert str(row["option"]) in shown["svg"]
        assert "left out" not in shown["svg"]
        assert 0.8 * room < width(shown["svg"]) <= room
        assert shown["share"] == width(shown["svg"]) / room


def test_long_names_leave_half_a_chart_to_the_plot_where_they_stay_different() -> None:
    wide = [{**row, "option": f"{'wide-name-' * 5}{n:02d}"} for n, row in enumerate(ROWS)]
    shown = drawn((SPEC, wide), None, half=True)
    assert "wide-name-wide…ide-name-02" in shown["svg"]
    assert width(shown["svg"]) <= HALF_WIDTH
    alike = [{**row, "option": f"{'wide-name-' * 3}{n}{'-wide-name' * 3}"} for n, row in enumerate(ROWS)]
    shown = drawn((SPEC, alike), None, half=True)
    assert str(alike[0]["option"]) in shown["svg"]
    assert width(shown["svg"]) > HALF_WIDTH
    assert shown["share"] == 1.0


def test_the_spec_stays_as_it_was_and_is_drawn_once() -> None:
    drawn((SPEC, ROWS), None, half=True)
    assert SPEC["encoding"]["y"]["axis"] == {"labelLimit": 10}  # type: ignore[index]
    before = _drawn.cache_info().misses
    drawn((SPEC, ROWS), None, half=True)
    assert _drawn.cache_info().misses == before
    assert charts.svg((SPEC, ROWS), 100) != charts.svg((SPEC, ROWS), 200)
