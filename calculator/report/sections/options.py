"""All options side by side, and the rules that keep options out."""

from __future__ import annotations

from typing import Any

from calculator.charts.style import label
from calculator.report.blocks import Block, Section, heading, table, word_list, words
from calculator.report.blocks import section as make_section
from calculator.report.figures import DAGGER, by_tokens, compared_by_tokens, listed, named_rules, number, option_name
from calculator.wording import GATE_WORDS, TWO_LEVELS, money, months_in_words, percent, ranked

KEY = "options"
LEAST_USD = 1.0
"""Savings below are none."""


def brief_section(result: dict[str, Any]) -> Section | None:
    """For who decides: costs, and the price of a rule."""
    rules = _rules(result) if result["verdict"]["leader"] is None else None
    return make_section(
        KEY, [_costs(result), heading(words(f"{KEY}.rules_heading")) if rules else None, rules, _prices(result)]
    )


def section(result: dict[str, Any]) -> Section | None:
    """Costs and qualities, then failing rules with what would change them."""
    rules, prices = _rules(result), _prices(result)
    kept_out = heading(words(f"{KEY}.rules_heading")) if rules or prices else None
    return make_section(KEY, [_costs(result), _qualities(result), kept_out, rules, prices])


def _bold(verdict: dict[str, Any]) -> str:
    return "bold_ahead" if verdict["winner"] is None else "bold_advised"


def _costs(result: dict[str, Any]) -> Block | None:
    options = ranked(result["options"])
    rows = [
        [
            _described(o),
            money(o["first_month_cost_usd"]),
            money(o["last_month_cost_usd"]),
            money(o["usd_per_million_tokens"]),
            money(o["npv_usd"]["base"]),
            money(o["npv_usd"]["mean"]),
            money(o["npv_usd"]["p10"]),
            money(o["npv_usd"]["p50"]),
            money(o["npv_usd"]["p90"]),
            percent(o["probability_cheapest"]),
        ]
        for o in options
    ]
    strong = [i for i, o in enumerate(options) if o["id"] == result["verdict"]["leader"]]
    return table(
        word_list(f"{KEY}.cost_columns"),
        rows,
        caption=words(
            f"{KEY}.cost_caption",
            span=months_in_words(result["horizon_months"]),
            draws=number(result["draws"]),
            bold=words(f"{KEY}.{_bold(result['verdict'])}") if strong else "",
            levels=TWO_LEVELS,
        ),
        widths=[1.0, *[None] * 9],
        strong=strong,
        dense=True,
    )


def _described(o: dict[str, Any]) -> str:
    """The name; under it the id, the route and what the gates say."""
    named = [] if o["name"] == o["id"] else [label(o["id"])]
    same = [words(f"{KEY}.same_as", leg=label(o["same_as"]))] if o["same_as"] else []
    return f"{o['name']}\n" + " · ".join([*named, o["route"], GATE_WORDS[o["feasibility"]], *same])


def _qualities(result: dict[str, Any]) -> Block | None:
    rows = []
    for o in ranked(result["options"]):
        quality, gpus = o["quality"], o["gpus"]
        scored = quality is not None and quality["score"] is not None
        rows.append(
            [
                label(o["id"]),
                o["provider"] or "–",
                o["region"] or "–",
                number(quality["score"]) if scored else "–",
                "–" if gpus is None else f"{number(gpus['first_month'])} – {number(gpus['peak'])}",
                _spread(o["lock_in_usd"]),
                money(o["security_loss_usd"]["horizon"]["expected"]) if o["security_loss_usd"] else "–",
                words(f"{KEY}.deepest.{o['customization']['deepest']}"),
                _spread(o["co2e_kg"], "base") + (DAGGER if by_tokens(o) else ""),
            ]
        )
    return table(
        word_list(f"{KEY}.quality_columns"),
        rows,
        caption=words(f"{KEY}.quality_caption") + compared_by_tokens(result["options"]),
        widths=[1.0, *[None] * 8],
        left=(0, 1, 2, 7),
        dense=True,
    )


def _spread(value: dict[str, Any] | None, key: str = "p50") -> str:
    if value is None:
        return "–"
    return money(value[key]) if key == "p50" else number(value[key])


def _rules(result: dict[str, Any]) -> Block | None:
    """Each thing that keeps options out, once, with the options it keeps out; what fails comes first."""
    together: dict[tuple[str, str, str, str], list[str]] = {}
    judged = sum(o["route"] != "hybrid" for o in result["options"])
    for o in ranked(result["options"]):
        if o["route"] == "hybrid":
            continue  # a mix is judged by its legs, which stand here themselves
        binding = {reason["rule"] for reason in o["governance"]["explanation"]}
        for g in o["gates"]:
            if g["rule"] in binding and g["outcome"] != "pass":
                key = (g["outcome"], g["rule"], g["statement"], g["remedy"])
                together.setdefault(key, []).append(o["id"])
    rows = [
        [named_rules(rule, result), GATE_WORDS[outcome], listed(ids, judged), statement, remedy]
        for (outcome, rule, statement, remedy), ids in sorted(together.items())
    ]
    return table(
        word_list(f"{KEY}.rule_columns"),
        rows,
        caption=words(f"{KEY}.rule_caption"),
        widths=[0.9, None, 1.0, 1.6, 1.4],
        left=(0, 1, 2, 3, 4),
        dense=True,
        parted=True,
    )


def _saved(usd: float | None) -> str:
    """What lifting a rule would save; in words where there is nothing to compare with, or nothing to save."""
    if usd is None:
        return words(f"{KEY}.would_be_allowed")
    return money(usd) if usd >= LEAST_USD else words(f"{KEY}.saves_nothing")


def _prices(result: dict[str, Any]) -> Block | None:
    rows = [
        [named_rules(rule, result), option_name(result, price["best"]), _saved(price["saving_usd"])]
        for rule, price in result["rule_prices_usd"].items()
    ]
    return table(
        word_list(f"{KEY}.price_columns"),
        rows,
        caption=words(f"{KEY}.price_caption"),
        widths=[1.0, 2.0, None],
        left=(0, 1),
        dense=True,
    )
