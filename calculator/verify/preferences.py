"""Worked cases of preferences: shares of weights, and orders that adding an option leaves alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from calculator.decision.preferences import credit_usd, simplex


def rank_acceptability(values: list[list[float]]) -> float:
    """Share of all weights at which the first option comes first; options x criteria on 0 … 1, more is better."""
    return float(_first_where(values)[0].mean())


def central_weight(values: list[list[float]]) -> float:
    """Mean weight of the first criterion where the first option comes first."""
    first, weights = _first_where(values)
    return float(weights[first, 0].mean())


def _first_where(values: list[list[float]]) -> tuple[Any, Any]:
    table = np.array(values, dtype=float)
    weights = simplex(table.shape[1])
    return (weights @ table.T).argmax(axis=1) == 0, weights


def order_on_fixed_scales(values: list[list[float]], worst: float, best: float) -> list[float]:
    """Options by the credit of equal priorities on scales from `worst` to `best`, first to last, counted from 1."""
    credits = []
    for row in values:
        position = {str(k): (x - worst) / (best - worst) for k, x in enumerate(row)}
        credits.append(credit_usd(dict.fromkeys(position, 1.0), position))
    return [float(place + 1) for place in sorted(range(len(values)), key=lambda k: -credits[k])]
