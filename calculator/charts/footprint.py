"""Emissions side by side."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import ROUTE_COLOURS, Chart, labelled, theme, titled
from calculator.wording import figure

KG_PER_TONNE = 1000


def emissions(result: dict[str, Any], dark: bool = False) -> Chart:
    """Tonnes of CO2e over the horizon: the plausible range a bar, the base value a point, an option a row."""
    options = [o for o in labelled(result["options"]) if o["co2e_kg"]]
    records = [
        {"option": o["label"], "route": o["route"], **{k: o["co2e_kg"][k] / KG_PER_TONNE for k in ("low", "base", "high")}}
        for o in options
    ]
    order = [r["option"] for r in sorted(records, key=lambda r: r["base"])]
    routes = [r for r in ROUTE_COLOURS if any(o["route"] == r for o in options)]
    colour = {
        "field": "route",
        "type": "nominal",
        "scale": {"domain": routes, "range": [ROUTE_COLOURS[r] for r in routes]},
        "legend": {"orient": "bottom", "title": None},
    }
    x = {"type": "quantitative", "title": "tonnes of CO2e over the horizon", "axis": {"format": ",.3~s"}}
    tooltip = [
        {"field": "option", "type": "nominal"},
        *({"field": k, "type": "quantitative", "format": ",.3~r", "title": f"{k}, t CO2e"} for k in ("low", "base", "high")),
    ]
    spec = {
        "width": "container",
        "height": {"step": 26},
        "title": titled(emissions_title(result)),
        "config": theme(dark),
        "encoding": {
            "y": {"field": "option", "type": "nominal", "sort": order, "title": None},
            "color": colour,
            "tooltip": tooltip,
        },
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": {"x": {**x, "field": "base"}}},
        ],
    }
    return spec, records


def emissions_title(result: dict[str, Any]) -> str:
    """The finding: who emits least, and by how much the options differ."""
    known = {o["id"]: o["co2e_kg"]["base"] / KG_PER_TONNE for o in result["options"] if o["co2e_kg"]}
    if not known:
        return "Emissions are not known for any option"
    least, most = min(known, key=lambda k: known[k]), max(known, key=lambda k: known[k])
    if least == most:
        return f"{least} emits about {figure(known[least])} t CO2e over the horizon"
    return (
        f"{least} emits least (about {figure(known[least])} t CO2e over the horizon), {most} most ({figure(known[most])} t)"
    )
