"""Cost over time, by line, and how sure it is."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from calculator.charts.ink import INKED, inks
from calculator.charts.style import COLOURS, ROUTE_COLOURS, Chart, labelled, spread, theme, titled
from calculator.wording import figure, money, percent, ranked

FAMILIES = {
    "Tokens": (
        "api_input",
        "api_cached_input",
        "api_cache_writes",
        "api_output",
        "api_batch",
        "api_provisioned",
        "price_step",
        "commitment",
    ),
    "GPUs and servers": ("compute", "hardware", "lease", "residual_value", "support"),
    "Site and energy": ("power", "colocation", "cluster_and_storage", "network_egress"),
    "People": ("people", "evaluation", "audits", "patching"),
    "Set-up and moves": ("set_up", "migration", "forced_migration", "refresh", "fine_tuning", "exit"),
    "Other": ("other", "software", "security", "carbon", "irrecoverable_vat", "tax_relief"),
}
"""Cost lines as readers group them."""
WITHIN = {
    "Tokens": "tokens",
    "GPUs and servers": "GPUs and servers",
    "Site and energy": "site and energy",
    "People": "people",
    "Set-up and moves": "set-up and moves",
    "Other": "other cost",
}
"""The same within a sentence."""
LABEL_GAP = 0.043
"""Least distance of labels at line ends, as a share of the largest value."""


def cumulative_cost(result: dict[str, Any], dark: bool = False, gap: float = LABEL_GAP) -> Chart:
    """Cost paid so far, by month and option, labelled at the line's end; dashed where rules keep an option out.

    Labels are `gap` apart at least, as a share of the largest value.
    """
    months = ["start", *result["months"]]
    options = labelled(result["options"])
    paid = [list(accumulate(o["monthly_cost_usd"])) for o in options]
    ends = spread([p[-1] for p in paid], gap * max(max(p) for p in paid))
    last = len(months) - 1
    records = [
        {
            "option": o["label"],
            "route": o["route"],
            **inks(ROUTE_COLOURS[o["route"]]),
            "allowed": "passes every gate" if o["feasibility"] == "pass" else "kept out by a rule, or needs evidence",
            "month": number,
            "name": months[number],
            "usd": usd,
            "label_usd": end if number == last else None,
        }
        for o, by_month, end in zip(options, paid, ends, strict=True)
        for number, usd in enumerate(by_month)
    ]
    x = {
        "field": "month",
        "type": "quantitative",
        "title": "month of the horizon",
        "axis": {"tickMinStep": 6, "grid": False},
        "scale": {"domain": [0, last], "nice": False},
    }
    y = {"type": "quantitative", "title": "paid so far, USD, undiscounted", "axis": {"format": "$.3~s"}}
    routes = [r for r in ROUTE_COLOURS if any(o["route"] == r for o in options)]
    colour = {
        "field": "route",
        "type": "nominal",
        "scale": {"domain": routes, "range": [ROUTE_COLOURS[r] for r in routes]},
        "legend": {"orient": "bottom", "title": None, "symbolType": "stroke"},
    }
    dash = {
        "field": "allowed",
        "type": "nominal",
        "scale": {"domain": ["passes every gate", "kept out by a rule, or needs evidence"], "range": [[1, 0], [4, 3]]},
        "legend": {"orient": "bottom", "title": None, "symbolType": "stroke", "columns": 1},
    }
    tooltip = [
        {"field": "option", "type": "nominal"},
        {"field": "name", "type": "nominal", "title": "month"},
        {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "paid so far"},
    ]
    spec = {
        "width": "container",
        "height": 440,
        "autosize": {"type": "fit", "contains": "padding"},
        "title": titled(cumulative_title(result)),
        "config": theme(dark),
        "encoding": {"x": x, "color": colour, "detail": {"field": "option"}, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"y": {**y, "field": "usd"}, "strokeDash": dash},
            },
            {
                "transform": [{"filter": f"datum.month == {last}"}],
                "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 5, "fontSize": 10, "limit": 150},
                "encoding": {"y": {**y, "field": "label_usd"}, "text": {"field": "option"}, "color": INKED},
            },
        ],
    }
    return spec, records


def cumulative_title(result: dict[str, Any]) -> str:
    """The finding, as the chart's title."""
    allowed = [o for o in result["options"] if o["feasibility"] == "pass"] or result["options"]
    totals = {o["id"]: sum(o["monthly_cost_usd"]) for o in allowed}
    least, most = min(totals, key=lambda k: totals[k]), max(totals, key=lambda k: totals[k])
    what = "Of what is allowed, " if len(allowed) < len(result["options"]) else ""
    if least == most:
        return f"{what}{least} costs {money(totals[least])} over the horizon"
    return f"{what}{least} pays least over the horizon ({money(totals[least])}), {most} most ({money(totals[most])})"


