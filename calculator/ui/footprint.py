"""Energy, emissions and water."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.quantities import base
from calculator.ui import state
from calculator.ui.widgets import dark, draw, table
from calculator.wording import ranked


def show(result: dict[str, Any]) -> None:
    """A chart, the figures, what they rest on, and what the user knows or asks of them."""
    if any(o["co2e_kg"] for o in result["options"]):
        draw(charts.emissions(result, dark()), "emissions", charts.emissions_title(result))
    table(_figures(result), "Energy, emissions and water of each option")
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


def _figures(result: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for o in ranked(result["options"]):
        f = o["footprint"]
        row: dict[str, Any] = {"option": o["id"], "route": o["route"]}
        if f is not None:
            row |= {
                "energy, kWh": round(f["energy_kwh"]["base"]),
                "CO2e, kg": round(f["co2e_kg"]["base"]),
                "low": round(f["co2e_kg"]["low"]),
                "high": round(f["co2e_kg"]["high"]),
                **({} if f["co2e_kg_market_based"] is None else {"market-based, kg": round(f["co2e_kg_market_based"])}),
                "of it making hardware, kg": round(f["embodied_kg"]["base"]),
                "water, litres": round(f["water_litres"]["base"]),
                "kWh per M tokens": round(f["kwh_per_million_tokens"]["base"], 3),
                "g CO2e per M tokens": round(1000 * f["co2e_kg_per_million_tokens"]["base"], 1),
            }
        row["rests on"] = "; ".join(f["basis"]) if f else o["null_reasons"].get("co2e_kg", "")
        rows.append(row)
    return pd.DataFrame(rows)
