"""Open against proprietary models over time."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import COLOURS, Chart, theme, titled
from calculator.quality.race import BENCHMARKS, Point, best_until, frontier, lag_quantile, lags
from calculator.wording import written

OPEN, PROPRIETARY = COLOURS[2], COLOURS[0]
SIDES = ("open", "proprietary")


def race(points: tuple[Point, ...], benchmark: str, dark: bool = False) -> Chart:
    """Every model a point, the record of each side a step line."""
    records: list[dict[str, Any]] = []
    end = max(p.released for p in points)
    for side in SIDES:
        steps = frontier(points, "open" if side == "open" else "proprietary")
        on_frontier = set(map(id, steps))
        records += [_record(p, "model", id(p) in on_frontier) for p in points if p.access == side]
        records += [{**_record(p, "record", True)} for p in steps]
        if steps:
            records.append({**_record(steps[-1], "record", True), "released": end.isoformat()})
    colour = {
        "field": "access",
        "type": "nominal",
        "scale": {"domain": list(SIDES), "range": [OPEN, PROPRIETARY]},
        "legend": {"orient": "bottom", "title": None},
    }
    low, high = min(p.score for p in points), max(p.score for p in points)
    x = {"field": "released", "type": "temporal", "title": None, "axis": {"grid": False, "format": "%b %Y"}}
    y = {
        "field": "score",
        "type": "quantitative",
        "title": BENCHMARKS[benchmark],
        "scale": {"domain": [low, high], "nice": True, "zero": False},
    }
    tooltip = [
        {"field": "model", "type": "nominal"},
        {"field": "developer", "type": "nominal"},
        {"field": "access", "type": "nominal", "title": "weights"},
        {"field": "released", "type": "temporal", "title": "released"},
        {"field": "dated", "type": "nominal", "title": "date is"},
        {"field": "score", "type": "quantitative"},
        {"field": "source", "type": "nominal"},
    ]
    spec = {
        "width": "container",
        "height": 380,
        "title": titled(race_title(points, benchmark)),
        "config": theme(dark),
        "encoding": {"x": x, "y": y, "color": colour},
        "layer": [
            {
                "transform": [{"filter": "datum.kind == 'model'"}],
                "mark": {"type": "point", "filled": True, "size": 28},
                "encoding": {
                    "opacity": {"condition": {"test": "datum.frontier", "value": 1}, "value": 0.6},
                    "shape": {
                        "field": "access",
                        "type": "nominal",
                        "scale": {"domain": list(SIDES), "range": ["circle", "square"]},
                    },
                    "tooltip": tooltip,
                },
            },
            {
                "transform": [{"filter": "datum.kind == 'record'"}],
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
            },
        ],
    }
    return spec, records


def _record(p: Point, kind: str, on_frontier: bool) -> dict[str, Any]:
    return {
        "kind": kind,
        "model": p.model,
        "developer": p.developer or "not stated",
        "access": p.access,
        "released": p.released.isoformat(),
        "dated": ("first sighting" if p.proxy_date else "release") + (f" by {p.dated_by}" if p.dated_by else ""),
        "score": p.score,
        "frontier": on_frontier,
        "source": p.source.title if p.source else "",
    }


def race_title(points: tuple[Point, ...], benchmark: str) -> str:
    """The finding: how far open weights are behind, in points and in months."""
    end = max(p.released for p in points)
    mine, theirs = best_until(points, "open", end), best_until(points, "proprietary", end)
    if mine is None or theirs is None:
        return f"{BENCHMARKS[benchmark]}: one side has no model in this series"
    gap = theirs.score - mine.score
    median = lag_quantile(lags(points), 0.5)
    behind = (
        f"{written(gap, '.1f')} points behind" if gap > 0 else f"{written(-gap, '.1f')} points ahead" if gap < 0 else "level"
    )
    usual = "" if median is None else f"; half of the records were reached within {median:.0f} months"
    return f"Open weights ({mine.model}) are {behind} on {BENCHMARKS[benchmark]}{usual}"


def race_alt(points: tuple[Point, ...], benchmark: str) -> str:
    """The same with how many models it rests on."""
    return f"{race_title(points, benchmark)}. {len(points)} models."
