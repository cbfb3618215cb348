"""What giving an option up would strand, and how its cost falls on fiscal years."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import COLOURS, Chart, theme, titled
from calculator.wording import money


def stranded(option: dict[str, Any], months: list[str], dark: bool = False) -> Chart:
    """What cancelling at each month-end would lose, the start first."""
    names = ["start", *months]
    lost = option["money"]["stranded_usd"]
    records = [{"month": n, "name": name, "usd": usd} for n, (name, usd) in enumerate(zip(names, lost, strict=True))]
    spec = {
        "width": "container",
        "height": 150,
        "title": titled(stranded_title(option)),
        "config": theme(dark),
        "mark": {"type": "area", "line": {"color": COLOURS[1]}, "color": COLOURS[1], "fillOpacity": 0.15},
        "encoding": {
            "x": {
                "field": "month",
                "type": "quantitative",
                "title": "cancelled at the end of month",
                "axis": {"tickMinStep": 6, "grid": False},
                "scale": {"domain": [0, len(months)], "nice": False},
            },
            "y": {
                "field": "usd",
                "type": "quantitative",
                "title": "stranded, USD",
                "axis": {"format": "$.3~s", "tickCount": 4},
            },
            "tooltip": [
                {"field": "name", "type": "nominal", "title": "month"},
                {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "stranded"},
            ],
        },
    }
    return spec, records


def stranded_title(option: dict[str, Any]) -> str:
    """The finding, as the chart's title and in words."""
    lost = option["money"]["stranded_usd"]
    worst = max(lost)
    if worst < 1:
        return f"Giving {option['id']} up strands nothing, whenever it is"
    return f"Giving {option['id']} up strands at most {money(worst)}, at month {lost.index(worst)}"


def by_year(option: dict[str, Any], dark: bool = False) -> Chart:
    """Cash beside profit and loss, by fiscal year."""
    kinds = {"cash_usd": "cash", "profit_and_loss_usd": "profit and loss"}
    records = [
        {"year": row["fiscal_year"], "view": label, "usd": row[key]}
        for row in option["money"]["views"]
        for key, label in kinds.items()
    ]
    spec = {
        "width": "container",
        "height": 200,
        "title": titled(by_year_title(option)),
        "config": theme(dark),
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "year", "type": "nominal", "title": None, "axis": {"labelAngle": 0}},
            "xOffset": {"field": "view"},
            "y": {"field": "usd", "type": "quantitative", "title": "cost, USD", "axis": {"format": "$.3~s", "tickCount": 5}},
            "color": {
                "field": "view",
                "type": "nominal",
                "scale": {"domain": list(kinds.values()), "range": [COLOURS[0], COLOURS[1]]},
                "legend": {"orient": "bottom", "title": None},
            },
            "tooltip": [
                {"field": "year", "type": "nominal", "title": "fiscal year"},
                {"field": "view", "type": "nominal"},
                {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "cost"},
            ],
        },
    }
    return spec, records


def by_year_title(option: dict[str, Any]) -> str:
    """The finding, as the chart's title and in words."""
    rows = option["money"]["views"]
    worst = max(rows, key=lambda row: abs(row["cash_usd"] - row["profit_and_loss_usd"]))
    gap = worst["cash_usd"] - worst["profit_and_loss_usd"]
    if abs(gap) < 1:
        return f"{option['id']}: cash and profit and loss are the same in every year"
    side = "above" if gap > 0 else "below"
    return f"{option['id']}: in {worst['fiscal_year']} cash is {money(abs(gap))} {side} profit and loss"
