"""What finding out is worth, when to decide, and how weights change the ranks."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import COLOURS, Chart, theme, titled
from calculator.charts.uncertainty.labels import LABEL_PIXELS, ZERO, short
from calculator.wording import money


def studies(result: dict[str, Any], dark: bool = False) -> Chart:
    """What each study is worth at most, against what it costs."""
    information = result["decision"]["information"]
    records = [
        {
            "study": short(s["action"]),
            "usd_worth": s["evppi_usd"],
            "usd_error": s["evppi_error_usd"] or 0.0,
            "usd_low": s["cost_usd"]["low"],
            "usd_high": s["cost_usd"]["high"],
            "usd_cost": s["cost_usd"]["base"],
        }
        for s in information["studies"]
    ]
    title = f"What finding out is worth; knowing everything: {money(information['evpi_usd'])}"
    x = {"type": "quantitative", "title": "USD: worth at most (bar), cost (point and range)", "axis": {"format": "$.3~s"}}
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": titled(title),
        "config": theme(dark),
        "encoding": {
            "y": {
                "field": "study",
                "type": "nominal",
                "sort": [r["study"] for r in records],
                "title": None,
                "axis": {"labelLimit": LABEL_PIXELS},
            },
            "tooltip": [
                {"field": "study", "type": "nominal"},
                {"field": "usd_worth", "type": "quantitative", "format": "$,.0f", "title": "worth at most"},
                {"field": "usd_error", "type": "quantitative", "format": "$,.0f", "title": "± (95 %)"},
                {"field": "usd_cost", "type": "quantitative", "format": "$,.0f", "title": "costs"},
            ],
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 14, "color": COLOURS[2]},
                "encoding": {"x": {**x, "field": "usd_worth"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": COLOURS[1]},
                "encoding": {"x": {**x, "field": "usd_low"}, "x2": {"field": "usd_high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 50, "color": COLOURS[1]},
                "encoding": {"x": {**x, "field": "usd_cost"}},
            },
        ],
    }
    return spec, records


def plans(result: dict[str, Any], dark: bool = False) -> Chart:
    """What waiting or a pilot changes in the expected cost, against deciding now."""
    timing = result["decision"]["timing"]
    records = [
        {
            "plan": short(p["plan"]),
            "usd_saves": p["saves_usd"],
            "usd_error": p["error_usd"] or 0.0,
            "moves": p["probability_moves"],
            "sign": "saves" if p["saves_usd"] >= 0 else "costs more",
        }
        for p in timing["plans"]
    ]
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": titled(f"When to move from {timing['incumbent']} to {timing['target']}: saved against deciding now"),
        "config": theme(dark),
        "layer": [
            {
                "mark": {"type": "bar", "height": 14},
                "encoding": {
                    "y": {
                        "field": "plan",
                        "type": "nominal",
                        "sort": [r["plan"] for r in records],
                        "title": None,
                        "axis": {"labelLimit": LABEL_PIXELS},
                    },
                    "x": {
                        "field": "usd_saves",
                        "type": "quantitative",
                        "title": "USD of present value",
                        "axis": {"format": "$.3~s"},
                    },
                    "color": {
                        "field": "sign",
                        "type": "nominal",
                        "scale": {"domain": ["saves", "costs more"], "range": [COLOURS[2], COLOURS[1]]},
                        "legend": None,
                    },
                    "tooltip": [
                        {"field": "plan", "type": "nominal"},
                        {"field": "usd_saves", "type": "quantitative", "format": "$,.0f", "title": "saves"},
                        {"field": "usd_error", "type": "quantitative", "format": "$,.0f", "title": "± (95 %)"},
                        {"field": "moves", "type": "quantitative", "format": ".0%", "title": "ends with the move"},
                    ],
                },
            },
            ZERO,
        ],
    }
    return spec, records


def acceptability(result: dict[str, Any], dark: bool = False) -> Chart:
    """How often each option takes each rank over all priorities up to what is plausible."""
    ranked = [o for o in result["options"] if o["rank_acceptability"] is not None]
    ranked.sort(key=lambda o: [-share for share in o["rank_acceptability"]])
    records = [
        {"option": short(o["id"]), "rank": rank, "share": share}
        for o in ranked
        for rank, share in enumerate(o["rank_acceptability"], 1)
        if share > 0
    ]
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": titled("Rank by cost net of priorities, over all priorities up to what is plausible"),
        "config": theme(dark),
        "mark": {"type": "bar", "height": 16},
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": [short(o["id"]) for o in ranked], "title": None},
            "x": {"field": "share", "type": "quantitative", "title": "share of priorities", "axis": {"format": ".0%"}},
            "color": {
                "field": "rank",
                "type": "ordinal",
                "scale": {"scheme": "blues", "reverse": True},
                "legend": {"orient": "bottom", "title": "rank"},
            },
            "order": {"field": "rank"},
            "tooltip": [
                {"field": "option", "type": "nominal"},
                {"field": "rank", "type": "ordinal"},
                {"field": "share", "type": "quantitative", "format": ".1%"},
            ],
        },
    }
    return spec, records
