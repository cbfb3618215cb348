"""Charts as the report prints them: all text in one size, and drawn quickly.

Vega measures a text anew for every limit on its length and every round of fitting a chart into its box, and measuring
is most of what drawing costs. So nothing is limited or fitted here: the plot is as wide as its labels, told by their
length, leave room for, and the template scales a chart down that comes out wider.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from calculator import charts
from calculator.charts.style import Chart, label, short_forms
from calculator.wording import axis_amounts

FULL_WIDTH = 700
HALF_WIDTH = 340
"""Pixels over the width of the page and over half of it: 11 of them print as 7.7 points."""
STEP, BAR, NAME = 16, 12, 18
"""Pixels of a row of a chart that has one for each option or input, of a bar in it at most, of a name over a bar."""
NARROW = 200
"""Pixels right of the labels under which legends have one column."""
WIDTHS = {"mwMW%@…": 10.0, "fijlrtI.,:;'|-()[] /": 4.3, "0123456789ABCDEFGHJKLNOPQRSTUVXYZ": 7.4}
OTHER_WIDTH = 6.6
"""Pixels of a character of a label, about and rather too many."""
NUMBER = 34
"""Pixels of the numbers along an axis."""
LINE = 16
EDGE = 14
"""Pixels of an axis title, and of what stands over on the right: padding, half of the last number."""
TICK_GAP, MILLION = 6, 1e6
"""Pixels between two sums along an axis; the size that most of them have."""
LEAST = 0.27
"""Share of the width that is left to the plot however long the labels are."""
HOLDERS = ("blocks", "items")
"""Where sections and pairs keep their blocks."""
SHORTENED = ("s", "~g")
"""Ends of formats of numbers that may be large: d3 writes thousands with a small k, or with all their zeros."""
LIMITS = ("limit", "labelLimit", "titleLimit")


def drawn_later(chart: Chart, height: int | None, half: bool, beside: Sequence[str] = ()) -> Callable[[], dict[str, Any]]:
    """SVG of a chart without its title, and its width as a share of the room it has; `beside` stands right of the plot.

    All charts are asked for before the first is waited for: where others draw them, they draw side by side.
    """
    spec, records = _shortened(chart) if half else chart
    room = HALF_WIDTH if half else FULL_WIDTH
    right = room - _left(spec, records) - EDGE
    plot = max(right - _width(beside), LEAST * room)
    stepped = isinstance(spec.get("height"), dict) and height is None
    row = STEP + NAME * (spec.get("usermeta", {}).get("lines_per_row", 1) - 1)
    changes = {"bar": BAR if stepped else None, "columns": 1 if right < NARROW else None, "ticks": _sums_along(plot)}
    spec = {**_for_print(spec, changes), "title": None, "autosize": {"type": "pad"}}
    spec["height"] = {"step": row} if stepped else height or spec["height"]
    later = charts.svg_later((spec, records), round(plot))
    return lambda: _measured(later(), room)


def _measured(svg: str, room: float) -> dict[str, Any]:
    found = re.search(r'<svg[^>]* width="([\d.]+)"', svg)
    return {"svg": svg, "share": min(1.0, float(found[1]) / room) if found else 1.0}


def with_drawings(block: Any) -> Any:
    """A block, or what holds blocks, with its charts drawn."""
    if isinstance(block, list):
        return [with_drawings(item) for item in block]
    if not isinstance(block, dict):
        return block
    inner = {key: with_drawings(block[key]) for key in HOLDERS if key in block}
    drawing = block["drawing"]() if "drawing" in block else {}
    return {**{key: value for key, value in block.items() if key != "drawing"}, **inner, **drawing}


def _shortened(chart: Chart) -> Chart:
    """The chart with names along its vertical axis that leave half of it to the plot; only where they stay different."""
    spec, records = chart
    fields = {y["field"] for y in _axes(spec) if y.get("type") == "nominal"}
    names = {str(r[field]) for field in fields for r in records if r.get(field) is not None}
    short = {name: label(name) for name in names}
    if len(set(short.values())) < len(names):
        return chart
    moved = [{k: short.get(v, v) if k in fields else v for k, v in r.items()} for r in records]
    return _renamed(spec, short), moved


def _renamed(part: Any, names: dict[str, str]) -> Any:
    """A spec that sorts by the short names."""
    if isinstance(part, list):
        return [names.get(item, item) if isinstance(item, str) else _renamed(item, names) for item in part]
    return {key: _renamed(value, names) for key, value in part.items()} if isinstance(part, dict) else part


def _for_print(part: Any, most: Mapping[str, int | None]) -> Any:
    """A spec whose texts have no limits (Vega has some of its own where none is named), without what only a page shows.

    `most` are limits that print sets: the height of a `bar`, `columns` of a legend, `ticks` of sums along the page.
    """
    if isinstance(part, list):
        return [_for_print(item, most) for item in part]
    if not isinstance(part, dict):
        return part
    free: dict[str, Any] = {
        key: 0 if key in LIMITS else _for_print(value, most) for key, value in part.items() if key != "tooltip"
    }
    if str(part.get("format", "")).endswith(SHORTENED):
        free |= {"labelExpr": short_forms("$" in part["format"]), "labelOverlap": "greedy", "labelSeparation": 6}
    if most["bar"] and part.get("type") == "bar" and "height" in part:
        free["height"] = min(part["height"], most["bar"])
    if most["columns"] and "columns" in part:
        free["columns"] = most["columns"]
    if "$" in part.get("x", {}).get("axis", {}).get("format", ""):
        free["x"] = {**free["x"], "axis": {**free["x"]["axis"], "tickCount": most["ticks"]}}
    if "config" in part:
        none = dict.fromkeys(LIMITS[1:], 0)
        config = part["config"]
        free["config"] = {**config, **{place: {**config.get(place, {}), **none} for place in ("axis", "legend")}}
    return free


def _sums_along(plot: float) -> int:
    """How many sums to ask for along a horizontal axis, so that each has its room; d3 may give two fifths more."""
    return max(2, int(plot / (1.4 * (_sum_width() + TICK_GAP))))


def _sum_width() -> float:
    """Pixels of a sum along an axis: some millions, or thousands where the locale has no short form for them."""
    before, after, sizes = axis_amounts()
    million = next(short for size, short in sizes if size == MILLION)
    return _width([f"{before}2.5{million}{after}", f"{before}{'500K' if sizes[-1][0] < MILLION else '500.000'}{after}"])


def _left(spec: dict[str, Any], records: list[dict[str, Any]]) -> float:
    """Pixels of the labels and the title of the vertical axis."""
    y = next(_axes(spec), {})
    labels = [str(r[y["field"]]) for r in records if y.get("type") == "nominal" and r.get(y["field"]) is not None]
    numbers = _sum_width() if "$" in (y.get("axis") or {}).get("format", "") else NUMBER if y else 0
    return (_width(labels) + LINE / 2 if labels else numbers) + (LINE if y.get("title") else 0)


def _axes(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Vertical channels that have an axis."""
    for part in [spec, *spec.get("layer", [])]:
        y = part.get("encoding", {}).get("y")
        if y and "field" in y and y.get("axis", {}) is not None:
            yield y


def _width(labels: Sequence[str]) -> float:
    def pixels(character: str) -> float:
        return next((width for characters, width in WIDTHS.items() if character in characters), OTHER_WIDTH)

    return max((sum(map(pixels, text)) for text in labels), default=0.0)
