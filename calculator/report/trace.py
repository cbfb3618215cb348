"""What the report retraces beyond the result's plain data: token prices at the start, and the leader's first month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.costs.fleet import FleetLoad
from calculator.costs.price_path import month_days
from calculator.costs.served import Served
from calculator.price_types import PriceList
from calculator.prices import active_period
from calculator.result import Result
from calculator.scenario import Scenario
from calculator.wording import ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def token_prices(scenario: Scenario, result: Result) -> list[dict[str, Any]]:
    """The list behind each option paid by the token in the horizon's first month, USD per million tokens, contracts applied.

    Lists with tiers show their first; batch and cache lifetimes are in the cost lines.
    """
    on, found = month_days(scenario)[0], []
    for option in result.options:
        prices = option.base.price_source
        if isinstance(prices, PriceList) and option.route != "hybrid":
            rates = active_period(prices, on, 12).tiers[0][1]
            found.append(
                {
                    "id": option.id,
                    "usd_input": rates.input,
                    "usd_cached_input": rates.cached_input,
                    "usd_output": rates.output,
                    "dated": prices.dated,
                    "source": prices.source.as_dict(),
                }
            )
    return found


def first_month(result: Result, name: str) -> list[dict[str, Any]]:
    """What each part of an option serves in the first month, at base values: tokens billed, or GPUs that stand ready."""
    return [_served(part) for part in result.option(name).base.served]


def _served(part: Served) -> dict[str, Any]:
    if part.factors is None:
        return {"id": part.option.id, "model": part.model, "gpus": None if part.gpus is None else float(part.gpus[0, 0])}
    requests = _requests(part)
    tokens_in = [n * float(d.input_tokens[0]) for n, d in zip(requests, part.demands, strict=True)]
    tokens_out = [n * float(d.output_tokens[0]) for n, d in zip(requests, part.demands, strict=True)]
    return {
        "id": part.option.id,
        "model": part.model,
        "gpus": None if part.gpus is None else float(part.gpus[0, 0]),
        "requests": sum(requests),
        "input_tokens": sum(tokens_in),
        "output_tokens": sum(tokens_out),
        "input_factor": float(part.factors.input[0]),
        "output_factor": float(part.factors.output[0]),
    }


def _requests(part: Served) -> Sequence[float]:
    shares = part.share_of_requests or [np.ones((1, 1))] * len(part.demands)
    return [float(np.asarray(d.requests * share)[0, 0]) for d, share in zip(part.demands, shares, strict=True)]


def first_peak(result: Result, name: str, hours_per_month: float) -> list[dict[str, Any]]:
    """From requests to replicas in the first month, by workload, at base values; empty without a fleet of one place.

    Requests a second: mean over the month, then in the busiest hour with its burst; what a replica carries at its limit and
    planned use; their ratio, whose sum over workloads is rounded up. Work that may wait is left out of the peak.
    """
    base = result.option(name).base
    load = base.load
    if not isinstance(load, FleetLoad) or load.regions or not base.served:
        return []
    busiest = int(np.argmax(load.peak[0, 0]))
    found = []
    for number, demand in enumerate(base.served[0].demands):
        mean = float(demand.interactive_requests_per_second(hours_per_month)[0, 0])
        replicas_mean = float(load.rates[number][0, 0])
        if not mean or not replicas_mean:
            continue
        shape, burst = float(load.shapes[number, busiest]), float(load.bursts[number][0])
        found.append(
            {
                "workload": demand.workload.name,
                "requests": float(demand.requests[0, 0] * (1 - demand.batch_share[0])),
                "mean_per_second": mean,
                "busiest_over_mean": shape,
                "burst": burst,
                "peak_per_second": mean * shape * burst,
                "replica_limit_per_second": float(load.capacities[number].requests_per_second[0]),
                "planned_share": mean / replicas_mean / float(load.capacities[number].requests_per_second[0]),
                "replicas": replicas_mean * shape * burst,
            }
        )
    return found


def leader(result: dict[str, Any]) -> str:
    """The option whose figure is retraced: the one ahead, or the first of all where none is."""
    return str(result["verdict"]["leader"] or ranked(result["options"])[0]["id"])
