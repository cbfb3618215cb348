"""The appendix: every rule judged, the method and its limits, every assumption used, versions."""

from __future__ import annotations

from typing import Any

from calculator import __version__
from calculator.report.blocks import Block, Section, bullets, heading, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.wording import GATE_WORDS, count, money, ranked

VALUE_LENGTH = 48


def gates_section(result: dict[str, Any]) -> Section | None:
    """Which rule each option passes, on which evidence."""
    rules: dict[str, str] = {g["rule"]: g["title"] for o in result["options"] for g in o["gates"]}
    marks = word_list("gates.marks")
    word = dict(zip(GATE_WORDS, marks, strict=True))
    rows = []
    for o in ranked(result["options"]):
        outcome: dict[str, str] = {}
        for g in o["gates"]:  # a hybrid is judged once a leg; the worse counts
            if outcome.get(g["rule"]) != "fail" and not (outcome.get(g["rule"]) == "needs_evidence" and g["outcome"] == "pass"):
                outcome[g["rule"]] = g["outcome"]
        rows.append([o["id"], *[word[outcome[r]] if r in outcome else "" for r in sorted(rules)]])
    return make_section(
        "gates",
        [
            table(
                [words("gates.option"), *sorted(rules)],
                rows,
                caption=words("gates.caption"),
                size=6.2 if len(rules) > 8 else 7.5,
            ),
            bullets([f"{rule}: {title}" for rule, title in sorted(rules.items())]),
            heading(words("gates.sources_heading")),
            _sources(result),
        ],
    )


def _sources(result: dict[str, Any]) -> Block | None:
    """Each fact once, with the options it speaks of."""
    facts: dict[tuple[str, str, str], list[str]] = {}
    for o in ranked(result["options"]):
        for g in o["gates"]:
            facts.setdefault((g["rule"], g["statement"], source_text(g["source"], g["as_of"])), []).append(o["id"])
    rows = [[rule, statement, source, ", ".join(dict.fromkeys(ids))] for (rule, statement, source), ids in sorted(facts.items())]
    return table(
        word_list("gates.source_columns"),
        rows,
        caption=words("gates.source_caption"),
        widths=[None, 1.4, 1.4, 0.9],
        left=(0, 1, 2, 3),
        size=6.2,
    )


def method_section(result: dict[str, Any]) -> Section | None:
    """How the figures came about, and the headline figure step by step."""
    return make_section(
        "method",
        [
            *[text(paragraph) for paragraph in word_list("method.paragraphs")],
            heading(words("method.trace_heading")),
            _trace(result),
            heading(words("method.not_judged_heading")),
            bullets(result["verdict"]["not_judged"]),
            bullets(result["warnings"]),
        ],
    )


def _trace(result: dict[str, Any]) -> Block | None:
    """From requests to dollars for the advised option, each step with its numbers."""
    name = result["verdict"]["leader"] or ranked(result["options"])[0]["id"]
    option = next(o for o in result["options"] if o["id"] == name)
    factors, tokens = option["token_factors"], sum(result["tokens_by_month"])
    steps = [
        ("requests", count(sum(result["requests_by_month"]))),
        ("tokens", count(tokens)),
        ("factors", f"{factors['input']:.2f} · {factors['output']:.2f}"),
        *((f"lines.{line}", money(usd)) for line, usd in option["cost_lines_usd"].items()),
        ("base", money(option["npv_usd"]["base"])),
        ("mean", money(option["npv_usd"]["mean"])),
        ("per_million", money(option["usd_per_million_tokens"])),
    ]
    rows = [[words(k if k.startswith("lines.") else f"method.steps.{k}"), value] for k, value in steps]
    return table(
        [words("method.step"), option["name"]],
        rows,
        caption=words("method.trace_caption", months=result["horizon_months"], rate=f"{result['discount_rate']:.1%}"),
        widths=[1.0, None],
    )


def assumptions_section(result: dict[str, Any]) -> Section | None:
    """Every assumption that the answer used, the user's own marked; then what it was computed with."""
    rows = [
        [
            p["description"] or p["id"],
            _value(p["value"]) + (words("assumptions.own") if p["overridden"] else ""),
            "" if p["low"] is None else f"{_number(p['low'])} – {_number(p['high'])}",
            p["unit"],
            p["kind"],
            source_text(p["source"], p["as_of"]),
            p["id"],
        ]
        for p in result["assumptions_used"]
    ]
    pins = result["pins"]
    return make_section(
        "assumptions",
        [
            text(words("assumptions.text")),
            table(
                word_list("assumptions.columns"),
                rows,
                caption=words("assumptions.caption"),
                widths=[1.5, 0.8, 0.8, 0.6, 0.6, 2.0, 1.4],
                left=(0, 1, 2, 3, 4, 5, 6),
                size=6,
            ),
            text(
                words(
                    "assumptions.versions",
                    draws=f"{result['draws']:,}",
                    seed=pins["seed"],
                    prices=pins["prices"],
                    assumptions=pins["assumptions"],
                    version=__version__,
                ),
                quiet=True,
            ),
        ],
    )


def source_text(source: dict[str, Any] | None, as_of: str | None) -> str:
    """Title, place and date of a source on one line."""
    if source is None:
        return ""
    return ", ".join(x for x in (source["title"], source["locator"], as_of) if x)


def _value(value: Any) -> str:
    if isinstance(value, list):
        shown = ", ".join(map(str, value))
    else:
        shown = _number(value) if isinstance(value, int | float) else str(value)
    return shown if len(shown) <= VALUE_LENGTH else shown[: VALUE_LENGTH - 1] + "…"


def _number(value: float) -> str:
    """A number as its file holds it, never in powers of ten."""
    if value == 0 or 1e-4 <= abs(value) < 1e15:
        return f"{value:,.10f}".rstrip("0").rstrip(".")
    return f"{value:.10f}".rstrip("0")
