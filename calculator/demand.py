"""Workloads as load: requests by month, tokens by request, and the shape of the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from calculator.inputs import Inputs
from calculator.quantities import TokenSize, base
from calculator.scenario import Scenario, Workload

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Places = NDArray[np.intp]

WEEK_HOURS = 168
DAYS_PER_MONTH = 365.25 / 12
SIZE_QUANTILES = 32
"""Points at which the spread of request sizes is evaluated."""


@dataclass(frozen=True)
class Demand:
    """One workload over draws (axis 0) and months of the horizon (axis 1)."""

    workload: Workload
    requests: Array
    """Requests a month, (draws, months)."""
    input_tokens: Array
    """Reference tokens of a mean prompt, (draws,)."""
    output_tokens: Array
    """Reference tokens of a mean visible answer, (draws,)."""
    cached_share: Array
    batch_share: Array
    burst_ratio: Array
    hour_weights: Array
    """Share of a week's interactive requests in each hour, from Monday 00:00 UTC, (168,), sums to 1."""
    size_quantiles: Array
    """Multipliers of mean 1: how prompt sizes spread around their mean, (SIZE_QUANTILES,)."""
    other_usd_per_month: Array

    @property
    def tokens(self) -> Array:
        """Input + output reference tokens a month, (draws, months)."""
        return self.requests * (self.input_tokens + self.output_tokens)[:, None]

    def interactive_requests_per_second(self, hours_per_month: float) -> Array:
        """Mean rate of requests that may not wait, (draws, months); by hour: times `hour_weights` x 168."""
        return self.requests * (1 - self.batch_share)[:, None] / (hours_per_month * 3600)

    def batch_requests_per_second(self, hours_per_month: float) -> Array:
        """Mean rate of requests that may wait, (draws, months)."""
        return self.requests * self.batch_share[:, None] / (hours_per_month * 3600)


def with_requests(demand: Demand, share: Array) -> Demand:
    """The same workload with `share` (draws, months) of its requests."""
    return replace(demand, requests=demand.requests * share)


def month_labels(start: str, months: int) -> list[str]:
    """`2027-01`, `2027-02`, …"""
    year, month = (int(p) for p in start.split("-"))
    return [f"{year + (month - 1 + k) // 12}-{(month - 1 + k) % 12 + 1:02d}" for k in range(months)]


def months_before_start(scenario: Scenario) -> float:
    """From `as_of`, when orders are placed, to the horizon's start."""
    return (date.fromisoformat(f"{scenario.start}-01") - date.fromisoformat(scenario.as_of)).days / DAYS_PER_MONTH


def demands(scenario: Scenario, inputs: Inputs) -> tuple[Demand, ...]:
    """Every workload of a scenario as load."""
    return tuple(_demand(w, scenario, inputs) for w in scenario.workloads)


def _demand(workload: Workload, scenario: Scenario, inputs: Inputs) -> Demand:
    known = inputs.assumptions
    when = "from_logs" if scenario.launched else "before_launch"
    path = f"workloads.{workload.name}"
    volume_error = known.parameter(f"demand.requests_forecast_ratio_{when}")
    token_error = known.parameter(f"demand.tokens_forecast_ratio_{when}")
    growth = inputs.given(f"{path}.annual_growth", workload.annual_growth)
    first = inputs.forecast(f"{path}.requests_per_month", workload.requests_per_month, volume_error)
    months = np.arange(scenario.horizon_months)
    requests = first[:, None] * (1 + growth[:, None]) ** (months / 12) * _seasons(workload, scenario)
    burst = workload.traffic.burst_ratio
    return Demand(
        workload=workload,
        requests=requests,
        input_tokens=inputs.forecast(f"{path}.input_tokens", mean_tokens(workload.input_tokens), token_error),
        output_tokens=inputs.forecast(f"{path}.output_tokens", mean_tokens(workload.output_tokens), token_error),
        cached_share=inputs.given(f"{path}.cacheable_input_share", workload.cacheable_input_share),
        batch_share=inputs.given(f"{path}.batch_share", workload.batch_share),
        burst_ratio=inputs.number("demand.burst_ratio") if burst is None else inputs.given(f"{path}.burst_ratio", burst),
        hour_weights=hour_weights_utc(workload, scenario.start, inputs),
        size_quantiles=size_quantiles(workload, inputs),
        other_usd_per_month=inputs.given(f"{path}.other_usd_per_month", workload.other_usd_per_month),
    )


