"""Quality against cost: every option a point, the frontier a line, what is dominated grey."""

from __future__ import annotations

from math import log
from typing import Any

from calculator.charts.ink import MARK
from calculator.charts.labelling import PLACES, label_places
from calculator.charts.style import ROUTE_COLOURS, Chart, label, theme, titled

GREY = MARK
NAMED = 5
"""Options that the title names."""
SMALLEST = (230.0, 110.0)
"""Width and height of the smallest picture that it is drawn in, px: on a phone, and half a page of the report."""
SCORED = ("as it runs", "at another effort or precision")


def quality_cost(result: dict[str, Any], dark: bool = False) -> Chart:
    """Score against cost per million tokens (logarithmic); a triangle has a score of another effort or precision."""
    rows = _known(result)
    records = [
        {
            "option": r["id"],
            "label": label(r["id"]),
            "route": r["route"],
            "score": r["score"],
            "usd_per_million_tokens": r["usd_per_million_tokens"],
            "on_frontier": r["on_frontier"],
            "standing": "on the frontier" if r["on_frontier"] else r["reason"] or f"dominated by {r['dominated_by']}",
            "scored": SCORED[0] if r["matches"] else SCORED[1],
            "gates": r["feasibility"],
        }
        for r in rows
    ]
    routes = [r for r in ROUTE_COLOURS if any(row["route"] == r and row["on_frontier"] for row in rows)]
    scores = [r["score"] for r in rows]
    pad = max(1.0, 0.08 * (max(scores) - min(scores))) if scores else 1.0
    span = [min(scores) - pad, max(scores) + pad] if scores else [0, 1]
    dollars = [r["usd_per_million_tokens"] for r in rows]
    costs = [min(dollars) / 1.25, max(dollars) * 1.25] if rows else [0.1, 10]
    for record, place in zip(records, _places(rows, span, costs), strict=True):
        record["place"] = place
    x = {
        "field": "usd_per_million_tokens",
        "type": "quantitative",
        "title": "USD per million tokens",
        "scale": {"type": "log", "domain": costs, "nice": False},
        "axis": {"format": "~g", "tickCount": 6},
    }
    y = {
        "field": "score",
        "type": "quantitative",
        "title": rows[0]["benchmark"] if rows else "score",
        "scale": {"domain": span, "zero": False},
    }
    colour = {
        "field": "route",
        "type": "nominal",
        "scale": {"domain": routes, "range": [ROUTE_COLOURS[r] for r in routes]},
        "legend": {"orient": "bottom", "title": None},
    }
    shape = {
        "field": "scored",
        "type": "nominal",
        "scale": {"domain": list(SCORED), "range": ["circle", "triangle-up"]},
        "legend": {"orient": "bottom", "title": "score taken"},
    }
    tooltip = [
        {"field": "option", "type": "nominal"},
        {"field": "route", "type": "nominal"},
        {"field": "score", "type": "quantitative"},
        {"field": "usd_per_million_tokens", "type": "quantitative", "format": ",.3~r", "title": "USD per million tokens"},
        *({"field": f, "type": "nominal"} for f in ("standing", "scored", "gates")),
    ]
    point: dict[str, Any] = {"type": "point", "size": 80, "filled": True, "opacity": 1}
    on, off = [{"filter": "datum.on_frontier"}], [{"filter": "!datum.on_frontier"}]
    steps = {"type": "line", "interpolate": "step-after", "color": GREY, "strokeDash": [4, 3]}
    spec: dict[str, Any] = {
        "width": "container",
        "height": 340,
        "title": titled(quality_cost_title(result)),
        "config": theme(dark),
        "encoding": {"x": x, "y": y},
        "layer": [
            {"transform": on, "mark": steps},
            {"transform": off, "mark": {**point, "color": GREY}, "encoding": {"shape": shape, "tooltip": tooltip}},
            {"transform": on, "mark": point, "encoding": {"color": colour, "shape": shape, "tooltip": tooltip}},
            *(_names(place, dark) for place in dict.fromkeys(r["place"] for r in records if r["place"])),
        ],
    }
    return spec, records


def _names(place: str, dark: bool) -> dict[str, Any]:
    """The layer of names that stand at one place beside their points."""
    return {
        "transform": [{"filter": f"datum.place == '{place}'"}],
        "mark": {"type": "text", "fontSize": 11, "color": theme(dark)["text"]["color"], **PLACES[place]},
        "encoding": {"text": {"field": "label", "type": "nominal"}},
    }


def _places(rows: list[dict[str, Any]], span: list[float], costs: list[float]) -> list[str]:
    """Where the names of the options on the frontier stand; empty for the others."""

    def at(r: dict[str, Any]) -> tuple[float, float]:
        x = log(r["usd_per_million_tokens"] / costs[0]) / log(costs[1] / costs[0])
        return x, (r["score"] - span[0]) / (span[1] - span[0])

    named = [r for r in rows if r["on_frontier"]]
    found = label_places([(label(r["id"]), *at(r)) for r in named], [at(r) for r in rows], *SMALLEST)
    by_id = dict(zip((r["id"] for r in named), found, strict=True))
    return [by_id.get(r["id"], "") for r in rows]


def _known(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [r for r in result["quality_frontier"] if r["score"] is not None and r["usd_per_million_tokens"] > 0]


def quality_cost_title(result: dict[str, Any]) -> str:
    """The finding: which options are left when quality and cost are all that counts."""
    rows = _known(result)
    if not rows:
        return "No option has a published score, so quality and cost cannot be put against each other"
    front = [r["id"] for r in sorted(rows, key=lambda r: float(r["usd_per_million_tokens"])) if r["on_frontier"]]
    named = ", ".join(front[:NAMED]) + (f" and {len(front) - NAMED} more" if len(front) > NAMED else "")
    return f"By quality and cost alone {named} {'is' if len(front) == 1 else 'are'} worth choosing among"
