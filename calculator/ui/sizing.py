"""How each fleet on own GPUs is sized."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator.wording import percent, ranked


def show(result: dict[str, Any]) -> None:
    """A row for each option on own GPUs."""
    st.dataframe(_sizing(result), hide_index=True, alt="Replica and fleet of each option on own GPUs")


def _sizing(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                "replica": f"{s['gpus_per_replica']} x {s['gpu']}",
                "weights, GiB": round(s["weights_gib"], 1),
                "KV cache, GiB": round(s["kv_gib"], 1),
                "tokens/s a replica": round(s["tokens_per_second_per_replica"]),
                "sequences at once": round(s["batch"]),
                "ms a token": round(s["tpot_ms"], 1),
                "binds": s["binds"],
                "replicas, first month": s["replicas_first_month"],
                "replicas, peak": s["replicas_peak"],
                "utilization, first month": percent(s["utilization_first_month"]),
            }
            for o in ranked(result["options"])
            if (s := o["sizing"])
        ]
    )
