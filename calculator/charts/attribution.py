"""Why the cost moved from one scenario to another."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import COLOURS, Chart, label, theme, titled
from calculator.wording import money

KINDS = {"scenario": COLOURS[7], "dearer": COLOURS[1], "cheaper": COLOURS[0]}
ROOM = 0.4
"""Share of the axis beyond the longest bar, for its label."""
LEAST_USD = 0.5
"""Smaller amounts are no change."""


def attribution_waterfall(found: dict[str, Any], option: str | None = None, dark: bool = False) -> Chart:
    """Expected cost of an option, or of the one ahead where none is named, from A step by step to B.

    `found` is what `attribution` gives; the option has to be one that has its steps there.
    """
    moved = _moved(found, option)
    records = [_record(f"A: {label(moved['from'])}", 0.0, moved["from_usd"], "scenario")]
    reached = moved["from_usd"]
    effects = zip(found["steps"], moved["steps_usd"], moved["steps_by_order_usd"], strict=True)
    for number, (step, usd, orders) in enumerate(effects, 1):
        kind = "dearer" if usd > 0 else "cheaper"
        ahead = {"leader": _ahead(step)} if option is None else {}
        low, high = sorted(orders)
        records.append(
            {**_record(f"{number} {label(step['label'])}", reached, reached + usd, kind), "step": step["label"], **ahead}
        )
        records[-1]["order"] = f"{signed(low)} to {signed(high)}"
        reached += usd
    records.append(_record(f"B: {label(moved['to'])}", 0.0, moved["to_usd"], "scenario"))
    ends = [r[end] for r in records for end in ("usd_from", "usd_to")]
    records = [{**r, "usd_room": max(ends) + ROOM * (max(ends) - min(ends))} for r in records]
    kinds = [kind for kind in KINDS if any(r["kind"] == kind for r in records)]
    y = {"field": "row", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 170}}
    x = {"type": "quantitative", "title": "expected present value of cost, USD", "axis": {"format": "$.3~s", "tickCount": 4}}
    tooltip = [
        {"field": "step", "type": "nominal", "title": "step"},
        {"field": "usd", "type": "quantitative", "format": "$,.0f", "title": "moves the cost by"},
        {"field": "order", "type": "nominal", "title": "by order of steps"},
        *([{"field": "leader", "type": "nominal", "title": "then ahead"}] if option is None else []),
    ]
    spec = {
        "width": "container",
        "height": {"step": 30},
        "title": titled(attribution_title(found, option)),
        "config": theme(dark),
        "encoding": {"y": y, "tooltip": tooltip},
        "layer": [
            {
                "mark": {"type": "bar", "height": 18},
                "encoding": {
                    "x": {**x, "field": "usd_from"},
                    "x2": {"field": "usd_to"},
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "scale": {"domain": kinds, "range": [KINDS[kind] for kind in kinds]},
                        "legend": {"orient": "bottom", "title": None, "columns": 2},
                    },
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10},
                "encoding": {"x": {"field": "usd_end", "type": "quantitative"}, "text": {"field": "said"}},
            },
            {  # keeps room for the label of the longest bar, in whatever currency
                "mark": {"type": "point", "opacity": 0, "tooltip": None},
                "encoding": {"x": {"field": "usd_room", "type": "quantitative"}},
            },
        ],
    }
    return spec, records


def _record(row: str, start: float, end: float, kind: str) -> dict[str, Any]:
    usd = end - start
    said = money(end) if kind == "scenario" else signed(usd)
    places = {"usd_from": start, "usd_to": end, "usd_end": max(start, end), "usd": usd}
    return {"row": row, "step": row, "kind": kind, "said": said, "order": "", **places}


def _moved(found: dict[str, Any], option: str | None) -> dict[str, Any]:
    moved: dict[str, Any] = found["choice"] if option is None else found["options"][option]
    return moved


def _ahead(step: dict[str, Any]) -> str:
    return f"{step['leader']}{'' if step['wins'] else ', too close to call'}" if step["leader"] else "nothing passes"


def signed(usd: float) -> str:
    """An amount with its sign: `+$1.2M`, `−$300`, `no change`."""
    return "no change" if abs(usd) < LEAST_USD else f"{'+' if usd > 0 else '−'}{money(abs(usd))}"


def ahead_words(found: dict[str, Any]) -> str:
    """What the option ahead is called: advised only where neither verdict is too close to call."""
    return "What is advised" if found["choice"] is not None and found["choice"]["advised"] else "The option ahead"


def attribution_title(found: dict[str, Any], option: str | None = None) -> str:
    """The finding, as the chart's title."""
    moved = _moved(found, option)
    usd = moved["to_usd"] - moved["from_usd"]
    whose = ahead_words(found) if option is None else option
    if abs(usd) < LEAST_USD:
        text = f"{whose} costs the same in both"
    else:
        text = f"{whose} costs {money(abs(usd))} {'more' if usd > 0 else 'less'} in B than in A"
    steps = sorted(zip(moved["steps_usd"], found["steps"], strict=True), key=lambda pair: -abs(pair[0]))
    if steps and abs(steps[0][0]) >= LEAST_USD:
        text += f", most by {steps[0][1]['label']} ({signed(steps[0][0])})"
    return text if moved["from"] == moved["to"] else f"{text}; {moved['from']} gives way to {moved['to']}"


def attribution_alt(found: dict[str, Any], option: str | None = None) -> str:
    """The waterfall in words."""
    moved = _moved(found, option)
    steps = [f"{s['label']} {signed(usd)}" for s, usd in zip(found["steps"], moved["steps_usd"], strict=True)]
    return f"From {money(moved['from_usd'])} in A to {money(moved['to_usd'])} in B: " + ("; ".join(steps) or "no step") + "."
