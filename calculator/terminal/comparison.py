"""The answer to a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from calculator.errors import clip
from calculator.terminal.console import console
from calculator.terminal.decision import print_decision
from calculator.terminal.money import print_money
from calculator.wording import GATE_WORDS, TWO_LEVELS, money, months_in_words, percent, ranked, same_words, shown_in


def print_comparison(result: dict[str, Any]) -> None:
    """The verdict in one sentence, the ranked table, and why options that would be cheaper are out."""
    with shown_in(result["currency"], result["usd_exchange_rate"]):
        _print_comparison(result, result["currency"])


def _print_comparison(result: dict[str, Any], currency: str) -> None:
    out = console()
    out.print(Text(result["title"], style="bold"))
    out.print(Text(result["verdict"]["text"]))
    table = Table(box=None, pad_edge=False, header_style="bold")
    columns: tuple[tuple[str, JustifyMethod], ...] = (
        ("#", "right"),
        ("option", "left"),
        ("route", "left"),
        ("gates", "left"),
        ("score", "right"),
        ("GPUs", "right"),
        (f"{currency}/month first", "right"),
        ("last", "right"),
        (f"{currency}/M tokens", "right"),
        ("PV base", "right"),
        ("PV mean", "right"),
        ("PV P10", "right"),
        ("PV P50", "right"),
        ("PV P90", "right"),
        ("cheapest", "right"),
    )
    for heading, justify in columns:
        table.add_column(heading, justify=justify, no_wrap=True)
    for place, option in enumerate(ranked(result["options"]), 1):
        npv, gpus, quality = option["npv_usd"], option["gpus"], option["quality"]
        table.add_row(
            "=" if option["same_as"] else str(place),
            Text(clip(option["id"], 28)),
            option["route"],
            GATE_WORDS[option["feasibility"]],
            f"{quality['score']:.0f}" if quality and quality["score"] is not None else "–",
            f"{gpus['first_month']}–{gpus['peak']}" if gpus else "–",
            money(option["first_month_cost_usd"]),
            money(option["last_month_cost_usd"]),
            money(option["usd_per_million_tokens"]),
            money(npv["base"]),
            money(npv["mean"]),
            money(npv["p10"]),
            money(npv["p50"]),
            money(npv["p90"]),
            percent(option["probability_cheapest"]),
        )
    out.print(table)
    for option in ranked(result["options"]):
        if option["same_as"]:
            out.print(Text(f"= {option['id']}: {same_words(option['same_as'])}"))
    out.print(Text(TWO_LEVELS, style="dim"))
    print_money(out, result)
    print_decision(out, result)
    for option in ranked(result["options"]):
        if option["feasibility"] != "pass":
            why = _why(option["governance"]["explanation"])
            out.print(Text(f"{option['id']} {GATE_WORDS[option['feasibility']]}: {why}"))
    out.print(Text(result["verdict"]["counsel"], style="dim"))
    for reason in result["verdict"]["reasons"]:
        out.print(Text(reason))
    out.print(Text("Notes on options", style="bold"))
    for option in ranked(result["options"]):
        if option["notes"]:
            out.print(Text(clip(f"{option['id']}: {'; '.join(option['notes'])}", out.width), style="dim"))
    for warning in result["warnings"]:
        out.print(Text(f"note: {warning}"))
    pins = result["pins"]
    out.print(
        Text(
            f"PV = present value of cost over {months_in_words(result['horizon_months'])}; score = benchmark of the "
            f"quality floor. {result['draws']} draws, seed {pins['seed']}, {pins['prices']}, "
            f"assumptions {pins['assumptions'][:12]}.",
            style="dim",
        )
    )


def _why(explanation: Sequence[dict[str, Any]]) -> str:
    """The smallest set of rules that explains a refusal, and for the first what would change it."""
    said = "; ".join(f"{r['rule']} {clip(r['statement'], 160)}" for r in explanation[:3])
    more = f"; and {len(explanation) - 3} more" if len(explanation) > 3 else ""
    mend = explanation[0]["remedy"] if explanation else ""
    return f"{said}{more}" + (f" (mend: {clip(mend, 100)})" if len(explanation) == 1 and mend else "")
