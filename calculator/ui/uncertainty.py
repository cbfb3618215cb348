"""How sure the answer is, what it hangs on, what to find out, and when to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.charts.style import Chart
from calculator.ui.widgets import dark, draw, plain, table
from calculator.wording import percent

QUESTIONS = {
    "how_sure": "How sure",
    "what_matters": "What matters",
    "what_to_find_out": "What to find out",
    "when": "When",
}


def show(result: dict[str, Any]) -> None:
    """By question: the sentences, then the picture, then the table."""
    decision = result["decision"]
    pictures: dict[str, list[tuple[str, Callable[..., Chart]]]] = {
        "how_sure": [("differences", charts.differences)] if any(o["regret"] for o in result["options"]) else [],
        "what_matters": [("tornado", charts.tornado)] if result["sensitivity"] else [],
        "what_to_find_out": [("studies", charts.studies)] if decision["information"] else [],
        "when": [("plans", charts.plans)] if decision["timing"] else [],
    }
    if result["sensitivity"] and decision["two_way"]:
        pictures["what_matters"].append(("two-way", charts.two_way))
    for question, heading in QUESTIONS.items():
        lines = decision["text"][question]
        if not lines and not pictures[question]:
            continue
        st.subheader(heading)
        for line in lines:
            st.markdown("- " + plain(line))
        for name, build in pictures[question]:
            chart: Chart = build(result, dark=dark())
            draw(chart, name, " ".join(lines) or heading)
        if question == "how_sure":
            _chances(result)
        if question == "what_matters" and result["sensitivity"]:
            with st.expander("Every input that moves the gap"):
                table(_inputs(result), "Inputs with range, effect on the gap, share of variance and worth of knowing")
    st.caption(_method(result))


def _chances(result: dict[str, Any]) -> None:
    for title, shares in (
        ("by route", result["probability_cheapest_by_route"]),
        ("by weights", result["probability_cheapest_by_weights"]),
    ):
        named = ", ".join(f"{name} {percent(share)}" for name, share in shares.items() if share > 0)
        if named:
            st.markdown(plain(f"Cheapest {title}: {named}."))


def _inputs(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "input": row["label"],
                "P10": row["low"],
                "median": row["median"],
                "P90": row["high"],
                "unit": row["unit"],
                "gap at P10, USD": round(row["gap_at_low_usd"]),
                "gap at P90, USD": round(row["gap_at_high_usd"]),
                "share of variance, %": round(100 * row["variance_share"], 1),
                "worth knowing, USD": None if row["evppi_usd"] is None else round(row["evppi_usd"]),
                "id": row["input"],
            }
            for row in result["sensitivity"]
        ]
    )


def _method(result: dict[str, Any]) -> str:
    errors = [o["npv_usd"]["error_95"] / abs(o["npv_usd"]["mean"]) for o in result["options"] if o["npv_usd"]["error_95"]]
    left = f"; the draws leave at most {max(errors):.1%} of an expected cost open (95 %)" if errors else ""
    return plain(f"{result['draws']:,} draws, the same for every option{left}. Worth of information errs to the low side.")
