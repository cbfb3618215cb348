"""Own measurements rescale the speed model.

The factor is the geometric mean of measured over predicted output tokens a second; what is left of the points
around it narrows the range. Three points are asked for: one or two do not beat the model unscaled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from calculator.errors import InputError
from calculator.serving.benchmark_files import Point

LEAST_POINTS = 3
CONTRADICTION = 5.0
"""Points whose measured over predicted differ by this factor do not describe one deployment."""
Z90 = 1.2816
"""90th percentile of the standard normal."""


@dataclass(frozen=True)
class Compared:
    """A point beside what the model says of it, before and after."""

    point: Point
    predicted: float
    rescaled: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "concurrency": self.point.concurrency,
            "measured": self.point.output_tokens_per_second,
            "predicted_before": self.predicted,
            "predicted_after": self.rescaled,
        }


@dataclass(frozen=True)
class Calibration:
    """What own measurements make of the model."""

    factor: float
    """Measured over predicted."""
    low: float
    high: float
    """About the central 80 % of the factor for another load of the same deployment."""
    compared: tuple[Compared, ...]
    error_before: float
    """Median absolute error of the points, relative."""
    error_after: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "factor": self.factor,
            "low": self.low,
            "high": self.high,
            "median_error_before": self.error_before,
            "median_error_after": self.error_after,
            "points": [c.as_dict() for c in self.compared],
        }


def calibrate(
    points: Sequence[Point],
    predict: Callable[[Point], float],
    general: tuple[float, float],
    noise: float,
    where: str = "benchmarks",
) -> Calibration:
    """The factor and its range from own points.

    `predict` gives the model's output tokens a second for a point; `general` are low and high of measured over
    modelled without own points: the range never gets wider, and with `noise` (relative, of one run repeated)
    never narrower than that. Raises InputError for fewer than three points, for points at which the model does
    not fit, and for those that contradict each other by a factor of five.
    """
    if len(points) < LEAST_POINTS:
        have = f"{len(points)} benchmark point{'s' if len(points) != 1 else ''}"
        raise InputError(f"{where}: {have}; at least {LEAST_POINTS} are needed to rescale the model")
    ratios, predictions = [], []
    for point in points:
        predicted = predict(point)
        if predicted <= 0:
            raise InputError(f"{where}: the model does not fit on this layout, so that the points cannot be its own")
        predictions.append(predicted)
        ratios.append(point.output_tokens_per_second / predicted)
    least, most = min(ratios), max(ratios)
    if most / least >= CONTRADICTION:
        low, high = points[ratios.index(least)], points[ratios.index(most)]
        raise InputError(
            f"{where}: points contradict each other by {most / least:.1f} x: {low.output_tokens_per_second:,.0f} tokens/s "
            f"at concurrency {low.concurrency:g} is {least:.2f} of the model, {high.output_tokens_per_second:,.0f} at "
            f"{high.concurrency:g} is {most:.2f}; check that all are of one deployment and one request size"
        )
    logs = [math.log(r) for r in ratios]
    mean = sum(logs) / len(logs)
    variance = sum((x - mean) ** 2 for x in logs) / (len(logs) - 1)
    spread = max(Z90 * math.sqrt(variance * (1 + 1 / len(logs))), math.log1p(noise))
    factor = math.exp(mean)
    narrow = (max(math.exp(-spread), general[0]), min(math.exp(spread), general[1]))
    compared = tuple(Compared(p, m, m * factor) for p, m in zip(points, predictions, strict=True))
    return Calibration(
        factor=factor,
        low=factor * narrow[0],
        high=factor * narrow[1],
        compared=compared,
        error_before=_median([abs(1 / r - 1) for r in ratios]),
        error_after=_median([abs(factor / r - 1) for r in ratios]),
    )


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
