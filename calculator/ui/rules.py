"""The rules of the scenario beyond classification, places and certificates, each asked for by one switch."""

from __future__ import annotations

from typing import Any

import streamlit as st

from calculator.scenario import Scenario
from calculator.ui import state

SWITCHES = {
    "personal_data": "Personal data",
    "health_data": "Health data (a business associate agreement)",
    "allow_training": "A provider may train on the data",
    "customer_managed_keys": "Own encryption keys",
    "private_networking": "No public internet on the way",
    "subprocessor_list": "Subprocessors must be published",
    "ip_indemnity": "Indemnity for claims over intellectual property",
}
DAYS = [0.0, 7.0, 30.0, 90.0]
LEVELS = [None, "low", "moderate", "high"]
COUNTRIES = ["US", "CN", "FR", "NL", "CA", "GB", "FI", "KR", "AE"]


def more(scenario: Scenario) -> None:
    """Retention, origin and contract rules."""
    data = scenario.data
    limit = data.max_retention_days
    days = sorted({*DAYS, *([] if limit is None else [limit])})
    _choice("Prompts may be kept at most, days", "max_retention_days", [None, *days], limit)
    _choice("FedRAMP level", "fedramp", LEVELS, data.fedramp)
    _several("No operator at home in", "excluded_jurisdictions", data.excluded_jurisdictions)
    _several("No model developed in", "excluded_origins", data.excluded_origins)
    for field, label in SWITCHES.items():
        name = state.key(field)
        st.toggle(label, getattr(data, field), key=name, on_change=_set, args=(field, name))


def _set(field: str, name: str) -> None:
    value: Any = st.session_state[name]
    state.change(("data", field), value if value not in ([], ()) else None)


def _choice(label: str, field: str, options: list[Any], value: Any) -> None:
    name = state.key(field)
    st.selectbox(
        label,
        options,
        index=options.index(value),
        format_func=lambda v: "not asked" if v is None else f"{v:g}" if isinstance(v, float) else str(v),
        key=name,
        on_change=_set,
        args=(field, name),
    )


def _several(label: str, field: str, value: tuple[str, ...]) -> None:
    name = state.key(field)
    st.multiselect(label, sorted({*COUNTRIES, *value}), default=list(value), key=name, on_change=_set, args=(field, name))
