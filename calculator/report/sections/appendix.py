"""The appendix: every rule judged, the method and its limits, every assumption used, versions."""

from __future__ import annotations

from typing import Any

from calculator import __version__
from calculator.charts.style import label
from calculator.report.blocks import Block, Section, bullets, heading, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.wording import GATE_WORDS, count, money, ranked
from calculator.wording import figure as plain

VALUE_LENGTH = 30
DESCRIPTION_LENGTH = 46
"""What a line of the table holds; the attached file has all of it."""
WORST_LAST = ("pass", "needs_evidence", "fail")


def sources(result: dict[str, Any]) -> dict[str, int]:
    """Every source that a fact or an assumption cites, numbered in the order in which the report comes to them."""
    cited = [g["source"] for o in ranked(result["options"]) for g in o["gates"]]
    cited += [p["source"] for p in result["assumptions_used"]]
    return {name: n for n, name in enumerate(dict.fromkeys(source_text(c) for c in cited if c), 1)}


def source_text(source: dict[str, Any]) -> str:
    """Title, place and address of a source on one line."""
    return ", ".join(x for x in (source["title"], source["locator"], source["url"]) if x)


def _cited(numbers: dict[str, int], source: dict[str, Any] | None) -> str:
    return f"[{numbers[source_text(source)]}]" if source else ""


def sources_section(result: dict[str, Any]) -> Section | None:
    """The list that the numbers point to."""
    rows = [[f"[{n}]", name] for name, n in sources(result).items()]
    caption = words("sources.caption")
    listed = table(
        word_list("sources.columns"), rows, caption=caption, widths=[None, 1.0], left=(0, 1), size=5.8, dense=True
    )
    return make_section("sources", [listed], new_page=False)


def gates_section(result: dict[str, Any]) -> Section | None:
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
                size=6.2 if len(rules) > 8 else 7,
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
    for o in ranked(result["options"]):
        for g in o["gates"] if o["route"] != "hybrid" else []:  # a mix is judged by its legs, which stand here themselves
            key = (g["rule"], g["statement"], _cited(numbers, g["source"]), g["as_of"] or "")
            facts.setdefault(key, []).append(label(o["id"]))
    rows = [[*fact, ", ".join(dict.fromkeys(ids))] for fact, ids in sorted(facts.items())]
    return table(
        word_list("gates.source_columns"),
        rows,
        caption=words("gates.source_caption"),
        widths=[None, 1.6, None, None, 1.0],
        left=(0, 1, 2, 3, 4),
        size=6,
        dense=True,
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
        new_page=False,
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
        dense=True,
    )


def assumptions_section(result: dict[str, Any]) -> Section | None:
    """Every assumption that the answer used, the user's own marked; then what it was computed with."""
    numbers = sources(result)
    rows = [
        [
            p["id"],
            _described(p),
            " ".join(x for x in (_value(p["value"]), p["unit"]) if x)
            + (words("assumptions.own") if p["overridden"] else ""),
            "" if p["low"] is None else f"{_number(p['low'])} – {_number(p['high'])}",
            p["kind"],
            p["as_of"],
            _cited(numbers, p["source"]),
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
                widths=[1.35, 1.6, 0.8, 0.55, None, None, None],
                left=(0, 1, 2, 3, 4, 5, 6),
                size=5.8,
                dense=True,
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
        new_page=False,
    )


def _described(parameter: dict[str, Any]) -> str:
    """What an assumption is, where it says more than its id."""
    text: str = parameter["description"]
    return text if len(text) <= DESCRIPTION_LENGTH else text[: DESCRIPTION_LENGTH - 1] + "…"


def _value(value: Any) -> str:
    if isinstance(value, list):
        shown = ", ".join(map(str, value))
    else:
        shown = _number(value) if isinstance(value, int | float) else str(value)
    return shown if len(shown) <= VALUE_LENGTH else shown[: VALUE_LENGTH - 1] + "…"


def _number(value: float) -> str:
    """Five digits are enough to read; the attached file has all of them."""
    return plain(value, 5)
