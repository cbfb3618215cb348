"""How likely which loss is."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import COLOURS, Chart, theme, titled
from calculator.wording import months_in_words, written


def loss_exceedance(result: dict[str, Any], dark: bool = False) -> Chart:
    """Chance that security losses over the horizon exceed a sum; options with the same curve share a line."""
    together: dict[tuple[float, ...], list[str]] = {}
    for option in result["options"]:
        curve = tuple(p["probability"] for p in option["security_loss_usd"]["exceedance"])
        together.setdefault(curve, []).append(option["id"])
    names = {ids[0]: _name(ids, len(result["options"])) for ids in together.values()}
    records = [
        {"usd": point["usd"], "probability": point["probability"], "option": names[option["id"]]}
        for option in result["options"]
        if option["id"] in names
        for point in option["security_loss_usd"]["exceedance"]
        if point["probability"] > 1e-6
    ]
    spec = {
        "width": "container",
        "height": 280,
        "title": titled(loss_title(result)),
        "config": theme(dark),
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {
                "field": "usd",
                "type": "quantitative",
                "scale": {"type": "log", "nice": False},
                "axis": {"format": "$.2~s", "tickCount": 6, "grid": False},
                "title": "loss, USD",
            },
            "y": {
                "field": "probability",
                "type": "quantitative",
                "scale": {"zero": True},
                "axis": {"format": ".2~%"},
                "title": "chance of more",
            },
            "color": {"field": "option", "type": "nominal", "title": None, "scale": {"range": list(COLOURS)}},
            "strokeDash": {"field": "option", "type": "nominal", "title": None},
            "tooltip": [
                {"field": "option", "type": "nominal"},
                {"field": "usd", "type": "quantitative", "format": "$,.3s", "title": "loss above, USD"},
                {"field": "probability", "type": "quantitative", "format": ".3%", "title": "chance"},
            ],
        },
    }
    return spec, records


def _name(ids: list[str], options: int) -> str:
    if len(ids) == options:
        return "every option"
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


def loss_title(result: dict[str, Any]) -> str:
    """The finding: how likely any loss is."""
    over = months_in_words(result["horizon_months"])
    return f"Security losses over {over}: any at all has a chance of {_span(result)} %, larger ones less"


def loss_alt(result: dict[str, Any]) -> str:
    """The chart in words."""
    return f"Chance of any security loss over the horizon: {_span(result)} %; the curve falls with the size of the loss."


def _span(result: dict[str, Any]) -> str:
    shares = sorted({round(100 * o["security_loss_usd"]["horizon"]["probability_of_any"], 2) for o in result["options"]})
    return f"{written(shares[0], 'g')}" if len(shares) == 1 else f"{written(shares[0], 'g')} to {written(shares[-1], 'g')}"