def cost_breakdown(result: dict[str, Any], dark: bool = False) -> Chart:
    """Present value of cost by family of lines, a bar an option."""
    records = []
    options = labelled(ranked(result["options"]))
    for option in options:
        for family, lines in FAMILIES.items():
            usd = sum(option["cost_lines_usd"].get(line, 0.0) for line in lines)
            if usd:
                records.append({"option": option["label"], "family": family, "usd": usd})
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": titled(breakdown_title(options)),
        "config": theme(dark),
        "mark": {"type": "bar", "height": 16},
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": [o["label"] for o in options], "title": None},
            "x": {
                "field": "usd",
                "type": "quantitative",
                "title": "present value, USD",
                "axis": {"format": "$.3~s", "tickCount": 8},
            },
            "color": {
                "field": "family",
                "type": "nominal",
                "scale": {"domain": list(FAMILIES), "range": list(COLOURS[: len(FAMILIES)])},
                "legend": {"orient": "bottom", "columns": 2, "title": None},
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


def breakdown_title(options: list[dict[str, Any]]) -> str:
    """The finding: what the cheapest option that is allowed spends most on. `options` come ranked."""
    first = options[0]
    families = {f: sum(first["cost_lines_usd"].get(line, 0.0) for line in lines) for f, lines in FAMILIES.items()}
    most, total = max(families, key=lambda f: families[f]), first["npv_usd"]["base"]
    if total <= 0:
        return f"Where the money goes: {first['id']} costs {money(total)}"
    return f"Where the money goes: {percent(families[most] / total)} of {first['id']}'s {money(total)} is {WITHIN[most]}"


def cost_ranges(result: dict[str, Any], dark: bool = False) -> Chart:
    """P10 to P90 of the present value with its median, an option a row."""
    options = labelled(result["options"])
    records = [{"option": o["label"], **{f"usd_{k}": o["npv_usd"][k] for k in ("p10", "p50", "p90")}} for o in options]
    order = [o["label"] for o in sorted(options, key=lambda o: o["npv_usd"]["p50"])]
    tooltip = [
        {"field": "option", "type": "nominal"},
        *(
            {"field": f"usd_{k}", "type": "quantitative", "format": "$,.0f", "title": k.upper()}
            for k in ("p10", "p50", "p90")
        ),
    ]
    y = {"field": "option", "type": "nominal", "sort": order, "title": None}
    x = {
        "type": "quantitative",
        "title": "present value of cost, USD: P10, median, P90",
        "axis": {"format": "$.3~s", "tickCount": 8},
        "scale": {"zero": True},
    }
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": titled(ranges_title(result)),
        "config": theme(dark),
        "encoding": {"y": y, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "color": COLOURS[0]},
                "encoding": {"x": {**x, "field": "usd_p10"}, "x2": {"field": "usd_p90"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "color": COLOURS[1]},
                "encoding": {"x": {**x, "field": "usd_p50"}},
            },
        ],
    }
    return spec, records


def ranges_title(result: dict[str, Any]) -> str:
    """The finding: the range of the option that leads, and of how many draws."""
    first = ranked(result["options"])[0]
    npv = first["npv_usd"]
    return (
        f"{first['id']} costs {money(npv['p10'])} to {money(npv['p90'])} of present value, "
        f"{money(npv['p50'])} in the middle ({figure(result['draws'], 6)} draws)"
    )
