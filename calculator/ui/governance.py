"""What is allowed, on which evidence."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator.ui.widgets import source_text
from calculator.wording import GATE_WORDS, ranked


def show(result: dict[str, Any]) -> None:
    """A row for each option and rule."""
    st.dataframe(_gates(result), hide_index=True, alt="Rules, outcomes and sources by option")


def _gates(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                "rule": f"{g['rule']} {g['title']}",
                "outcome": GATE_WORDS[g["outcome"]],
                "what is known": g["statement"],
                "would change with": g["remedy"],
                "source": source_text(g["source"]),
                "as of": g["as_of"],
            }
            for o in ranked(result["options"])
            for g in o["gates"]
        ]
    )
