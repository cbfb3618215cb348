"""The race of open weights, the quality floor by option, and quality against cost."""

from __future__ import annotations

from datetime import date
from typing import Any

from calculator import charts
from calculator.assumptions import load_assumptions
from calculator.charts.style import label
from calculator.quality.race import BENCHMARKS, Point, timeline
from calculator.report.blocks import Block, Section, figure, heading, pair, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import number
from calculator.size.open_models import made_from
from calculator.wording import count, money, ranked
from calculator.wording import figure as plain

KEY = "quality"
CHART_HEIGHT = 125


def section(result: dict[str, Any]) -> Section | None:
    """The race on the floor's benchmark, quality against cost, and who meets the floor."""
    models = _models(result)
    blocks = [text(words(f"{KEY}.text")), pair(_race(result), _against_cost(result)), _floor(result)]
    return make_section(KEY, [*blocks, heading(words(f"{KEY}.models_heading")) if models else None, models], new_page=False)


def _models(result: dict[str, Any]) -> Block | None:
    """Open models of the scenario, what was made from them, and the best others."""
    found = result["open_models"]
    rows = [
        [
            m["id"],
            f"{m['derivation']} of {made_from(m)}" if m["derivation"] else "–",
            m["licence"] or "–",
            _plain(m["total_parameters_billion"]),
            _plain(m["active_parameters_billion"]),
            count(m["context_tokens"]),
            count(m["kv_bytes_per_token"]),
            "–" if m["arena_text"] is None else number(m["arena_text"]),
            _plain(m["gpqa_diamond"]),
            _plain(m["gpus"]),
            str(m["hosts"]),
            money(m["usd_per_million_tokens"]),
            money(m["rented_usd_per_million_tokens"]),
            _plain(m["kwh_per_million_output_tokens"]),
        ]
        for m in (found["models"] if found else ())
    ]
    return table(
        word_list(f"{KEY}.models_columns"),
        rows,
        caption=words(f"{KEY}.models_caption", gpu=found["gpu"] if found else ""),
        widths=[1.2, 1.1, *([None] * 12)],
        left=(0, 1, 2),
        dense=True,
    )


def _plain(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else plain(value, digits)


def _race(result: dict[str, Any]) -> Block | None:
    """Models released up to the scenario's date."""
    benchmark = _benchmark(result)
    on = date.fromisoformat(result["as_of"])
    points: tuple[Point, ...] = tuple(p for p in timeline(load_assumptions(), benchmark) if p.released <= on)
    if not points:
        return None
    chart, alt = charts.race(points, benchmark), charts.race_alt(points, benchmark)
    return figure(chart, alt, words(f"{KEY}.race_caption"), half=True, height=CHART_HEIGHT)


def _benchmark(result: dict[str, Any]) -> str:
    """The series of the benchmark that options are scored on; the first shipped one where it has none."""
    scored = {o["quality"]["benchmark"] for o in result["options"] if o["quality"]}
    return next((name for name, title in BENCHMARKS.items() if title in scored or name in scored), next(iter(BENCHMARKS)))


def _against_cost(result: dict[str, Any]) -> Block | None:
    if not any(r["on_frontier"] for r in result["quality_frontier"]):
        return None
    result = {**result, "quality_frontier": _apart(result["quality_frontier"])}
    alt = charts.quality_cost_title(result)
    return figure(charts.quality_cost(result), alt, words(f"{KEY}.cost_caption"), half=True, height=CHART_HEIGHT)


def _apart(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options that share a point under the first one's name, with how many more they are."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for r in rows:
        place = r["score"], r["usd_per_million_tokens"]
        found.setdefault((*place, r["on_frontier"]) if None not in place else (r["id"],), []).append(r)
    return [
        {**same[0], "id": words(f"{KEY}.and_more", option=label(same[0]["id"]), count=len(same) - 1)}
        if same[1:]
        else same[0]
        for same in found.values()
    ]


def _floor(result: dict[str, Any]) -> Block | None:
    places = {r["id"]: r for r in result["quality_frontier"]}
    rows = []
    for o in ranked(result["options"]):
        quality = o["quality"] or {}
        known = quality.get("score") is not None
        ends = known and quality["low"] is not None and quality["high"] is not None
        rows.append(
            [
                label(o["id"]),
                o["weights"] or o["model"] or "–",
                number(quality["score"]) if known else "–",
                f"{number(quality['low'])} – {number(quality['high'])}" if ends else "–",
                quality["effort"] if known else "–",
                o["reasoning_effort"] or words(f"{KEY}.default_effort"),
                words(f"{KEY}.floor.{str(quality.get('meets_floor')).lower()}"),
                money(o["usd_per_million_tokens"]),
                _standing(places[o["id"]]),
            ]
        )
    return table(
        word_list(f"{KEY}.columns"),
        rows,
        caption=words(f"{KEY}.caption", benchmark=BENCHMARKS[_benchmark(result)]),
        widths=[1.0, 1.15, None, None, None, None, None, None, 1.3],
        left=(0, 1, 4, 5, 6, 8),
        dense=True,
    )


def _standing(place: dict[str, Any]) -> str:
    if place["on_frontier"]:
        return words(f"{KEY}.on_frontier")
    return (
        words(f"{KEY}.dominated", by=label(place["dominated_by"])) if place["dominated_by"] else str(place["reason"] or "–")
    )
