"""Where self-hosting meets an offer paid by the token: by volume, by month; and which option is cheapest over two axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from calculator.charts.ink import INKED, inks, on_fill
from calculator.charts.style import COLOURS, Chart, lettered, theme, titled
from calculator.wording import count, crossing_volume, percent, written

OWN_COLOUR, OTHER_COLOUR, MARK_COLOUR = COLOURS[1], COLOURS[0], COLOURS[7]
FITTED = {"type": "fit", "contains": "padding"}
"""Names right of the plot take their room from it."""
PALE = "datum.lead < 0.05"
"""Cells of a map whose colour is pale: the cheapest hardly leads there."""


def cost_by_volume(pair: Mapping[str, Any], curve: Mapping[str, Any], scenario_requests: float, dark: bool = False) -> Chart:
    """Level monthly cost of both against volume, with every crossing marked; own cost steps with whole replicas.

    `pair` is one of `break_even[]`, `curve` what `volumes.curve_points` gives for its two options.
    """
    own, other = pair["self_hosted"], pair["alternative"]
    colours = {own: OWN_COLOUR, other: OTHER_COLOUR}
    volumes = curve["requests_per_month"]
    records: list[dict[str, Any]] = [
        {"kind": "cost", "option": name, "requests": volume, "usd": usd}
        for name in (own, other)
        for volume, usd in zip(volumes, curve["usd_per_month"][name], strict=True)
    ]
    months = curve["usd_per_month"][own][0] / curve["npv_usd"][own][0]
    records += [
        {
            "kind": "crossing",
            "option": f"{own} becomes {c['self_hosted_becomes']}",
            "requests": c["requests_per_month"],
            "usd": c["below"]["alternative_npv_usd"] * months,
        }
        for c in pair["crossings"]
        if volumes[0] <= c["requests_per_month"] <= volumes[-1]
    ]
    if volumes[0] <= scenario_requests <= volumes[-1]:
        records.append({"kind": "now", "option": "the scenario", "requests": scenario_requests, "usd": 0.0})
    records += _names_at_ends(
        {name: curve["usd_per_month"][name] for name in (own, other)}, "requests", volumes[-1], colours
    )
    x = {
        "field": "requests",
        "type": "quantitative",
        "title": "requests a month at the start, seasons aside",
        "scale": {"type": "log", "domain": [volumes[0], volumes[-1]], "nice": False},
        "axis": {"format": "~s", "grid": False},
    }
    y = {"field": "usd", "type": "quantitative", "title": "level cost a month, USD", "axis": {"format": "$.3~s"}}
    tooltip = [
        {"field": "option", "type": "nominal", "title": " "},
        {"field": "requests", "type": "quantitative", "format": ",.0f", "title": "requests a month"},
        {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "a month"},
    ]
    colour = {
        "field": "option",
        "type": "nominal",
        "scale": {"domain": [own, other], "range": [OWN_COLOUR, OTHER_COLOUR]},
        "legend": None,
    }

    def only(kind: str) -> list[dict[str, str]]:
        return [{"filter": f"datum.kind == '{kind}'"}]

    spec = {
        "width": "container",
        "height": 320,
        "autosize": FITTED,
        "title": titled(volume_title(pair)),
        "config": theme(dark),
        "encoding": {"x": x, "tooltip": tooltip},
        "layer": [
            {
                "transform": only("now"),
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": MARK_COLOUR},
            },
            {
                "transform": only("cost"),
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"y": y, "color": colour},
            },
            {
                "transform": only("crossing"),
                "mark": {"type": "point", "filled": True, "size": 60, "color": MARK_COLOUR},
                "encoding": {"y": y},
            },
            {
                "transform": only("now"),
                "mark": {"type": "text", "align": "left", "dx": 4, "baseline": "top", "fontSize": 11, "tooltip": None},
                "encoding": {"y": {"value": 0}, "text": {"field": "option"}},
            },
            *_name_layers(y),
        ],
    }
    return spec, records


def _names_at_ends(
    usd: Mapping[str, Sequence[float]], across: str, last: float, colours: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Records that name two lines at their right end: the dearer above, so that neither covers the other."""
    below, above = sorted(usd, key=lambda name: usd[name][-1])
    return [
        {"kind": kind, "option": name, across: last, "usd": usd[name][-1], **inks(colours[name])}
        for kind, name in (("above", above), ("below", below))
    ]


