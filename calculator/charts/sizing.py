"""A replica on its GPUs: where the memory goes, and what speed costs in latency."""

from __future__ import annotations

from typing import Any

from calculator.charts.ink import INKED, TEXT, on_fill
from calculator.charts.style import COLOURS, Chart, theme, titled
from calculator.wording import figure, percent

MEMORY = {"weights": "weights_gib", "KV cache": "kv_gib", "reserve": "reserve_gib", "free": "free_gib"}
MEMORY_COLOURS = (COLOURS[0], COLOURS[1], COLOURS[6], "#666666")
BINDS = {
    "memory": "memory for the KV cache",
    "tpot": "the time per output token",
    "ttft": "the time to first token",
    "compute": "arithmetic",
    "bandwidth": "memory bandwidth and overheads",
}
"""What keeps a replica from serving more, in words."""


def memory_bar(option: dict[str, Any], dark: bool = False) -> Chart:
    """One bar: weights, KV cache, reserve, free memory of a replica."""
    sizing = option["sizing"]
    total = sizing["memory_gib"]
    records: list[dict[str, Any]] = []
    for place, ((part, key), colour) in enumerate(zip(MEMORY.items(), MEMORY_COLOURS, strict=True)):
        gib = max(sizing[key], 0.0)
        text = f"{part} {_whole(gib)}" if gib > 0.1 * total else ""
        start = sum(r["gib"] for r in records)
        records.append(
            {"part": part, "gib": gib, "start": start, "end": start + gib, "place": place, "text": text, **on_fill(colour)}
        )
    used = 1 - max(sizing["free_gib"], 0.0) / total
    weights = percent(sizing["weights_gib"] / total)
    title = f"Memory of a replica: {percent(used)} of {_whole(total)} GiB taken, {weights} by weights"
    x = {
        "field": "start",
        "type": "quantitative",
        "title": "GiB over all GPUs of a replica",
        "scale": {"domain": [0, total]},
        "axis": {"tickCount": 6, "grid": False},
    }
    spec = {
        "width": "container",
        "height": 160,
        "title": titled(title),
        "config": theme(dark),
        "encoding": {
            "x": x,
            "x2": {"field": "end"},
            "tooltip": [{"field": "part", "type": "nominal"}, {"field": "gib", "type": "quantitative", "format": ",.1f"}],
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 30},
                "encoding": {
                    "color": {
                        "field": "part",
                        "type": "nominal",
                        "scale": {"domain": list(MEMORY), "range": list(MEMORY_COLOURS)},
                        "legend": {"orient": "bottom", "title": None},
                    }
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 11, "fontWeight": 600},
                "encoding": {"text": {"field": "text"}, "color": INKED},
            },
        ],
    }
    return spec, records


