"""Where no option passes every gate: what each fails, which rule is the cheapest to settle, what evidence would help."""

from __future__ import annotations

from typing import Any

from calculator.report.blocks import Block, table, word_list, words
from calculator.report.figures import UNSAID, UNSAID_FIGURES, named_rules, option_name, together
from calculator.wording import money, months_in_words, ranked

KEY = "kept_out"
REMEDIES = 3
"""Remedies that are named."""


def failing(result: dict[str, Any]) -> Block | None:
    """What keeps each option out; options out for the same reasons share a row, with the cost of their cheapest."""
    options = ranked(result["options"])
    reasons = {o["id"]: _by_outcome(o, result) for o in options}
    rows = together((o["id"], reasons[o["id"]]) for o in options)
    for row in rows:
        costs = [o["npv_usd"]["mean"] for o in options if reasons[o["id"]] == tuple(row[1:3])]
        row += [str(len(costs)), money(min(costs))]
    return table(
        word_list(f"{KEY}.columns"),
        rows,
        caption=words(f"{KEY}.caption", span=months_in_words(result["horizon_months"])),
        widths=[1.4, 1.3, 1.3, None, None],
        left=(0, 1, 2),
        parted=True,
    )


def _by_outcome(option: dict[str, Any], result: dict[str, Any]) -> tuple[str, str]:
    """Rules that an option fails, and those that it needs evidence for."""
    found = [
        ", ".join(dict.fromkeys(named_rules(g["rule"], result) for g in option["gates"] if g["outcome"] == outcome))
        for outcome in ("fail", "needs_evidence")
    ]
    return found[0] or "–", found[1] or "–"


def ways_out(result: dict[str, Any]) -> list[str]:
    """The rules that alone keep an option out, the cheapest first; what would mend the others; whether evidence helps."""
    by_id = {o["id"]: o for o in result["options"]}
    priced = sorted(result["rule_prices_usd"].items(), key=lambda item: float(by_id[item[1]["best"]]["npv_usd"]["mean"]))
    lines = [
        words(
            f"{KEY}.cheapest_rule" if n == 0 else f"{KEY}.other_rule",
            rule=named_rules(rule, result),
            option=option_name(result, price["best"]),
            cost=money(by_id[price["best"]]["npv_usd"]["mean"]),
        )
        for n, (rule, price) in enumerate(priced)
    ]
    return [*(lines or [words(f"{KEY}.no_single_rule")]), *_remedies(result), *_evidence(result)]


def _remedies(result: dict[str, Any]) -> list[str]:
    """What would mend a failed rule, for most options first."""
    helped: dict[tuple[str, str], set[str]] = {}
    for o in result["options"]:
        for g in o["gates"]:
            if g["outcome"] == "fail" and g["remedy"]:
                helped.setdefault((g["rule"], g["remedy"]), set()).add(o["id"])
    most = sorted(helped.items(), key=lambda item: (-len(item[1]), item[0]))[:REMEDIES]
    return [
        words(f"{KEY}.remedy", rule=named_rules(rule, result), remedy=remedy, count=len(ids), all=len(result["options"]))
        for (rule, remedy), ids in most
    ]


def _evidence(result: dict[str, Any]) -> list[str]:
    """What to find out; where every option fails on what is known, that evidence alone lets none in."""
    if result["verdict"]["conditional_winner"] is None:
        return [words(f"{KEY}.no_evidence")]
    return [s for s in result["decision"]["text"]["what_to_find_out"] if not s.startswith((UNSAID, UNSAID_FIGURES))]
