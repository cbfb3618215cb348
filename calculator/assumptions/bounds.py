"""Between which figures an assumption makes sense: by its unit, or narrower by its own `minimum` and `maximum`.

The same bounds hold for what ships and for what a scenario sets instead. They say what is possible, not what is likely.
"""

from __future__ import annotations

from collections.abc import Mapping

from calculator.assumptions.parameter import Parameter
from calculator.errors import InputError
from calculator.wording import quoted

BOUNDS: Mapping[str, tuple[float, float]] = {
    "GiB": (0, 1e6),
    "GB/s": (0.001, 1e7),
    "TFLOPS": (0.001, 1e7),
    "kW": (0, 1e4),
    "W": (0, 1e7),
    "USD": (0, 1e13),
    "USD/GPU-hour": (0, 1e4),
    "USD/h": (0, 1e6),
    "USD/month": (0, 1e9),
    "USD/year": (0, 1e9),
    "currency/year": (0, 1e12),
    "USD/kW-month": (0, 1e6),
    "USD/kWh": (0, 1e3),
    "USD/Mtok": (0, 1e6),
    "USD/GPU": (0, 1e7),
    "USD/server": (0, 1e8),
    "USD/GB": (0, 1e3),
    "ratio": (0.001, 1e3),
    "share": (0, 1),
    "count": (0, 1e10),
    "tokens": (0, 1e9),
    "days": (0, 36_500),
    "months": (0, 1200),
    "years": (0.5, 100),
    "hours": (0, 8784),
    "minutes": (0, 527_040),
    "weeks": (0, 5000),
    "per_year": (-0.99, 10),
    "FTE": (0, 1e4),
    "ms": (0, 3.6e6),
    "us": (0, 1e9),
    "bytes": (0, 1e15),
    "bits": (1, 64),
    "billion": (0.001, 1e5),
    "percent": (0, 100),
    "score": (-1e4, 1e4),
    "kgCO2e/kWh": (0, 10),
    "kgCO2e": (0, 1e7),
    "L/kWh": (0, 1e3),
    "per_USD": (1e-6, 1e7),
}
"""Least and largest figure by unit, both allowed; shares are fractions of 1, `per_year` a rate as a fraction of 1 a year."""


def bounds(parameter: Parameter) -> tuple[float, float]:
    """Least and largest figure of a parameter; no bounds where its unit is not known."""
    low, high = BOUNDS.get(parameter.unit, (-float("inf"), float("inf")))
    return (
        low if parameter.minimum is None else parameter.minimum,
        high if parameter.maximum is None else parameter.maximum,
    )


def out_of_bounds(parameter: Parameter) -> str:
    """What is wrong with the value, low or high of a parameter and what is allowed; empty where nothing is."""
    least, most = bounds(parameter)
    for figure in (parameter.low, parameter.value, parameter.high):
        if isinstance(figure, int | float) and not least <= figure <= most:
            unit = f" ({parameter.unit})"
            return f"must lie between {quoted(least)} and {quoted(most)}{unit}, got {quoted(figure)}"
    return ""


def check_override(parameter: Parameter) -> None:
    """InputError where a scenario's own figure is none that the assumption can have."""
    if fault := out_of_bounds(parameter):
        raise InputError(f"assumptions.{parameter.id}: {fault}")
