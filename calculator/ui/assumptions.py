"""The assumptions behind the answer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from calculator.ui.widgets import source_text, table


def show(result: dict[str, Any]) -> None:
    """A row for each assumption that the answer used."""
    table(_assumptions(result), "Every assumption used with its source and date")


def _assumptions(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "assumption": p["id"],
                "value": ", ".join(p["value"]) if isinstance(p["value"], list) else str(p["value"]),
                "low": p["low"],
                "high": p["high"],
                "unit": p["unit"],
                "as of": p["as_of"],
                "kind": p["kind"],
                "set by you": p["overridden"],
                "source": source_text(p["source"]),
                "note": p["note"],
            }
            for p in result["assumptions_used"]
        ]
    )
