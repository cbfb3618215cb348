"""How sure the choice is, what it hangs on, what finding out is worth, and when to decide."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import COLOURS, Chart, theme
from calculator.wording import money

BARS = 12
LABEL = 60
LABEL_PIXELS = 330
ZERO = {
    "mark": {"type": "rule", "strokeWidth": 1.5, "strokeDash": [4, 3], "color": "#888888"},
    "encoding": {"x": {"datum": 0}},
}


def _short(text: str) -> str:
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def differences(result: dict[str, Any], dark: bool = False) -> Chart:
    """Cost of each competing option less that of the best other one in the same draw: P10 to P90, quartiles, median."""
    options = [o for o in result["options"] if o["regret"] is not None]
    levels = ("p10", "p25", "p50", "p75", "p90")
    records = [
        {
            "option": _short(o["id"]),
            **{f"usd_{p}": o["regret"]["difference_usd"][p] for p in levels},
            "usd_regret": o["regret"]["expected_regret_usd"],
        }
        for o in options
    ]
    records.sort(key=lambda r: r["usd_p50"])
    x = {"type": "quantitative", "title": "USD of present value; left of 0 it is the cheapest", "axis": {"format": "$.3~s"}}

    def bar(low: str, high: str, width: int) -> dict[str, Any]:
        return {
            "mark": {"type": "rule", "strokeWidth": width, "color": COLOURS[0]},
            "encoding": {"x": {**x, "field": f"usd_{low}"}, "x2": {"field": f"usd_{high}"}},
        }

    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": "Difference to the best alternative, draw by draw",
        "config": theme(dark),
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": [r["option"] for r in records], "title": None},
            "tooltip": [
                {"field": "option", "type": "nominal"},
                *(
                    {"field": f"usd_{p}", "type": "quantitative", "format": "$,.0f", "title": p.upper()}
                    for p in ("p10", "p50", "p90")
                ),
                {"field": "usd_regret", "type": "quantitative", "format": "$,.0f", "title": "expected regret"},
            ],
        },
        "layer": [
            ZERO,
            bar("p10", "p90", 2),
            bar("p25", "p75", 8),
            {
                "mark": {"type": "point", "filled": True, "size": 70, "color": COLOURS[1]},
                "encoding": {"x": {**x, "field": "usd_p50"}},
            },
        ],
    }
    return spec, records


def tornado(result: dict[str, Any], dark: bool = False) -> Chart:
    """The gap between the two best decisions as each input goes from its P10 to its P90, others at their medians."""
    decision = result["decision"]
    middle = decision["gap_at_medians_usd"]
    records = []
    for row in result["sensitivity"][:BARS]:
        for end, field in (("P10", "low"), ("P90", "high")):
            records.append(
                {
                    "input": _short(row["label"]),
                    "end": f"input at its {end}",
                    "value": row[field],
                    "usd_from": middle,
                    "usd_gap": row[f"gap_at_{field}_usd"],
                    "share": row["variance_share"],
                }
            )
    order = list(dict.fromkeys(r["input"] for r in records))
    title = (
        f"{decision['rival']} costs more than {decision['leader']} by: each input from P10 to P90, others at their medians"
    )
    spec = {
        "width": "container",
        "height": {"step": 24},
        "title": title,
        "config": theme(dark),
        "layer": [
            {
                "mark": {"type": "bar", "height": 14},
                "encoding": {
                    "y": {
                        "field": "input",
                        "type": "nominal",
                        "sort": order,
                        "title": None,
                        "axis": {"labelLimit": LABEL_PIXELS},
                    },
                    "x": {
                        "field": "usd_gap",
                        "type": "quantitative",
                        "title": "gap, USD of present value; left of 0 the order changes",
                        "axis": {"format": "$.3~s"},
                    },
                    "x2": {"field": "usd_from"},
                    "color": {
                        "field": "end",
                        "type": "nominal",
                        "scale": {"domain": ["input at its P10", "input at its P90"], "range": [COLOURS[4], COLOURS[1]]},
                        "legend": {"orient": "bottom", "title": None},
                    },
                    "tooltip": [
                        {"field": "input", "type": "nominal"},
                        {"field": "end", "type": "nominal"},
                        {"field": "value", "type": "quantitative", "format": ".4~g"},
                        {"field": "usd_gap", "type": "quantitative", "format": "$,.0f", "title": "gap"},
                        {"field": "share", "type": "quantitative", "format": ".0%", "title": "share of variance"},
                    ],
                },
            },
            ZERO,
        ],
    }
    return spec, records


def two_way(result: dict[str, Any], dark: bool = False) -> Chart:
    """The cheapest option over the two inputs that matter most."""
    grid = result["decision"]["two_way"]
    labels = {row["input"]: row["label"] for row in result["sensitivity"]}
    first, second = grid["inputs"]
    across, up = grid["values"]
    records = [
        {
            "first": f"{across[i]:.3g}",
            "second": f"{up[j]:.3g}",
            "option": grid["best"][j][i],
            "usd_gap": grid["gap_usd"][j][i],
        }
        for j in range(len(up))
        for i in range(len(across))
    ]
    winners = sorted({r["option"] for r in records}, key=lambda n: -sum(r["option"] == n for r in records))

    def axis(field: str, values: list[float], title: str | None) -> dict[str, Any]:
        sort = [f"{v:.3g}" for v in (values if field == "first" else reversed(values))]
        return {"field": field, "type": "ordinal", "sort": sort, "title": title, "axis": {"labelAngle": 0}}

    names = [_short(labels.get(name, name)) for name in (first, second)]
    spec = {
        "width": "container",
        "height": {"step": 24},
        "title": {
            "text": "Cheapest option over the two inputs that matter most, P5 to P95",
            "subtitle": f"across: {names[0]}; up: {names[1]}",
            "subtitleColor": "#e6e6e6" if dark else "#222222",
        },
        "config": theme(dark),
        "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 0.5},
        "encoding": {
            "x": axis("first", across, names[0]),
            "y": axis("second", up, None),
            "color": {
                "field": "option",
                "type": "nominal",
                "scale": {"domain": winners, "range": [COLOURS[k % len(COLOURS)] for k in range(len(winners))]},
                "legend": {"orient": "bottom", "title": None},
            },
            "tooltip": [
                {"field": "first", "type": "nominal", "title": names[0]},
                {"field": "second", "type": "nominal", "title": names[1]},
                {"field": "option", "type": "nominal", "title": "cheapest"},
                {"field": "usd_gap", "type": "quantitative", "format": "$,.0f", "title": "gap of the two best"},
            ],
        },
    }
    return spec, records


def studies(result: dict[str, Any], dark: bool = False) -> Chart:
    """What each study is worth at most, against what it costs."""
    information = result["decision"]["information"]
    records = [
        {
            "study": _short(s["action"]),
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
        "title": title,
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
            "plan": _short(p["plan"]),
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
        "title": f"When to move from {timing['incumbent']} to {timing['target']}: saved against deciding now",
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
        {"option": _short(o["id"]), "rank": rank, "share": share}
        for o in ranked
        for rank, share in enumerate(o["rank_acceptability"], 1)
        if share > 0
    ]
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": "Rank by cost net of priorities, over all priorities up to what is plausible",
        "config": theme(dark),
        "mark": {"type": "bar", "height": 16},
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": [_short(o["id"]) for o in ranked], "title": None},
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