def mean_tokens(size: Any) -> Any:
    """The mean of a token count, as the scenario gives it: a number or a range."""
    return size.mean if isinstance(size, TokenSize) else size


def _seasons(workload: Workload, scenario: Scenario) -> Array:
    weights = workload.traffic.seasons
    if weights is None:
        return np.ones(scenario.horizon_months)
    relative = np.asarray(weights) / np.mean(weights)
    first = int(scenario.start.split("-")[1]) - 1
    return np.asarray(relative[(first + np.arange(scenario.horizon_months)) % 12])


def hour_weights_utc(workload: Workload, start: str, inputs: Inputs) -> Array:
    """The week's shape in UTC, (168,), summing to 1.

    The time zone's offset in the first month holds for the whole horizon; summer time moves
    time-of-day prices by an hour for half the year and is left out.
    """
    profile = workload.traffic.profile
    if isinstance(profile, str):
        row = inputs.assumptions.row("demand", profile, f"workloads.{workload.name}.traffic.profile")
        inputs.used.setdefault(f"demand.{profile}.weekday_weights", row.parameter("weekday_weights"))
        weekday, weekend = ([float(v) for v in row.list(c)] for c in ("weekday_weights", "weekend_weights"))
        local = np.array(weekday * 5 + weekend * 2)
    else:
        local = np.asarray(profile)
    offset = datetime.fromisoformat(f"{start}-15").replace(tzinfo=ZoneInfo(workload.traffic.time_zone)).utcoffset()
    shift = round((offset or timedelta()).total_seconds() / 3600)
    return np.asarray(np.roll(local, -shift) / local.sum())


def size_quantiles(workload: Workload, inputs: Inputs) -> Array:
    """Multipliers of mean 1 that spread prompt sizes as a lognormal with the given, or a sourced, p95 over mean.

    With mean 1, mu = -sigma^2/2, and p95 = exp(mu + 1.645 sigma); the smaller root of that quadratic is
    taken. A ratio above exp(1.645^2/2) = 3.87 has no lognormal and is capped there.
    """
    from scipy.special import ndtri

    size = workload.input_tokens
    if isinstance(size, TokenSize) and size.p95 is not None:
        ratio = size.p95 / base(size.mean)
    else:
        ratio = inputs.base_number("demand.input_p95_over_mean")
    z = float(ndtri(0.95))
    log_ratio = min(np.log(max(ratio, 1.0)), z**2 / 2)
    sigma = z - np.sqrt(z**2 - 2 * log_ratio)
    u = (np.arange(SIZE_QUANTILES) + 0.5) / SIZE_QUANTILES
    multipliers = np.exp(sigma * ndtri(u) - sigma**2 / 2)
    return np.asarray(multipliers / multipliers.mean())


def hour_levels(all_demands: Sequence[Demand]) -> tuple[Array, Array, Places]:
    """The distinct hours of the week: weights x 168 (relative to the mean hour) by workload, and how many hours each.

    Returns arrays (workloads, levels), (levels,), which sums to 168, and the level of each hour of the week,
    (168,). A week of presets has some 40 distinct hours, which spares most of the work of the other 128.
    """
    weights = np.stack([d.hour_weights for d in all_demands]) * WEEK_HOURS
    levels, places, counts = np.unique(np.round(weights, 12), axis=1, return_inverse=True, return_counts=True)
    return levels, counts.astype(float), places.reshape(-1).astype(np.intp)
