"""Every rule judged, and each fact behind it."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import label
from calculator.report.blocks import Block, Row, Section, heading, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.citations import cited, sources
from calculator.report.figures import listed
from calculator.wording import GATE_WORDS, ranked

WORST_LAST = ("pass", "needs_evidence", "fail")


def section(result: dict[str, Any]) -> Section | None:
    """Which rule each option passes, on which evidence."""
    rules: dict[str, str] = {g["rule"]: g["title"] for o in result["options"] for g in o["gates"]}
    marks = word_list("gates.marks")
    word = dict(zip(GATE_WORDS, marks, strict=True))
    rows = []
    for o in ranked(result["options"]):
        outcome: dict[str, str] = {}
        for g in sorted(o["gates"], key=lambda g: WORST_LAST.index(g["outcome"])):  # a hybrid is judged once a leg
            outcome[g["rule"]] = g["outcome"]
        rows.append([label(o["id"]), *[word[outcome[r]] if r in outcome else "" for r in sorted(rules)]])
    return make_section(
        "gates",
        [
            table(
                [words("gates.option"), *sorted(rules)],
                rows,
                caption=words("gates.caption"),
                dense=True,
            ),
            text("; ".join(f"{rule} {title}" for rule, title in sorted(rules.items())), quiet=True),
            heading(words("gates.sources_heading")),
            _facts(result),
        ],
        new_page=False,
    )


def _facts(result: dict[str, Any]) -> Block | None:
    """Each fact once, with the options it speaks of."""
    numbers = sources(result)
    facts: dict[tuple[str, ...], list[str]] = {}
    judged = [o for o in ranked(result["options"]) if o["route"] != "hybrid"]  # a mix by its legs, which stand here
    for o in judged:
        for g in o["gates"]:
            key = (g["rule"], g["statement"], cited(numbers, g["source"]), g["as_of"] or "")
            facts.setdefault(key, []).append(o["id"])
    rows: list[Row] = []
    rule = ""
    for (name, statement, source, as_of), ids in sorted(facts.items()):
        rows.append([name if name != rule else "", statement, source, as_of, listed(ids, len(judged))])
        rule = name
    return table(
        word_list("gates.source_columns"),
        rows,
        caption=words("gates.source_caption"),
        widths=[None, 1.6, None, None, 1.0],
        left=(0, 1, 2, 3, 4),
        dense=True,
    )
