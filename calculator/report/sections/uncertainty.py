"""How sure, what matters, what to find out and what that is worth."""

from __future__ import annotations

from typing import Any

from calculator import charts
from calculator.report.blocks import Block, Section, bullets, figure, heading, table, word_list, words
from calculator.report.blocks import section as make_section
from calculator.wording import figure as figure_text
from calculator.wording import money, percent

KEY = "uncertainty"
INPUTS = 10


def brief_section(result: dict[str, Any]) -> Section | None:
    """For who decides: ranges and the sentences of the analysis."""
    return make_section(KEY, _ranges(result))


def section(result: dict[str, Any]) -> Section | None:
    """Ranges, the sentences of the analysis, the inputs by weight, and studies by worth."""
    return make_section(KEY, [*_ranges(result), _inputs(result), _studies(result)])


def _ranges(result: dict[str, Any]) -> list[Block | None]:
    chart = figure(charts.cost_ranges(result), charts.alt_text(result), words(f"{KEY}.ranges_caption"))
    return [chart, *_sentences(result["decision"]["text"])]


def _sentences(said: dict[str, list[str]]) -> list[Block | None]:
    found: list[Block | None] = []
    for question, lines in said.items():
        if lines:
            found += [heading(words(f"{KEY}.questions.{question}")), bullets(lines)]
    return found


def _inputs(result: dict[str, Any]) -> Block | None:
    rows = [
        [
            f"{s['label']} ({s['unit']})" if s.get("unit") else s["label"],
            figure_text(s["low"]),
            figure_text(s["high"]),
            money(s["gap_at_low_usd"]),
            money(s["gap_at_high_usd"]),
            percent(s["variance_share"]),
            money(s["evppi_usd"]),
        ]
        for s in (result["sensitivity"] or [])[:INPUTS]
    ]
    return table(word_list(f"{KEY}.input_columns"), rows, caption=words(f"{KEY}.input_caption"), widths=[1.0, *[None] * 6])


def _studies(result: dict[str, Any]) -> Block | None:
    information = result["decision"]["information"] or {}
    rows = [
        [s["action"], f"{s['months']:g}", money(s["cost_usd"]["base"]), money(s["evppi_usd"]), s["advice"]]
        for s in information.get("studies", [])
    ]
    return table(
        word_list(f"{KEY}.study_columns"),
        rows,
        caption=words(f"{KEY}.study_caption"),
        widths=[1.0, *[None] * 4],
        left=(0, 4),
    )