def throughput_latency(option: dict[str, Any], dark: bool = False) -> Chart:
    """Output tokens a second against time per output token as more sequences run at once, with the point planned for.

    The band is the range of the speed: a replica that is faster by a factor writes that many more tokens at that
    much less time each.
    """
    sizing = option["sizing"]
    low, high = sizing["speed_range"]["low"], sizing["speed_range"]["high"]
    limit = (sizing["load"] or {}).get("tpot_ms")
    records: list[dict[str, Any]] = []
    for name, factor in (("slow", low), ("expected", 1.0), ("fast", high)):
        for p in sizing["curve"]:
            tokens, tpot = p["tokens_per_second"] * factor, p["tpot_ms"] / factor
            records.append({"speed": name, "tokens": tokens, "tpot": tpot, "batch": p["batch"], "mark": "curve"})
    here = {"tokens": sizing["tokens_per_second_per_replica"], "tpot": sizing["tpot_ms"], "batch": sizing["batch"]}
    records.append({"speed": "expected", **here, "mark": "point", "text": f"planned: {_whole(here['batch'])} at once"})
    longest = max([here["tpot"] * 1.6, *([limit * 1.4] if limit and limit < 1e5 else [])])
    records = [r for r in records if r["tpot"] <= longest]
    ends = {r["speed"]: r for r in sorted((r for r in records if r["mark"] == "curve"), key=lambda r: r["batch"])}
    records += [{**end, "mark": "name", "text": speed} for speed, end in ends.items()]
    if limit and limit <= longest:
        records.append({"mark": "limit", "tpot": limit, "text": f"{figure(limit)} ms allowed"})
    title = (
        f"{_whole(here['tokens'])} tokens/s a replica at {_whole(here['tpot'])} ms each; "
        f"{BINDS[sizing['binds']]} keeps it from more"
    )
    colours = {"domain": ["slow", "expected", "fast"], "range": [COLOURS[7], COLOURS[0], COLOURS[7]]}
    x = {
        "field": "tokens",
        "type": "quantitative",
        "title": "output tokens/s of a replica",
        "axis": {"format": "~s", "tickCount": 6},
    }
    y = {"field": "tpot", "type": "quantitative", "title": "ms per output token", "scale": {"domain": [0, longest]}}
    tooltip = [
        {"field": "batch", "type": "quantitative", "title": "sequences at once", "format": ",.0f"},
        {"field": "tokens", "type": "quantitative", "title": "tokens/s", "format": ",.0f"},
        {"field": "tpot", "type": "quantitative", "title": "ms per token", "format": ".1f"},
        {"field": "speed", "type": "nominal"},
    ]
    spec = {
        "width": "container",
        "height": 320,
        "title": titled(title),
        "config": theme(dark),
        "layer": [
            {
                "transform": [{"filter": "datum.mark === 'curve'"}],
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": y,
                    "order": {"field": "batch"},
                    "color": {
                        "field": "speed",
                        "type": "nominal",
                        "scale": colours,
                        "legend": None,
                    },
                    "strokeDash": {
                        "field": "speed",
                        "type": "nominal",
                        "scale": {"domain": colours["domain"], "range": [[4, 3], [1, 0], [4, 3]]},
                        "legend": None,
                    },
                    "tooltip": tooltip,
                },
            },
            {
                "transform": [{"filter": "datum.mark === 'name'"}],
                "mark": {"type": "text", "align": "center", "dy": -4, "baseline": "bottom", "fontSize": 11},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            },
            {
                "transform": [{"filter": "datum.mark === 'limit'"}],
                "mark": {"type": "rule", "strokeDash": [2, 2], "color": COLOURS[1]},
                "encoding": {"y": y},
            },
            {
                "transform": [{"filter": "datum.mark === 'limit'"}],
                "mark": {"type": "text", "align": "left", "dx": 4, "dy": -7, "color": TEXT[COLOURS[1]], "fontSize": 11},
                "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "text"}},
            },
            {
                "transform": [{"filter": "datum.mark === 'point'"}],
                "mark": {"type": "point", "filled": True, "size": 90, "color": COLOURS[1], "opacity": 1},
                "encoding": {"x": x, "y": y, "tooltip": tooltip},
            },
            {
                "transform": [{"filter": "datum.mark === 'point'"}],
                # in the corner that curves which rise leave free, in the colour of the point
                "mark": {"type": "text", "align": "right", "dx": -4, "dy": -9, "color": TEXT[COLOURS[1]], "fontWeight": 600},
                "encoding": {"x": {"value": "width"}, "y": {"value": "height"}, "text": {"field": "text"}},
            },
        ],
    }
    return spec, records


def _whole(value: float) -> str:
    return figure(round(value), 12)


def sizing_alt(option: dict[str, Any]) -> str:
    """Both charts in words."""
    s = option["sizing"]
    memory = f"{s['weights_gib']:.0f} GiB of weights, {s['kv_gib']:.0f} of KV cache, {s['free_gib']:.0f} free"
    speed = f"{s['tokens_per_second_per_replica']:.0f} output tokens a second at {s['tpot_ms']:.0f} ms each"
    return f"{option['id']}: a replica of {s['memory_gib']:.0f} GiB: {memory}; {speed}, {s['batch']:.0f} sequences at once"
