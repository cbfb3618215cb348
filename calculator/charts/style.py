"""What all charts share: font, colours, theme, and labels that do not collide."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.wording import Shown, axis_amounts, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

FONT = "Inter"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#3A95D0", "#B87A00", "#7F6000", "#666666")
"""Okabe and Ito's palette, readable for colour-blind readers, its pale ones darker; lines are labelled besides."""
ROUTE_COLOURS = {"api": COLOURS[0], "hosted": COLOURS[4], "rented": COLOURS[1], "owned": COLOURS[2], "hybrid": COLOURS[3]}
"""A route keeps its colour in every chart."""
Chart = tuple[dict[str, Any], list[dict[str, Any]]]
"""A Vega-Lite spec without data, and its records."""
LABEL_LENGTH = 26
TAIL_LENGTH = 11
TITLE_WIDTH = 48
"""Characters of a line of a chart's title."""
ROW_STEP, BELOW_NAME = 38, 6
"""Pixels of a row whose name stands over its bar, and how far below the row's middle the bar lies."""
TWO_LINES = {"lines_per_row": 2}
"""What a spec with such rows says of itself to who sets the height of rows anew."""


def theme(dark: bool) -> dict[str, Any]:
    """Vega-Lite `config` for a light or a dark page."""
    ink, line, faint = ("#e6e6e6", "#75808b", "#4a525b") if dark else ("#222222", "#828990", "#d5d9dd")
    axis = {"labelColor": ink, "titleColor": ink, "gridColor": faint, "domainColor": line, "tickColor": line}
    return {
        "font": FONT,
        "background": "transparent",
        "axis": {**axis, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 190},
        "legend": {
            "orient": "bottom",
            "columns": 3,
            "labelColor": ink,
            "titleColor": ink,
            "labelFontSize": 11,
            "labelLimit": 220,
            "layout": {"bottom": {"direction": "vertical", "anchor": "start"}},  # side by side, two do not fit a phone
        },
        "title": {"color": ink, "subtitleColor": ink, "anchor": "start", "fontSize": 13, "fontWeight": 600},
        "view": {"stroke": None},
        "point": {"opacity": 1},
        "mark": {"aria": False},  # hundreds of marks read out one by one say less than the chart's own text
        "text": {"color": ink},
    }


def titled(text: str) -> list[str]:
    """A title broken into lines that fit a phone and a page."""
    whole = text.replace(" %", "\u00a0%")
    return textwrap.wrap(whole, TITLE_WIDTH, break_on_hyphens=False)


def above_bars(field: str, order: Sequence[str], written: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Names of rows over their bars, so that long ones leave bars their width on a phone: the y channel, and the text layer.

    `written` is the field of what is written, where names are too long for it.
    Rows need ROW_STEP pixels, and marks BELOW_NAME as their `yOffset`.
    """
    y = {"field": field, "type": "nominal", "sort": list(order), "axis": None}
    text = {
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 3, "yOffset": -11, "fontSize": 11},
        "transform": [{"aggregate": [], "groupby": list(dict.fromkeys((field, written or field)))}],
        "encoding": {"y": y, "x": {"value": 0}, "text": {"field": written or field}},
    }
    return y, text


def label(name: str) -> str:
    """A name cut to what a chart can carry, in its middle: ends tell long names apart."""
    if len(name) <= LABEL_LENGTH:
        return name
    return f"{name[: LABEL_LENGTH - TAIL_LENGTH - 1]}…{name[-TAIL_LENGTH:]}"


def lettered(names: Sequence[str]) -> dict[str, str]:
    """Names behind a letter each, by which cells of a map are told apart without their colour; one name needs none."""
    return {name: f"{chr(ord('A') + i)} {name}" if len(names) > 1 else name for i, name in enumerate(names)}


def labelled(options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options with a label of their own."""
    return [{**o, "label": label(o["id"])} for o in options]


def spread(values: Sequence[float], gap: float) -> list[float]:
    """Positions of labels at `values`, moved as little as keeps neighbours at least `gap` apart, in the same order.

    Least squares (isotonic regression of the values less their share of the gaps); none falls below the smallest value.
    """
    order = np.argsort(values, kind="stable")
    steps = gap * np.arange(len(values))
    moved = non_decreasing(np.asarray(values, float)[order] - steps)
    places = np.empty(len(values))
    places[order] = np.maximum(moved, min(values, default=0.0)) + steps
    return [float(place) for place in places]


def non_decreasing(values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """The non-decreasing sequence nearest to `values` in least squares: isotonic regression.

    Neighbours in the wrong order are pooled into their mean until none are left (Ayer and others 1955,
    https://doi.org/10.1214/aoms/1177728423). SciPy's comes with all of `scipy.optimize`, a quarter of a second to load.
    """
    pools: list[tuple[float, int]] = []
    for value in values:
        total, size = float(value), 1
        while pools and pools[-1][0] / pools[-1][1] >= total / size:
            before, of = pools.pop()
            total, size = before + total, of + size
        pools.append((total, size))
    return np.repeat([total / size for total, size in pools], [size for _, size in pools])


def short_forms(amounts: bool) -> str:
    """An axis' numbers as the tables write them, `$2.5M`, `500.000 €`; d3 has one short form for all, and no billions."""
    before, after, sizes = axis_amounts()
    if not amounts:
        before = after = ""
    shown = "format(abs(datum.value), ',.3~r')"
    for size, short in reversed(sizes):  # the largest is asked first
        much = f"format(abs(datum.value) / {size:.0f}, ',.3~r') + {json.dumps(short)}"
        shown = f"abs(datum.value) >= {size:.0f} ? {much} : {shown}"
    return f"(datum.value < 0 ? '-' : '') + {json.dumps(before)} + ({shown}) + {json.dumps(after)}"


def with_short_forms(part: Any) -> Any:
    """A spec whose axes write large numbers as `short_forms` does."""
    if isinstance(part, list):
        return [with_short_forms(item) for item in part]
    if not isinstance(part, dict):
        return part
    moved = {key: with_short_forms(value) for key, value in part.items()}
    axis = part.get("axis")
    if isinstance(axis, dict) and str(axis.get("format", "")).endswith("s"):
        moved["axis"] = {
            "labelOverlap": "greedy",
            "labelSeparation": 6,
            **axis,
            "labelExpr": short_forms("$" in axis["format"]),
        }
    return moved


def in_currency(chart: Chart) -> Chart:
    """The chart in what money is shown in now: fields whose name has the word `usd` converted, USD renamed."""
    now = shown()
    if now == Shown():
        return chart
    spec, records = chart
    fields = {name for record in records for name in record if "usd" in name.split("_")}
    rate = now.per_usd
    moved = [{k: v * rate if k in fields and v is not None else v for k, v in record.items()} for record in records]
    renamed = _renamed(spec, now.currency)
    renamed["config"] = {**renamed.get("config", {}), "locale": {"number": _number_locale(now.currency, now.locale)}}
    return renamed, moved


def _renamed(part: Any, currency: str) -> Any:
    if isinstance(part, dict):
        return {key: _renamed(value, currency) if key != "field" else value for key, value in part.items()}
    if isinstance(part, list):
        return [_renamed(item, currency) for item in part]
    return re.sub(r"\bUSD\b", currency, part) if isinstance(part, str) else part


def _number_locale(currency: str, locale: str) -> dict[str, Any]:
    """Vega's number format: https://d3js.org/d3-format#formatLocale."""
    from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

    return {
        "decimal": get_decimal_symbol(locale),
        "thousands": get_group_symbol(locale),
        "grouping": [3],
        "currency": [get_currency_symbol(currency, locale), ""],
    }
