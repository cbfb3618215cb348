"""Energy, emissions and water."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.quantities import base
from calculator.ui import faults, state
from calculator.ui.widgets import dark, draw, table
from calculator.wording import ranked


def show(result: dict[str, Any]) -> None:
    """A chart, the figures, what they rest on, and what the user knows or asks of them."""
    if any(o["co2e_kg"] for o in result["options"]):
        draw(charts.emissions(result, dark()), "emissions", charts.emissions_title(result))
    basis = st.segmented_control("Figures", list(BASES), default=next(iter(BASES)), key="footprint.basis") or next(
        iter(BASES)
    )
    table(_figures(result, BASES[basis]), f"Energy, emissions and water of each option, {basis}")
    st.caption(
        "Location-based: what the grid of the place emits, making the hardware included. Own fleets follow their sizing, "
        "idle power counted. Tokens that others serve follow EcoLogits, which counts output tokens and guesses the size of "
        "models that nobody publishes: compare routes with care."
    )
    left, right = st.columns(2)
    terms = state.current().footprint
    with left:
        _number("Price of carbon, USD per tonne of CO2e", "carbon_usd_per_tonne", base(terms.carbon_usd_per_tonne) or None)
    with right:
        _number("Contracted electricity of own servers, kg CO2e a kWh", "market_kgco2e_per_kwh", terms.market_kgco2e_per_kwh)


def _number(label: str, field: str, value: float | None) -> None:
    name = state.key(field)
    st.number_input(
        label,
        0.0,
        None,
        value,
        placeholder="none",
        key=name,
        on_change=lambda: state.change(("footprint", field), st.session_state[name]),
    )
    faults.tell(state.place_of(("footprint", field)))


BASES: dict[str, str | None] = {
    "over the horizon": None,
    "a month, on average": "per_month",
    "per million tokens": "per_million_tokens",
}
"""What figures are for, and where the answer holds them; at its top where None."""


def _figures(result: dict[str, Any], basis: str | None) -> pd.DataFrame:
    rows, months = [], len(result["months"])
    contract = {None: 1.0, "per_month": 1 / months, "per_million_tokens": 1e6 / sum(result["tokens_by_month"])}[basis]
    for o in ranked(result["options"]):
        f = o["footprint"]
        row: dict[str, Any] = {"option": o["id"], "route": o["route"]}
        if f is not None:
            of = f if basis is None else f[basis]
            market = f["co2e_kg_market_based"]
            row |= {
                "energy, kWh": _digits(of["energy_kwh"]["base"]),
                "CO2e, kg": _digits(of["co2e_kg"]["base"]),
                "low": _digits(of["co2e_kg"]["low"]),
                "high": _digits(of["co2e_kg"]["high"]),
                **({} if market is None else {"market-based, kg": _digits(market * contract)}),
                "of it making hardware, kg": _digits(of["embodied_kg"]["base"]),
                "water, litres": _digits(of["water_litres"]["base"]),
            }
        row["rests on"] = "; ".join(f["basis"]) if f else o["null_reasons"].get("co2e_kg", "")
        rows.append(row)
    return pd.DataFrame(rows)


def _digits(value: float) -> float:
    """Whole from a hundred up, else three digits."""
    return round(value) if abs(value) >= 100 else float(f"{value:.3g}")
