"""How sure the choice is, and what the gap between the two best hangs on."""

from __future__ import annotations

from typing import Any

from calculator.charts.ink import INKED, MARK, on_fill
from calculator.charts.style import (
    BELOW_NAME,
    COLOURS,
    ROW_STEP,
    TWO_LINES,
    Chart,
    above_bars,
    lettered,
    theme,
    titled,
)
from calculator.charts.uncertainty.labels import BARS, LABEL, ZERO, short
from calculator.wording import count, figure, money, percent


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
        "title": titled(differences_title(result)),
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


def differences_title(result: dict[str, Any]) -> str:
    """The finding: what most often costs least, and by how much."""
    middles = {o["id"]: o["regret"]["difference_usd"]["p50"] for o in result["options"] if o["regret"]}
    least = min(middles, key=lambda name: middles[name])
    usd = middles[least]
    if round(usd) == 0:
        return f"In the middle of the draws {least} costs what the best alternative costs"
    said = f"{money(-usd)} less" if usd < 0 else f"{money(usd)} more"
    return f"In the middle of the draws {least} costs {said} than the best alternative"


def tornado(result: dict[str, Any], dark: bool = False, longest: int = LABEL) -> Chart:
    """The gap between the two best decisions as each input goes from its P10 to its P90, others at their medians.

    Names of inputs are cut to `longest` characters.
    """
    decision = result["decision"]
    middle = decision["gap_at_medians_usd"]
    records = []
    for row in result["sensitivity"][:BARS]:
        for end, field in (("P10", "low"), ("P90", "high")):
            records.append(
                {
                    "input": short(row["label"], longest),
                    "name": row["label"],
                    "end": f"input at its {end}",
                    "value": row[field],
                    "usd_from": middle,
                    "usd_gap": row[f"gap_at_{field}_usd"],
                    "share": row["variance_share"],
                }
            )
    y, names = above_bars("input", list(dict.fromkeys(r["input"] for r in records)))
    spec = {
        "width": "container",
        "height": {"step": ROW_STEP},
        "usermeta": TWO_LINES,
        "title": titled(tornado_title(result)),
        "config": theme(dark),
        "layer": [
            {
                "mark": {"type": "bar", "height": 14, "yOffset": BELOW_NAME},
                "encoding": {
                    "y": y,
                    "x": {
                        "field": "usd_gap",
                        "type": "quantitative",
                        "title": "gap, USD of present value; left of 0 the order changes",
                        "axis": {"format": "$.3~s", "tickCount": 6},
                    },
                    "x2": {"field": "usd_from"},
                    "color": {
                        "field": "end",
                        "type": "nominal",
                        "scale": {"domain": ["input at its P10", "input at its P90"], "range": [COLOURS[4], COLOURS[1]]},
                        "legend": {"orient": "bottom", "title": None},
                    },
                    "tooltip": [
                        {"field": "name", "type": "nominal", "title": "input"},
                        {"field": "end", "type": "nominal"},
                        {"field": "value", "type": "quantitative", "format": ".4~g"},
                        {"field": "usd_gap", "type": "quantitative", "format": "$,.0f", "title": "gap"},
                        {"field": "share", "type": "quantitative", "format": ".0%", "title": "share of variance"},
                    ],
                },
            },
            # beside the bars alone: a line from top to bottom would run through the names
            {
                "mark": {"type": "tick", "thickness": 1.5, "size": 20, "color": MARK, "yOffset": BELOW_NAME},
                "encoding": {"y": y, "x": {"datum": 0}},
            },
            names,
        ],
    }
    return spec, records


def tornado_title(result: dict[str, Any]) -> str:
    """The finding: what moves the gap of the two best most, and whether that turns the order."""
    decision, most = result["decision"], result["sensitivity"][0]
    low, high = sorted((most["gap_at_low_usd"], most["gap_at_high_usd"]))
    leader, rival = decision["leader"], decision["rival"]
    if low < 0 < high:
        return f"Which of {leader} and {rival} is cheaper turns on {most['label']}"
    return f"{rival} costs {money(low)} to {money(high)} more than {leader}; most hangs on {most['label']}"


def two_way(result: dict[str, Any], dark: bool = False) -> Chart:
    """The cheapest option over the two inputs that matter most, by colour and letter."""
    grid = result["decision"]["two_way"]
    labels = {row["input"]: row["label"] for row in result["sensitivity"]}
    across, up = grid["values"]
    cells = [name for row in grid["best"] for name in row]
    winners = sorted(set(cells), key=lambda name: -cells.count(name))
    letters = lettered(winners)
    colours = [COLOURS[k % len(COLOURS)] for k in range(len(winners))]
    records = [
        {
            "first": _value(across[i]),
            "second": _value(up[j]),
            "option": letters[grid["best"][j][i]],
            "letter": letters[grid["best"][j][i]][0] if len(winners) > 1 else "",
            "usd_gap": grid["gap_usd"][j][i],
            **on_fill(colours[winners.index(grid["best"][j][i])]),
        }
        for j in range(len(up))
        for i in range(len(across))
    ]
    names = [labels.get(name, name) for name in grid["inputs"]]
    ends = [f"{_value(min(values))} to {_value(max(values))}" for values in (across, up)]
    said = zip(("across", "up"), names, ends, strict=True)
    notes = [line for way, name, span in said for line in titled(f"{way}: {name}, {span}")]

    def axis(field: str, values: list[float]) -> dict[str, Any]:
        sort = list(dict.fromkeys(_value(v) for v in (values if field == "first" else reversed(values))))
        shown = {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 4}
        return {"field": field, "type": "ordinal", "sort": sort, "title": None, "axis": shown}

    spec = {
        "width": "container",
        "height": {"step": 24},
        "title": {"text": titled(two_way_title(cells, winners)), "subtitle": notes},
        "config": theme(dark),
        "encoding": {"x": axis("first", across), "y": axis("second", up)},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 0.5},
                "encoding": {
                    "color": {
                        "field": "option",
                        "type": "nominal",
                        "scale": {"domain": list(letters.values()), "range": colours},
                        "legend": {"orient": "bottom", "title": None, "columns": 2},
                    },
                    "tooltip": [
                        {"field": "first", "type": "nominal", "title": short(names[0])},
                        {"field": "second", "type": "nominal", "title": short(names[1])},
                        {"field": "option", "type": "nominal", "title": "cheapest"},
                        {"field": "usd_gap", "type": "quantitative", "format": "$,.0f", "title": "gap of the two best"},
                    ],
                },
            },
            {
                "mark": {"type": "text", "fontSize": 10, "tooltip": None},
                "encoding": {"text": {"field": "letter"}, "color": INKED},
            },
        ],
    }
    return spec, records


def two_way_title(cells: list[str], winners: list[str]) -> str:
    """The finding: how much of the map the most frequent winner holds."""
    over = "over the two inputs that matter most, each from its P5 to its P95"
    if len(winners) == 1:
        return f"{winners[0]} stays cheapest {over}"
    return (
        f"{winners[0]} is cheapest in {percent(cells.count(winners[0]) / len(cells))} of the map, {winners[1]} next, {over}"
    )


def _value(number: float) -> str:
    """Three digits, millions shortened."""
    return figure(number) if abs(number) < 1e6 else count(float(f"{number:.3g}"))
