"""What finance asks: measures of every option, then one option by fiscal year, what giving it up strands, and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.terminal.money import SPLIT
from calculator.ui import state
from calculator.ui.widgets import dark, draw, plain, table
from calculator.wording import GATE_WORDS, payback_words, ranked, shown_in

VIEWS = {
    "Cash": {"cash_usd": "cash, USD"},
    "Profit and loss": {
        "opex_usd": "running cost, USD",
        "lease_usd": "of it leases, USD",
        "depreciation_usd": "depreciation, USD",
        "loss_on_disposal_usd": "loss on disposal, USD",
        "profit_and_loss_usd": "profit and loss, USD",
    },
    "CapEx and OpEx": {
        "capex_usd": "CapEx, USD",
        "opex_usd": "OpEx, USD",
        "disposal_usd": "disposal, USD",
        "cash_usd": "cash, USD",
    },
}
"""Columns of each view by fiscal year; cost is positive."""


@st.fragment
def show(result: dict[str, Any]) -> None:
    """Measures of all, then one option in full; another option or view redraws this part alone."""
    options = {o["id"]: o for o in ranked(result["options"])}
    with shown_in(result["currency"], result["usd_exchange_rate"]):
        st.subheader("What finance asks")
        measured = pd.DataFrame([_measured(option) for option in options.values()])
        table(measured, "First-year cash, commitment, payback, IRR and levelised prices of every option")
        st.caption(plain(f"People: {result['team']['note']}. {SPLIT}"))
        with st.expander("Why a dash"):
            for reason in _reasons(list(options.values())):
                st.markdown("- " + plain(reason))
        picked = st.selectbox("Option by fiscal year", list(options), key=state.key("money.option"))
        _one(options[picked], result["months"])


def _measured(option: dict[str, Any]) -> dict[str, Any]:
    found, why = option["money"], option["null_reasons"]
    irr, lost = found["irr_per_year"], found["stranded_usd"]
    return {
        "option": option["id"],
        "gates": GATE_WORDS[option["feasibility"]],
        "first-year cash, USD": found["first_year_cash_usd"],
        "peak commitment, USD": found["peak_commitment_usd"],
        "stranded at most, USD": max(lost),
        "payback": payback_words(found["payback_month"], why.get("money.payback_month", "")),
        "IRR, % a year": None if irr is None else round(100 * irr, 1),
        "USD per request": found["usd_per_request"],
        "USD per successful request": found["usd_per_successful_request"],
        "USD per M input": found["usd_per_million_input_tokens"],
        "USD per M output": found["usd_per_million_output_tokens"],
        "USD per M tokens": option["usd_per_million_tokens"],
    }


def _reasons(options: list[dict[str, Any]]) -> list[str]:
    """Why a cell has a dash, once for each reason, with the options it holds for."""
    words = {
        "money.payback_month": "Payback",
        "money.irr_per_year": "IRR",
        "money.usd_per_successful_request": "Price of a successful request",
        "money.usd_per_million_input_tokens": "Input and output apart",
    }
    found: dict[str, list[str]] = {}
    for option in options:
        for key, label in words.items():
            if key in option["null_reasons"]:
                found.setdefault(f"{label}: {option['null_reasons'][key]}", []).append(option["id"])
    return [f"{said} ({'all options' if len(ids) == len(options) else ', '.join(ids)})." for said, ids in found.items()]


def _one(option: dict[str, Any], months: list[str]) -> None:
    view = st.radio("View", list(VIEWS), horizontal=True, key=state.key("money.view"))
    if any(row["cash_usd"] != row["profit_and_loss_usd"] for row in option["money"]["views"]):
        draw(charts.by_year(option, dark=dark()), f"by-year-{option['id']}", charts.by_year_title(option))
    else:
        st.markdown(plain(charts.by_year_title(option) + "."))
    columns = VIEWS[view]
    years = pd.DataFrame(option["money"]["views"]).rename(columns={"fiscal_year": "fiscal year", **columns})
    shown = years[["fiscal year", *columns.values()]]
    whole = pd.DataFrame([{"fiscal year": "all years", **shown[list(columns.values())].sum()}])
    table(pd.concat([shown, whole]), f"{view} of {option['id']} by fiscal year")
    st.caption("Nominal, cost positive; what a disposal fetches is negative. Over all years cash equals profit and loss.")
    _stranded(option, months)
    if option["notes"]:
        st.markdown(f"**Why the lines of {plain(option['id'])} are what they are**")
        for note in option["notes"]:
            st.markdown("- " + plain(note))


def _stranded(option: dict[str, Any], months: list[str]) -> None:
    said = charts.stranded_title(option)
    if max(option["money"]["stranded_usd"]) < 1:
        st.markdown(plain(said + "."))
        return
    draw(charts.stranded(option, months, dark=dark()), f"stranded-{option['id']}", said)
    st.caption(
        "Stranded: reservations and commitments to their end, and what a forced sale of servers loses against their value "
        "as used equipment."
    )
