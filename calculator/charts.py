"""Each chart once, for page and report: a Vega-Lite spec and its records, apart."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

FONT = "Inter"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F6000", "#666666")
"""Okabe and Ito's palette, readable for colour-blind readers; lines are labelled besides."""
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))
FAMILIES = {
    "Tokens": ("api_input", "api_cached_input", "api_cache_writes", "api_output", "api_batch", "price_step", "commitment"),
    "GPUs and servers": ("compute", "hardware", "residual_value", "support"),
    "Site and energy": ("power", "colocation", "storage_and_network"),
    "People": ("people",),
    "Set-up and moves": ("set_up", "migration", "forced_migration"),
    "Other": ("other", "software"),
}
"""Cost lines as readers group them."""
Chart = tuple[dict[str, Any], list[dict[str, Any]]]


def _theme(dark: bool) -> dict[str, Any]:
    ink, faint = ("#e6e6e6", "#444444") if dark else ("#222222", "#dddddd")
    axis = {"labelColor": ink, "titleColor": ink, "gridColor": faint, "domainColor": faint, "tickColor": faint}
    return {
        "font": FONT,
        "background": "transparent",
        "axis": {**axis, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 190},
        "legend": {"labelColor": ink, "titleColor": ink, "labelFontSize": 11, "labelLimit": 220},
        "title": {"color": ink, "anchor": "start", "fontSize": 13, "fontWeight": 600},
        "view": {"stroke": None},
        "text": {"color": ink},
    }


def _shown(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Options with a label of their own, cut to what a chart can carry."""
    return [{**o, "label": o["id"] if len(o["id"]) <= 26 else o["id"][:25] + "…"} for o in result["options"]]


def cumulative_cost(result: dict[str, Any], dark: bool = False) -> Chart:
    """Cost paid so far, by month and option, labelled at the line's end."""
    months = ["start", *result["months"]]
    records = [
        {"option": o["label"], "month": number, "name": months[number], "usd": usd}
        for o in _shown(result)
        for number, usd in enumerate(accumulate(o["monthly_cost_usd"]))
    ]
    last = len(months) - 1
    labels = [o["label"] for o in _shown(result)]
    colour = {
        "field": "option",
        "type": "nominal",
        "scale": {"domain": labels, "range": [COLOURS[i % len(COLOURS)] for i in range(len(labels))]},
        "legend": {"orient": "bottom", "columns": 3, "title": None, "symbolType": "stroke"},
    }
    dash = {
        "field": "option",
        "type": "nominal",
        "scale": {"domain": labels, "range": [list(DASHES[i // len(COLOURS) % len(DASHES)]) for i in range(len(labels))]},
        "legend": None,
    }
    spec = {
        "width": "container",
        "height": 300,
        "title": cumulative_title(result),
        "config": _theme(dark),
        "encoding": {
            "x": {
                "field": "month",
                "type": "quantitative",
                "title": "month of the horizon",
                "axis": {"tickMinStep": 6},
                "scale": {"domain": [0, last]},
            },
            "y": {
                "field": "usd",
                "type": "quantitative",
                "title": "cumulative cost, USD, undiscounted",
                "axis": {"format": "$.3~s"},
            },
            "color": colour,
            "strokeDash": dash,
            "tooltip": [
                {"field": "option", "type": "nominal"},
                {"field": "name", "type": "nominal", "title": "month"},
                {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "paid so far"},
            ],
        },
        "layer": [{"mark": {"type": "line", "strokeWidth": 2}}],
    }
    return spec, records


def cumulative_title(result: dict[str, Any]) -> str:
    """The finding, as the chart's title."""
    totals = {o["id"]: sum(o["monthly_cost_usd"]) for o in result["options"]}
    least, most = min(totals, key=lambda k: totals[k]), max(totals, key=lambda k: totals[k])
    if least == most:
        return f"{least} costs ${totals[least]:,.0f} over the horizon"
    return f"{least} pays least over the horizon, {most} most"


def cost_breakdown(result: dict[str, Any], dark: bool = False) -> Chart:
    """Present value of cost by family of lines, a bar an option."""
    records = []
    for option in _shown(result):
        for family, lines in FAMILIES.items():
            usd = sum(option["cost_lines_usd"].get(line, 0.0) for line in lines)
            if usd:
                records.append({"option": option["label"], "family": family, "usd": usd})
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": "Where the money goes: present value of cost",
        "config": _theme(dark),
        "mark": {"type": "bar", "height": 16},
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": [o["label"] for o in _shown(result)], "title": None},
            "x": {"field": "usd", "type": "quantitative", "title": "present value, USD", "axis": {"format": "$.3~s"}},
            "color": {
                "field": "family",
                "type": "nominal",
                "scale": {"domain": list(FAMILIES), "range": list(COLOURS[: len(FAMILIES)])},
                "legend": {"orient": "bottom", "columns": 3, "title": None},
            },
            "order": {"field": "family", "sort": "ascending"},
            "tooltip": [
                {"field": "option", "type": "nominal"},
                {"field": "family", "type": "nominal", "title": "cost"},
                {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "present value"},
            ],
        },
    }
    return spec, records


def cost_ranges(result: dict[str, Any], dark: bool = False) -> Chart:
    """P10 to P90 of the present value with its median, an option a row."""
    records = [{"option": o["label"], **{k: o["npv_usd"][k] for k in ("p10", "p50", "p90")}} for o in _shown(result)]
    order = [o["label"] for o in sorted(_shown(result), key=lambda o: o["npv_usd"]["p50"])]
    tooltip = [
        {"field": "option", "type": "nominal"},
        *({"field": k, "type": "quantitative", "format": "$,.0f", "title": k.upper()} for k in ("p10", "p50", "p90")),
    ]
    y = {"field": "option", "type": "nominal", "sort": order, "title": None}
    x = {
        "type": "quantitative",
        "title": "present value of cost, USD: P10, median, P90",
        "axis": {"format": "$.3~s"},
        "scale": {"zero": True},
    }
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": f"How sure the cost is, {result['draws']:,} draws",
        "config": _theme(dark),
        "encoding": {"y": y, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "color": COLOURS[0]},
                "encoding": {"x": {**x, "field": "p10"}, "x2": {"field": "p90"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "color": COLOURS[1]},
                "encoding": {"x": {**x, "field": "p50"}},
            },
        ],
    }
    return spec, records


def alt_text(result: dict[str, Any]) -> str:
    """The options' present values in words, for who cannot see a chart."""
    parts = [f"{o['id']} {o['npv_usd']['p50']:,.0f}" for o in result["options"]]
    return "Median present value of cost in USD: " + "; ".join(parts)


def svg(chart: Chart, width: int = 640) -> str:
    """A chart as SVG in the bundled font, text kept as text."""
    import vl_convert

    _register_fonts()
    spec, records = chart
    full = {
        **spec,
        "width": width,
        "data": {"values": records},
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    }
    return str(vl_convert.vegalite_to_svg(full))


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(files("calculator") / "fonts"))
