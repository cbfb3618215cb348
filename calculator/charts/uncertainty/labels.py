"""What the charts of uncertainty share."""

from __future__ import annotations

from calculator.charts.ink import MARK

BARS = 12
LABEL = 56
ZERO = {
    "mark": {"type": "rule", "strokeWidth": 1.5, "strokeDash": [4, 3], "color": MARK},
    "encoding": {"x": {"datum": 0}},
}


def short(text: str, longest: int = LABEL) -> str:
    """A text cut to what a chart of that width can carry."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
