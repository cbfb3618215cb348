"""Open models for this workload: filter, sort, and add one to the scenario."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator.assumptions import load_assumptions
from calculator.size.open_models import DEFAULT_GPU, kept_open_models, made_from
from calculator.ui import state
from calculator.ui.widgets import table


def show() -> None:
    """The table, sized on a GPU of choice; slow the first time, so only when asked for."""
    st.subheader("Compare open models")
    if not st.toggle("Show every open model for this workload", key="models.show"):
        return
    gpus = sorted(load_assumptions().rows("gpus"))
    left, middle, right = st.columns(3)
    gpu = left.selectbox("Sized on", gpus, index=gpus.index(DEFAULT_GPU), key="models.gpu")
    wanted = middle.text_input("Name, developer or licence has", key="models.filter").strip().lower()
    derived = right.toggle("Only derivatives of another model", key="models.derived")
    rows = kept_open_models(state.current(), gpu)
    shown = [
        r
        for r in rows
        if (not wanted or any(wanted in str(r[k]).lower() for k in ("id", "name", "developer", "licence", "base_model")))
        and (not derived or r["base_model"])
    ]
    table(_frame(shown), f"Open models for this workload, sized on {gpu}")
    st.caption(
        "GPUs for the first workload's first month at its peak, the checkpoint's own precision and one spare replica; "
        "hosted is the list price of its mean request, rented the GPUs' rent alone (market's median, on demand) over the "
        "first month's tokens; energy by EcoLogits' regression. Scores are of the best effort that "
        "was tried. A derivative without its own score has none: that of its base says little about it."
    )
    fits = [r["id"] for r in shown if r["gpus"] is not None]
    if fits:
        chosen = st.selectbox("Model", fits, key="models.pick")
        if st.button("Add to the scenario, rented by the hour", key="models.add"):
            _add(chosen, gpu)


def _add(weights: str, gpu: str) -> None:
    options = state.data()["options"]
    taken, stem = {o["id"] for o in options}, f"{weights}-{gpu}"[:55]
    name = next(n for k in range(1, 200) if (n := stem if k == 1 else f"{stem}-{k}") not in taken)
    new = {"id": name, "route": "rented", "weights": weights, "gpu": gpu, "commitment": "on_demand"}
    state.change(("options",), [*options, new])
    st.rerun()


def _frame(shown: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "model": r["id"],
                "developer": r["developer"],
                "made from": made_from(r),
                "how": r["derivation"] or "",
                "total, bn": r["total_parameters_billion"],
                "active, bn": r["active_parameters_billion"],
                "context": r["context_tokens"],
                "licence": r["licence"],
                "released": r["released"],
                "Arena text": r["arena_text"],
                "GPQA Diamond": r["gpqa_diamond"],
                "KV bytes a token": r["kv_bytes_per_token"],
                "GPUs": r["gpus"],
                "hosted, USD per M tokens": r["usd_per_million_tokens"],
                "cheapest host": r["cheapest_host"],
                "hosts": r["hosts"],
                "rented, USD per M tokens": r["rented_usd_per_million_tokens"],
                "cheapest route": r["cheapest_route"],
                "kWh per M output tokens": r["kwh_per_million_output_tokens"],
                "why no GPUs": r["why"],
            }
            for r in shown
        ]
    )
