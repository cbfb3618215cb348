"""What is likely to be forced, and what leaving would cost."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.ui.widgets import dark, draw, plain, table
from calculator.wording import ranked

READING = (
    "Lock-in is forced moves and price steps over the horizon plus what leaving would cost today. Forced moves and "
    "price steps are lines of the cost already; they are repeated here, never added again."
)
LAW = (
    "European Union: from 2027-01-12 providers of data processing services may charge nothing for switching, egress "
    "included (Data Act, Article 29). Whether a bare model API is such a service is a question for counsel. "
    "Not legal advice."
)


def show(result: dict[str, Any]) -> None:
    """All options side by side, then one of them: its parts, and how long such models last."""
    options = {o["id"]: o for o in ranked(result["options"])}
    st.markdown(plain(READING))
    table(_table(list(options.values())), alt="Lock-in of every option and its parts")
    chosen = options[st.selectbox("Option", list(options), key="lock_in.option")]
    draw(charts.lock_in_waterfall(chosen, dark=dark()), "lock-in", charts.waterfall_alt(chosen))
    if chosen["lock_in"]["survival_curve"] is None:
        st.info("You hold the weights: nobody can withdraw them.")
    else:
        draw(charts.survival(result, chosen, dark=dark()), "survival", charts.survival_alt(result, chosen))
        curve = result["survival_curves"][chosen["lock_in"]["survival_curve"]]
        sources = "; ".join(f"{s['title']} ({s['url']})" for s in curve["sources"])
        band = f"Kaplan-Meier with a 95 % log-log band, as of {curve['as_of']}"
        st.caption(plain(f"{band}. {curve['note']}. Sources: {sources}."))
    for note in chosen["lock_in"]["notes"]:
        st.markdown("- " + plain(note))
    st.caption(plain(LAW))


def _table(options: list[dict[str, Any]]) -> pd.DataFrame:
    rows = []
    for option in options:
        known, spread = option["lock_in"], option["lock_in_usd"]
        operators, rate = known["operators"], known["extra_forced_migrations_per_year"]
        passing = None if operators["passing"] is None else len(operators["passing"])
        rows.append(
            {
                "option": option["id"],
                "P10, USD": round(spread["p10"]),
                "P50, USD": round(spread["p50"]),
                "P90, USD": round(spread["p90"]),
                "forced moves, USD": round(known["forced_migrations_usd"]["base"]),
                "price steps, USD": round(known["price_exposure_usd"]["base"]),
                "exit today, USD": round(known["exit_cost_today_usd"]["base"]),
                "forced moves a year": None if rate is None else round(rate, 2),
                "operators": operators["count"],
                "of them pass here": passing,
                "weights held": "yes" if operators["weights_held"] else "no",
            }
        )
    return pd.DataFrame(rows)
