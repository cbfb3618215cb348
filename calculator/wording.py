"""How figures and outcomes are worded, in the terminal, on the page and in the report alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

GATE_WORDS = {"pass": "passes", "fail": "fails", "needs_evidence": "needs evidence"}


def money(usd: float | None) -> str:
    """Dollars with as many digits as a decision needs: `$1,234`, `$56.7k`, `$1.23M`; cents below ten dollars."""
    if usd is None:
        return "–"
    size = abs(usd)
    sign = "-" if usd < 0 else ""
    for limit, divisor, unit in ((999.5e9, 1e12, "T"), (999.5e6, 1e9, "B"), (999.5e3, 1e6, "M"), (9999.5, 1e3, "k")):
        if size >= limit:
            scaled = size / divisor
            return f"{sign}${scaled:,.{0 if scaled >= 1000 else 1 if scaled >= 100 else 2 if unit != 'k' else 1}f}{unit}"
    return f"{sign}${size:,.0f}" if size >= 10 else f"{sign}${size:,.2f}"


def percent(share: float | None) -> str:
    """`73 %`; a chance that is not quite certain never shows as 0 or 100."""
    if share is None:
        return "–"
    if 0 < share < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %")


def ranked(options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options that pass first, then those that need evidence, then those that fail; cheapest first in each."""
    order = {"pass": 0, "needs_evidence": 1, "fail": 2}
    return sorted(options, key=lambda o: (order[o["feasibility"]], o["npv_usd"]["mean"], o["id"]))
