"""What the organization values beyond money and rules: a few questions, where options stand, and what it would change."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.assumptions import load_assumptions
from calculator.decision.words import CRITERIA
from calculator.governance.scales import CRITERIA as ORDER
from calculator.scenario import Scenario
from calculator.ui import faults, state
from calculator.ui.widgets import dark, draw, plain, table
from calculator.wording import money, months_in_words

SURE = {
    "quite sure": 1.25,
    "it could be half as much again": 1.5,
    "it could be twice that": 2.0,
    "it could be four times that": 4.0,
}


def show(result: dict[str, Any]) -> None:
    """The scales, the questions, and what the answers do to the choice."""
    scenario = state.current()
    st.markdown(
        "What a rule demands is a gate, what has a price is in the cost. What is left is worth what **you** say it is: "
        "dollars of present value over the horizon for moving from the worst to the best end of a fixed scale. "
        "Unless you say so, nothing here weighs in."
    )
    _questions(scenario, result)
    for line in result["decision"]["text"]["what_we_value"]:
        st.markdown("- " + plain(line))
    if any(o["rank_acceptability"] for o in result["options"]):
        draw(
            charts.acceptability(result, dark=dark()),
            "priorities",
            "How often each option takes each rank over all priorities",
        )
    table(_positions(result), "Position of every option on each scale, and what it is credited with")
    with st.expander("The scales, statement by statement"):
        table(_statements(), "Statements of each scale with their worth")


def _questions(scenario: Scenario, result: dict[str, Any]) -> None:
    now = scenario.priorities.usd
    measured = [c for c in ORDER if any(c in o["positions"] for o in result["options"])]
    first_now = max(measured, key=lambda c: now[c])
    cheapest = min((o["npv_usd"]["mean"] for o in result["options"] if o["feasibility"] == "pass"), default=None)
    with st.form(state.key("priorities"), border=True):
        first = st.radio(
            "Two options cost the same and pass every rule. Which improvement from worst to best would you take first?",
            measured,
            index=measured.index(first_now),
            format_func=lambda c: CRITERIA[c].capitalize(),
            captions=[plain(_best_end(c)) for c in measured],
        )
        hint = "" if cheapest is None else f" For comparison: the cheapest option that passes costs {money(cheapest)}."
        usd = st.number_input(
            f"What is that improvement worth, over {months_in_words(scenario.horizon_months)}, USD?"
            + hint.replace("$", r"\$"),
            min_value=0.0,
            value=float(now[first_now]),
            step=10_000.0,
            format="%.0f",
            help="The dearest that the better of two otherwise equal options might be before you would take the other.",
        )
        shares = {
            c: st.slider(
                f"Against that, the same for {CRITERIA[c]} is worth, %",
                0,
                100,
                round(100 * min(1.0, now[c] / now[first_now])) if now[first_now] else 0,
                help="Not asked again for the one that you take first, which counts as 100 %.",
            )
            for c in measured
        }
        reach = st.select_slider("How sure are you of these amounts?", list(SURE), value="it could be twice that")
        if st.form_submit_button("Use these priorities", type="primary"):
            _use(
                dict.fromkeys(measured, 0.0) | {c: usd * (1.0 if c == first else shares[c] / 100) for c in measured},
                SURE[reach],
            )
    faults.tell("priorities")


def _best_end(criterion: str) -> str:
    """The best end of a scale in words; at the worst none of it holds."""
    rows = load_assumptions().rows("priorities").values()
    statements = [row.text("statement") for row in rows if row.text("criterion") == criterion]
    return "; ".join(s[0].lower() + s[1:] for s in statements) or "fewer emissions for the same tokens"


def _use(priorities: dict[str, float], reach: float) -> None:
    ranges = {c: {"low": 0.0, "base": usd, "high": usd * reach} for c, usd in priorities.items() if usd > 0}
    state.change(("priorities",), ranges or None)
    st.rerun()


def _positions(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                **{CRITERIA[c]: o["positions"].get(c) for c in ORDER},
                "credited, USD": round(o["preference_usd"]),
                "expected cost, USD": round(o["npv_usd"]["mean"]),
                "net, USD": round(o["npv_usd"]["mean"] - o["preference_usd"]),
                "gates": o["feasibility"].replace("_", " "),
            }
            for o in sorted(result["options"], key=lambda o: o["npv_usd"]["mean"] - o["preference_usd"])
        ]
    )


def _statements() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "scale": CRITERIA[row.text("criterion")],
                "statement that moves an option up": row.text("statement"),
                "by": row.number("worth"),
                "decided by": row.text("follows_from"),
            }
            for row in load_assumptions().rows("priorities").values()
        ]
    )
