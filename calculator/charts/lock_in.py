"""How long models last, and what leaving an option costs."""

from __future__ import annotations

from typing import Any

from calculator.charts.ink import TEXT
from calculator.charts.style import COLOURS, Chart, theme, titled
from calculator.wording import money

DAYS_PER_MONTH = 365.25 / 12
PARTS = {
    "forced_migrations": "forced moves",
    "price_exposure": "price steps",
    "engineering": "exit: engineering",
    "fine_tuning": "exit: fine-tunes redone",
    "re_embedding": "exit: embedding anew",
    "egress": "exit: moving data out",
    "commitment": "exit: commitment or servers",
    "dual_running": "exit: both running",
}
"""Parts of lock-in as readers see them, in the order of the waterfall."""


def survival(result: dict[str, Any], option: dict[str, Any], dark: bool = False) -> Chart:
    """The survival curve that an option's model follows, with its 95 % band, and where the model stands on it."""
    curve = result["survival_curves"][option["lock_in"]["survival_curve"]]
    records = [
        {"months": day / DAYS_PER_MONTH, "share": share, "low": low, "high": high}
        for day, share, low, high in zip(curve["days"], curve["survival"], curve["low"], curve["high"], strict=True)
    ]
    end = max(curve["watched_days"], curve["days"][-1]) / DAYS_PER_MONTH
    records.append({**records[-1], "months": end})
    x = {"field": "months", "type": "quantitative", "title": "months since launch", "axis": {"tickMinStep": 6}}
    share = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%"}, "title": "share still served"}
    age = {"datum": option["lock_in"]["age_days"] / DAYS_PER_MONTH}
    spec = {
        "width": "container",
        "height": 260,
        "title": titled(survival_title(curve)),
        "config": theme(dark),
        "layer": [
            {
                "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.18, "color": COLOURS[0]},
                "encoding": {"x": x, "y": {"field": "low", **share}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "color": COLOURS[0]},
                "encoding": {
                    "x": x,
                    "y": {"field": "share", **share},
                    "tooltip": [
                        {"field": "months", "type": "quantitative", "format": ".1f", "title": "months"},
                        {"field": "share", "type": "quantitative", "format": ".0%", "title": "still served"},
                        {"field": "low", "type": "quantitative", "format": ".0%", "title": "95 % from"},
                        {"field": "high", "type": "quantitative", "format": ".0%", "title": "to"},
                    ],
                },
            },
            {
                "data": {"values": [{}]},  # one mark, not one a record
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": COLOURS[1]},
                "encoding": {"x": age},
            },
            {
                "data": {"values": [{}]},
                "mark": {"type": "text", "align": "left", "dx": 4, "dy": 4, "baseline": "top", "color": TEXT[COLOURS[1]]},
                "encoding": {"x": age, "y": {"datum": 1}, "text": {"value": "age at the start"}},
            },
        ],
    }
    return spec, records


def survival_title(curve: dict[str, Any]) -> str:
    """The finding, as the chart's title."""
    seen = f"{curve['models']} models, {curve['ended']} with an end"
    if curve["median_days"] is None:
        return f"{curve['name']}: more than half are still served ({seen})"
    months = curve["median_days"] / DAYS_PER_MONTH
    return f"{curve['name']}: half are gone {months:.0f} months after launch ({seen})"


def lock_in_waterfall(option: dict[str, Any], dark: bool = False) -> Chart:
    """Lock-in of one option at base values, part by part up to the total."""
    records, reached = [], 0.0
    for part, usd in parts_usd(option).items():
        if usd:
            records.append({"part": PARTS[part], "usd_from": reached, "usd_to": reached + usd, "usd": usd, "kind": "part"})
            reached += usd
    records.append({"part": "all together", "usd_from": 0.0, "usd_to": reached, "usd": reached, "kind": "total"})
    spec = {
        "width": "container",
        "height": {"step": 28},
        "title": titled(f"{option['id']}: lock-in of {money(reached)}, at base values"),
        "config": theme(dark),
        "encoding": {
            "y": {"field": "part", "type": "nominal", "sort": [r["part"] for r in records], "title": None},
            "x": {
                "field": "usd_from",
                "type": "quantitative",
                "title": "present value, USD",
                "axis": {"format": "$.3~s", "tickCount": 5},
            },
            "x2": {"field": "usd_to"},
            "color": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": ["part", "total"], "range": [COLOURS[0], COLOURS[7]]},
                "legend": None,
            },
            "tooltip": [
                {"field": "part", "type": "nominal"},
                {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "USD"},
            ],
        },
        "layer": [{"mark": {"type": "bar", "height": 18}}],
    }
    return spec, records


def parts_usd(option: dict[str, Any]) -> dict[str, float]:
    """Lock-in by part at base values: what is likely to be forced over the horizon, then exit cost today."""
    known = option["lock_in"]
    forced = {name: known[f"{name}_usd"]["base"] for name in ("forced_migrations", "price_exposure")}
    return {**forced, **known["exit_parts_usd"]}


def survival_alt(result: dict[str, Any], option: dict[str, Any]) -> str:
    """The curve in words."""
    return survival_title(result["survival_curves"][option["lock_in"]["survival_curve"]])


def waterfall_alt(option: dict[str, Any]) -> str:
    """The waterfall in words."""
    shown = [f"{PARTS[part]} {money(usd)}" for part, usd in parts_usd(option).items() if usd]
    return f"Lock-in of {option['id']}: " + ("; ".join(shown) or "none")