def _name_layers(y: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those names as text."""
    return [
        {
            "transform": [{"filter": f"datum.kind == '{kind}'"}],
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": baseline,
                "dx": 5,
                "dy": dy,
                "fontSize": 11,
                "tooltip": None,
            },
            "encoding": {"y": y, "text": {"field": "option"}, "color": INKED},
        }
        for kind, baseline, dy in (("above", "bottom", 3), ("below", "top", -3))
    ]


def volume_title(pair: Mapping[str, Any]) -> str:
    """The finding, as the chart's title."""
    own, other = pair["self_hosted"], pair["alternative"]
    if pair["outcome"] == "always":
        return f"{own} costs less than {other} at any volume"
    if pair["outcome"] in ("never", "beyond"):
        words = "never costs less" if pair["outcome"] == "never" else "does not cost less at any volume tried"
        return f"{own} {words} than {other}; the ratio tends to {written(pair['ratio_tends_to'], '.3g')}"
    first = pair["crossings"][0]
    if len(pair["crossings"]) == 1:
        word = "from" if first["self_hosted_becomes"] == "cheaper" else "up to"
        return f"{own} costs less than {other} {word} {crossing_volume(first)} requests a month"
    last = pair["stays_cheaper_from_requests_per_month"]
    stays = f", for good from {crossing_volume(pair['crossings'][-1])}" if last is not None else ""
    return f"{own} first costs less than {other} at {crossing_volume(first)} requests a month{stays}"


def cost_by_month(pair: Mapping[str, Any], result: Mapping[str, Any], dark: bool = False) -> Chart:
    """Both cumulative bills at the scenario's volume, with the month from which self-hosting has paid off."""
    own, other = pair["self_hosted"], pair["alternative"]
    colours = {own: OWN_COLOUR, other: OTHER_COLOUR}
    bills = {o["id"]: list(accumulate(o["monthly_cost_usd"])) for o in result["options"]}
    months = ["start", *result["months"]]
    records = [
        {"kind": "cost", "option": name, "month": number, "name": months[number], "usd": usd}
        for name in (own, other)
        for number, usd in enumerate(bills[name])
    ]
    records += _names_at_ends({name: bills[name] for name in (own, other)}, "month", len(months) - 1, colours)
    at = pair["month"]["number"] if pair["month"] else None
    title = f"{own} has not paid off against {other} within the horizon"
    if pair["month"]:
        title = f"{own} has cost no more than {other} from {pair['month']['label']} on"
    y = {
        "field": "usd",
        "type": "quantitative",
        "title": "paid so far, USD, undiscounted",
        "axis": {"format": "$.3~s"},
    }
    colour = {
        "field": "option",
        "type": "nominal",
        "scale": {"domain": [own, other], "range": [OWN_COLOUR, OTHER_COLOUR]},
        "legend": None,
    }
    layers: list[dict[str, Any]] = [
        {"transform": [{"filter": "datum.kind == 'cost'"}], "mark": {"type": "line", "strokeWidth": 2}},
        *_name_layers(y),
    ]
    if at is not None:
        layers.append(
            {
                "transform": [
                    {"filter": {"and": [f"datum.month == {at}", "datum.kind == 'cost'", {"field": "option", "equal": own}]}}
                ],
                "mark": {"type": "point", "filled": True, "size": 70, "color": MARK_COLOUR},
            }
        )
    spec = {
        "width": "container",
        "height": 280,
        "autosize": FITTED,
        "title": titled(title),
        "config": theme(dark),
        "encoding": {
            "x": {
                "field": "month",
                "type": "quantitative",
                "title": "month of the horizon",
                "axis": {"tickMinStep": 6, "grid": False},
                "scale": {"domain": [0, len(months) - 1], "nice": False},
            },
            "y": y,
            "color": colour,
            "tooltip": [
                {"field": "option", "type": "nominal"},
                {"field": "name", "type": "nominal", "title": "month"},
                {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "paid so far"},
            ],
        },
        "layer": layers,
    }
    return spec, records


def cheapest_map(found: Mapping[str, Any], dark: bool = False) -> Chart:
    """Which option is cheapest over volume and one number; pale where it leads by less than 5 %."""
    cheapest = {name for row in found["cheapest"] for name in row}
    letters = lettered([name for name in found["options"] if name in cheapest])
    fills = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(letters.values())}
    records = [
        {
            "requests": count(float(f"{volume:.3g}")),
            "order": column,
            "value": value,
            "option": letters[found["cheapest"][row][column]],
            "letter": letters[found["cheapest"][row][column]][0] if len(letters) > 1 else "",
            "lead": found["lead"][row][column],
            **on_fill(fills[letters[found["cheapest"][row][column]]]),
        }
        for row, value in enumerate(found["values"])
        for column, volume in enumerate(found["requests_per_month"])
    ]
    spec = {
        "width": "container",
        "height": {"step": 18},
        "title": {
            "text": titled(map_title(found)),
            "subtitle": titled(f"up: {found['id']}, {written(found['base'], '.4g')} at base"),
        },
        "config": theme(dark),
        "encoding": {
            "x": {
                "field": "requests",
                "type": "ordinal",
                "sort": {"field": "order"},
                "title": "requests a month at the start, seasons aside",
                "axis": {"labelOverlap": "greedy", "labelSeparation": 6, "labelAngle": 0},
            },
            "y": {
                "field": "value",
                "type": "ordinal",
                "sort": "descending",
                "title": found["unit"] or None,
                "axis": {"format": ".3~g", "labelOverlap": True},
            },
            "tooltip": [
                {"field": "option", "type": "nominal", "title": "cheapest"},
                {"field": "requests", "type": "nominal", "title": "requests a month"},
                {"field": "value", "type": "quantitative", "format": ".4~g", "title": found["id"].replace(".", " ")},
                {"field": "lead", "type": "quantitative", "format": ".1%", "title": "leads by"},
            ],
        },
        "layer": [
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "color": {
                        "field": "option",
                        "type": "nominal",
                        "scale": {
                            "domain": list(fills),
                            "range": list(fills.values()),
                        },
                        "legend": {"orient": "bottom", "title": None, "columns": 2},
                    },
                    "opacity": {"condition": {"test": PALE, "value": 0.45}, "value": 1},
                },
            },
            {
                "mark": {"type": "text", "fontSize": 9},
                "encoding": {
                    "text": {"field": "letter"},
                    "color": {"condition": {"test": PALE, "value": theme(dark)["text"]["color"]}, **INKED},
                },
            },
        ],
    }
    return spec, records


def map_title(found: Mapping[str, Any]) -> str:
    """The finding: what is cheapest on how much of the map."""
    cells = [name for row in found["cheapest"] for name in row]
    first = max(found["options"], key=cells.count)
    share = cells.count(first) / len(cells)
    where = "whatever the volume and this number" if share == 1 else f"on {percent(share)} of this map"
    return f"Of what is allowed {first} is cheapest {where}; pale where it leads by less than 5 %"
