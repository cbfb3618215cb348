"""Energy, emissions and water of each option."""

from __future__ import annotations

from typing import Any

from calculator import charts
from calculator.charts.style import label
from calculator.report.blocks import Block, Section, figure, pair, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import DAGGER, by_tokens, compared_by_tokens, listed
from calculator.wording import figure as plain
from calculator.wording import ranked

KEY = "footprint"
KILO, LEAST = 1000, 1e-4


def section(result: dict[str, Any]) -> Section | None:
    """Emissions as a chart beside the figures, and what each rests on."""
    known = [o for o in ranked(result["options"]) if o["footprint"]]
    if not known:
        return None
    chart = figure(charts.emissions(result), charts.emissions_title(result), half=True)
    return make_section(
        KEY, [text(words(f"{KEY}.text")), pair(chart, _figures(known)), text(_bases(known), quiet=True)], new_page=False
    )


def _figures(known: list[dict[str, Any]]) -> Block | None:
    contracted = any(o["footprint"]["co2e_kg_market_based"] is not None for o in known)
    rows = [
        [
            label(o["id"]) + (DAGGER if by_tokens(o) else ""),
            _shortly(f["energy_kwh"]["base"] / KILO),
            _shortly(f["co2e_kg"]["base"] / KILO),
            *([_tonnes(f["co2e_kg_market_based"])] if contracted else []),
            _shortly(f["embodied_kg"]["base"] / KILO),
            _shortly(f["water_litres"]["base"] / KILO),
            _shortly(f["kwh_per_million_tokens"]["base"]),
        ]
        for o in known
        for f in [o["footprint"]]
    ]
    columns, widths = word_list(f"{KEY}.columns"), [1.7, 0.75, 0.75, 1.0, 0.85, 1.05]
    if contracted:
        columns = [*columns[:3], words(f"{KEY}.market_column"), *columns[3:]]
        widths = [1.7, 0.75, 0.75, 0.95, 1.05, 0.85, 1.05]
    caption = words(f"{KEY}.market_caption") if contracted else words(f"{KEY}.caption")
    caption += compared_by_tokens(known)
    return table(columns, rows, caption=caption, widths=widths, dense=True)


def _shortly(value: float) -> str:
    """Three digits, or that it is less than can be told apart in the table."""
    return f"<{plain(LEAST)}" if 0 < value < LEAST else plain(value)


def _tonnes(kg: float | None) -> str:
    return "–" if kg is None else _shortly(kg / KILO)


def _bases(known: list[dict[str, Any]]) -> str:
    """What the figures rest on, each once with its options."""
    found: dict[str, list[str]] = {}
    for o in known:
        found.setdefault("; ".join(o["footprint"]["basis"]), []).append(o["id"])
    said = [f"{listed(ids, len(known))}: {basis}" for basis, ids in found.items() if basis]
    return words(f"{KEY}.bases", bases="; ".join(said))
