"""How sure, what matters, what to find out and what that is worth."""

from __future__ import annotations

from typing import Any

from calculator import charts
from calculator.charts.style import label
from calculator.report.blocks import Block, Section, bullets, figure, heading, pair, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import answered, input_name, nearest_flips, option_name, unanswered
from calculator.wording import figure as plain
from calculator.wording import money, percent

KEY = "uncertainty"
INPUTS = 7
NAME = 110
"""Characters of an input's name over a bar as wide as the page."""
FLIPS = 8


def brief_section(result: dict[str, Any]) -> Section | None:
    """For who decides: ranges and the sentences of the analysis; nothing where they answer no question."""
    if not any(answered(result["decision"]["text"]).values()):
        return None
    return make_section(KEY, _ranges(result), new_page=False)


def section(result: dict[str, Any]) -> Section | None:
    """Ranges, the sentences of the analysis, the inputs by weight, flip points, and studies by worth."""
    return make_section(
        KEY,
        [
            *_ranges(result),
            _tornado(result),
            _inputs(result),
            heading(words(f"{KEY}.flips_heading")),
            *_flips(result),
            _studies(result),
        ],
        new_page=False,
    )


def _ranges(result: dict[str, Any]) -> list[Block | None]:
    ranges = figure(charts.cost_ranges(result), charts.alt_text(result), half=True)
    return [pair(ranges, _differences(result)), *_sentences(result["decision"]["text"])]


def _differences(result: dict[str, Any]) -> Block | None:
    compared = {o["id"]: o["regret"]["difference_usd"]["p50"] for o in result["options"] if o["regret"]}
    if len(compared) < 2:
        return None
    alt = words(f"{KEY}.differences_alt", options="; ".join(f"{name} {money(usd)}" for name, usd in compared.items()))
    return figure(charts.differences(result), alt, half=True)


def _tornado(result: dict[str, Any]) -> Block | None:
    bars = result["sensitivity"] or []
    if not bars or result["decision"]["rival"] is None:
        return None
    shown = [f"{b['label']} {money(b['gap_at_low_usd'])} – {money(b['gap_at_high_usd'])}" for b in bars[:INPUTS]]
    chart = charts.tornado({**result, "sensitivity": bars[:INPUTS]}, longest=NAME)
    return figure(chart, words(f"{KEY}.tornado_alt", inputs="; ".join(shown)))


def _sentences(said: dict[str, list[str]]) -> list[Block | None]:
    """What the analysis answers; then, in a line for each reason, what it does not."""
    found: list[Block | None] = []
    for question, lines in answered(said).items():
        if lines:
            found += [heading(words(f"{KEY}.questions.{question}")), bullets(lines)]
    for reason, questions in unanswered(said).items():
        named = ", ".join(words(f"{KEY}.open_questions.{question}") for question in questions)
        found.append(text(words(f"{KEY}.not_answered", questions=named, reason=reason), quiet=True))
    return found


def _inputs(result: dict[str, Any]) -> Block | None:
    """What the tornado does not show: ranges, shares of variance and worth."""
    rows = [
        [
            f"{s['label']} ({s['unit']})" if s.get("unit") else s["label"],
            f"{plain(s['low'])} – {plain(s['high'])}",
            percent(s["variance_share"]),
            money(s["evppi_usd"]),
            words(f"{KEY}.flips" if s["flips"] else f"{KEY}.stays"),
        ]
        for s in (result["sensitivity"] or [])[:INPUTS]
    ]
    return table(
        word_list(f"{KEY}.input_columns"),
        rows,
        caption=words(f"{KEY}.input_caption"),
        widths=[1.0, *[None] * 4],
        left=(0, 4),
        dense=True,
    )


def _flips(result: dict[str, Any]) -> list[Block | None]:
    """The nearest flip points, and how many numbers change nothing."""
    entries = result["flip_points"]
    if not entries:
        return [text(words(f"{KEY}.flips_none" if entries is not None else f"{KEY}.flips_not_asked"))]
    flips = nearest_flips(result)
    rows = [
        [
            input_name(e),
            plain(e["base"]),
            "–" if e["low"] == e["high"] else f"{plain(e['low'])} – {plain(e['high'])}",
            plain(f["at"]),
            label(option_name(result, f["becomes"])),
        ]
        for e, f in flips[:FLIPS]
    ]
    steady = sum(not e["flips"] for e in entries)
    return [
        table(
            word_list(f"{KEY}.flip_columns"),
            rows,
            caption=words(f"{KEY}.flip_caption"),
            widths=[1.0, *[None] * 4],
            left=(0, 4),
            dense=True,
        ),
        text(
            words(
                f"{KEY}.flips_steady",
                winner=option_name(result, entries[0]["winner"]),
                steady=steady,
                more=max(0, len(flips) - FLIPS),
            )
        ),
    ]


def _studies(result: dict[str, Any]) -> Block | None:
    information = result["decision"]["information"] or {}
    rows = [
        [
            s["action"],
            "–" if s["months"] is None else plain(s["months"]),
            money(s["cost_usd"] and s["cost_usd"]["base"]),
            money(s["worth_usd"]),
            s["advice"] if s["least_chance"] is None else words(f"{KEY}.from_chance", chance=percent(s["least_chance"])),
        ]
        for s in information.get("studies", [])
    ]
    return table(
        word_list(f"{KEY}.study_columns"),
        rows,
        caption=words(f"{KEY}.study_caption"),
        widths=[1.0, *[None] * 4],
        left=(0, 4),
        dense=True,
    )
