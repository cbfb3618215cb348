"""What finding out is worth, when to decide, and how weights change the ranks."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from calculator.charts.ink import INKED, on_shade, shades
from calculator.charts.style import BELOW_NAME, COLOURS, ROW_STEP, TWO_LINES, Chart, above_bars, theme, titled
from calculator.charts.uncertainty.labels import ZERO, short
from calculator.wording import money, percent

COST_ENDS = {"low": "low", "high": "high", "cost": "base"}
WORTH, COST = 2, 9
"""Pixels below a row's middle of what a study is worth and of what it costs: upon each other neither is told."""
LEAST_NUMBERED = 0.06
"""Shares from here on have room for their rank inside the bar."""


def studies(result: dict[str, Any], dark: bool = False) -> Chart:
    """What each study is worth at most, against what it costs."""
    information = result["decision"]["information"]
    records = [
        {
            "study": name,
            "short": short(name),
            "usd_worth": s["worth_usd"],
            "usd_error": s["worth_error_usd"] or 0.0,
            **{f"usd_{name}": s["cost_usd"] and s["cost_usd"][end] for name, end in COST_ENDS.items()},
        }
        for s in information["studies"]
        if s["worth_usd"] is not None
        for name in [s["action"] if s["option"] is None else f"{s['option']}: {s['action']}"]
    ]
    y, names = above_bars("study", [r["study"] for r in records], "short")
    x = {
        "type": "quantitative",
        "title": "USD: worth at most (bar), cost (point, range)",
        "axis": {"format": "$.3~s", "tickCount": 6},
        "scale": {"zero": True},
    }
    tooltip = [
        {"field": "study", "type": "nominal"},
        {"field": "usd_worth", "type": "quantitative", "format": "$,.0f", "title": "worth at most"},
        {"field": "usd_error", "type": "quantitative", "format": "$,.0f", "title": "± (95 %)"},
        {"field": "usd_cost", "type": "quantitative", "format": "$,.0f", "title": "costs"},
    ]

    def drawn(mark: dict[str, Any], field: str, below: int, **more: Any) -> dict[str, Any]:
        place = {"y": y, "x": {**x, "field": field}, **more}
        return {"mark": {**mark, "yOffset": below}, "encoding": {**place, "tooltip": tooltip}}

    cost = {"color": COLOURS[1]}
    spec = {
        "width": "container",
        "height": {"step": ROW_STEP},
        "usermeta": TWO_LINES,
        "title": titled(studies_title(information)),
        "config": theme(dark),
        "layer": [
            drawn({"type": "bar", "height": 7, "color": COLOURS[2]}, "usd_worth", WORTH),
            drawn({"type": "rule", "strokeWidth": 2, "y2Offset": COST, **cost}, "usd_low", COST, x2={"field": "usd_high"}),
            drawn({"type": "point", "filled": True, "size": 50, "opacity": 1, **cost}, "usd_cost", COST),
            names,
        ],
    }
    return spec, records


def studies_title(information: dict[str, Any]) -> str:
    """The finding: which study is worth more than it costs."""
    known = information["evpi_usd"]
    everything = "" if known is None else f"; knowing every figure is worth {money(known)}"
    priced = [s for s in information["studies"] if s["cost_usd"] is not None and s["worth_usd"] is not None]
    worth = [s for s in priced if s["worth_usd"] > s["cost_usd"]["base"]]
    if not worth:
        return f"No study is known to be worth what it costs{everything}"
    best = max(worth, key=lambda s: s["worth_usd"] - s["cost_usd"]["base"])
    return (
        f"Worth finding out: {best['action']}, up to {money(best['worth_usd'])} for {money(best['cost_usd']['base'])}"
        f"{everything}"
    )


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
    y, names = above_bars("plan", [r["plan"] for r in records])
    spec = {
        "width": "container",
        "height": {"step": ROW_STEP},
        "usermeta": TWO_LINES,
        "title": titled(plans_title(timing)),
        "config": theme(dark),
        "layer": [
            {
                "mark": {"type": "bar", "height": 14, "yOffset": BELOW_NAME},
                "encoding": {
                    "y": y,
                    "x": {
                        "field": "usd_saves",
                        "type": "quantitative",
                        "title": "USD of present value; left of 0 it costs more",
                        "axis": {"format": "$.3~s", "tickCount": 6},
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
            names,
        ],
    }
    return spec, records


def plans_title(timing: dict[str, Any]) -> str:
    """The finding: whether waiting or a pilot saves against deciding now."""
    from_to = timing["incumbent"], timing["target"]
    move = "the move from {} to {}".format(*from_to) if timing["runs_today"] else "choosing {1} over {0}".format(*from_to)
    best = max(timing["plans"], key=lambda p: p["saves_usd"], default=None)
    if best is None or best["saves_usd"] <= 0:
        return f"Against deciding now no plan saves on {move}"
    return f"Against deciding now on {move}, {best['plan']} saves {money(best['saves_usd'])}"


def acceptability(result: dict[str, Any], dark: bool = False) -> Chart:
    """How often each option takes each rank over all priorities up to what is plausible."""
    ranked = [o for o in result["options"] if o["rank_acceptability"] is not None]
    ranked.sort(key=lambda o: [-share for share in o["rank_acceptability"]])
    blues = shades(len(ranked), dark)
    records = [
        {
            "option": short(o["id"]),
            "rank": rank,
            "share": share,
            "from": end - share,
            "to": end,
            **on_shade(blues[rank - 1]),
        }
        for o in ranked
        for rank, (share, end) in enumerate(
            zip(o["rank_acceptability"], accumulate(o["rank_acceptability"]), strict=True), start=1
        )
        if share > 0
    ]
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": titled(acceptability_title(ranked)),
        "config": theme(dark),
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": [short(o["id"]) for o in ranked], "title": None},
            "x": {
                "field": "from",
                "type": "quantitative",
                "title": "share of priorities",
                "axis": {"format": ".0%", "tickCount": 6},
                "scale": {"domain": [0, 1]},
            },
            "tooltip": [
                {"field": "option", "type": "nominal"},
                {"field": "rank", "type": "ordinal"},
                {"field": "share", "type": "quantitative", "format": ".1%"},
            ],
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 16},
                "encoding": {
                    "x2": {"field": "to"},
                    "color": {
                        "field": "rank",
                        "type": "ordinal",
                        "scale": {"domain": list(range(1, len(ranked) + 1)), "range": blues},
                        "legend": {"orient": "bottom", "title": "rank", "columns": 6},
                    },
                },
            },
            {
                "transform": [{"filter": f"datum.share >= {LEAST_NUMBERED}"}],
                "mark": {"type": "text", "fontSize": 10, "align": "left", "dx": 4},
                "encoding": {
                    "text": {"field": "rank"},
                    "color": INKED,
                },
            },
        ],
    }
    return spec, records


def acceptability_title(ranked: list[dict[str, Any]]) -> str:
    """The finding: who comes first, and how often."""
    over = "over all priorities up to what is plausible"
    if not ranked:
        return f"Nothing is ranked {over}"
    return (
        f"By cost net of priorities {ranked[0]['id']} ranks first in {percent(ranked[0]['rank_acceptability'][0])}, {over}"
    )
