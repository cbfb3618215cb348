"""How sure the choice is, and what the gap between the two best hangs on."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import COLOURS, Chart, theme, titled
from calculator.charts.uncertainty.labels import BARS, LABEL_PIXELS, ZERO, short


def differences(result: dict[str, Any], dark: bool = False) -> Chart:
    """Cost of each competing option less that of the best other one in the same draw: P10 to P90, quartiles, median."""
    options = [o for o in result["options"] if o["regret"] is not None]
    levels = ("p10", "p25", "p50", "p75", "p90")
    records = [
        {
            "option": short(o["id"]),
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
                    "input": short(row["label"]),
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
        "title": titled(title),
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

    names = [short(labels.get(name, name)) for name in (first, second)]
    spec = {
        "width": "container",
        "height": {"step": 24},
        "title": {
            "text": titled("Cheapest option over the two inputs that matter most, P5 to P95"),
            "subtitle": [f"across: {names[0]}", f"up: {names[1]}"],
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
