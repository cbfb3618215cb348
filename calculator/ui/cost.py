"""What it costs: over time, by line, how sure, and all options side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.ui import money
from calculator.ui.widgets import dark, draw, plain, table
from calculator.wording import GATE_WORDS, TWO_LEVELS, ranked


def show(result: dict[str, Any]) -> None:
    """Charts, then the table."""
    alt = charts.alt_text(result)
    for name, build in (
        ("cumulative-cost", charts.cumulative_cost),
        ("cost-by-line", charts.cost_breakdown),
        ("cost-ranges", charts.cost_ranges),
    ):
        draw(build(result, dark=dark()), name, alt)
    st.subheader("Options side by side")
    table(_table(result), "Options with gates, costs and scores")
    st.caption(plain(TWO_LEVELS))
    money.show(result)


def _table(result: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for option in ranked(result["options"]):
        quality, gpus, npv = option["quality"], option["gpus"], option["npv_usd"]
        chance = option["probability_cheapest"]
        rows.append(
            {
                "option": option["id"],
                "route": option["route"] if option["same_as"] is None else f"{option['route']}, same as {option['same_as']}",
                "gates": GATE_WORDS[option["feasibility"]],
                "score": quality["score"] if quality else None,
                "scored at": quality["effort"] if quality else None,
                "GPUs at peak": gpus["peak"] if gpus else None,
                "first month, USD": round(option["first_month_cost_usd"]),
                "last month, USD": round(option["last_month_cost_usd"]),
                "USD per M tokens": round(option["usd_per_million_tokens"], 3),
                "PV base, USD": round(npv["base"]),
                "PV mean, USD": round(npv["mean"]),
                "PV P10, USD": round(npv["p10"]),
                "PV P50, USD": round(npv["p50"]),
                "PV P90, USD": round(npv["p90"]),
                "cheapest, %": None if chance is None else round(100 * chance, 1),
                "notes": "; ".join(option["notes"]),
            }
        )
    return pd.DataFrame(rows)
