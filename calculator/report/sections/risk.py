"""Lock-in and security in money, where they are known."""

from __future__ import annotations

from typing import Any

from calculator.report.blocks import Block, Section, table, text, word_list, words
from calculator.report.blocks import section as make_section
from calculator.wording import money, percent, ranked

KEY = "risk"


def section(result: dict[str, Any]) -> Section | None:
    """Lock-in beside the money, and the loss from incidents."""
    tables = [_lock_in(result), _security(result)]
    return make_section(KEY, [text(words(f"{KEY}.text")), *tables], new_page=False) if any(tables) else None


def _lock_in(result: dict[str, Any]) -> Block | None:
    rows = [
        [o["name"], money(known["p10"]), money(known["p50"]), money(known["p90"])]
        for o in ranked(result["options"])
        if (known := o["lock_in_usd"])
    ]
    return table(word_list(f"{KEY}.lock_in_columns"), rows, caption=words(f"{KEY}.lock_in_caption"))


def _security(result: dict[str, Any]) -> Block | None:
    rows = [
        [
            o["name"],
            money(known["expected"]),
            money(known["p95"]),
            money(known["p99"]),
            percent(known.get("probability_of_any")),
        ]
        for o in ranked(result["options"])
        if (known := o["security_loss_usd"])
    ]
    return table(word_list(f"{KEY}.security_columns"), rows, caption=words(f"{KEY}.security_caption"))
