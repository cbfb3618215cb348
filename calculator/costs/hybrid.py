"""Base load on own capacity, the rest to another option.

The base is a number of replicas that are always on, fixed over the horizon; what exceeds them in an hour goes to
the overflow option, which also serves as the spare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from calculator.costs.carbon import served_by_fleet
from calculator.costs.fleet import FleetLoad, HourlyLoad, Load
from calculator.costs.flows import Flows
from calculator.costs.owned import owned_flows
from calculator.costs.ready import guard_gpus, peak_replicas, ready, whole_units
from calculator.costs.rented import rent, rental_price, start_hours
from calculator.costs.served import Served
from calculator.demand import WEEK_HOURS
from calculator.inputs import Inputs
from calculator.options import OwnedOption, RentedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BASE_ALONE = 100_001
"""As many base replicas or more stand for: the base carries everything by itself, scaled and spared as when alone."""
TIE = 1e-9
"""Costs closer than this share are equal."""
Choice = TypeVar("Choice", int, tuple[int, float])
FIRST_GRID = 17
"""Numbers of base replicas tried at first; the neighbourhood of the best is then tried one by one."""


def peak_load(load: Load) -> Array:
    """The busiest hour of the horizon and all work that may wait, in replicas, (draws,)."""
    return np.asarray(load.busiest.max(axis=1) + load.batch.max(axis=1))


def replicas_per_unit(
    scenario: Scenario, option: RentedOption | OwnedOption, gpus_per_replica: float, inputs: Inputs
) -> int:
    """Replicas that fill a server or a rental unit: what is paid for anyway is used."""
    if isinstance(option, OwnedOption):
        gpus = inputs.assumptions.row("servers", option.gpu).number("gpus")
    else:
        gpus = rental_price(scenario, option, inputs).gpus_per_unit
    return max(1, int(gpus // gpus_per_replica))


def held_base(replicas: int, load: Load, settled_at: float | None, unit: int) -> Array:
    """Always-on replicas in every draw, (draws, 1).

    `settled_at` is the peak load for which `replicas` were settled: a draw then has as many more or fewer whole units
    (`unit` replicas each, at least one) as its own peak load is larger or smaller, for a fleet alone is sized to the
    draw's load too. None: `replicas` in every draw.
    """
    if not settled_at:
        return np.array([[float(replicas)]])
    units = -(-replicas // unit)
    scaled = np.maximum(np.rint(units * peak_load(load) / settled_at), 1.0)
    return np.where(scaled == units, float(replicas), scaled * unit)[:, None]


def standing_base(
    scenario: Scenario, option: RentedOption | OwnedOption, load: FleetLoad, replicas: Array, here: Array, inputs: Inputs
) -> tuple[Flows, Array]:
    """Cost of `replicas` always-on replicas, (draws, 1), and their GPUs by month; `here` is 0 before delivery, 1 after."""
    months = scenario.horizon_months
    each, standing = load.sizing.gpus_per_replica, np.repeat(replicas, months, axis=1)
    if isinstance(option, OwnedOption):
        flows, plan, _ = owned_flows(scenario, option, load, each, inputs, replicas=standing, there=here)
        return flows, plan.gpus
    guards = guard_gpus(option, load, np.zeros(1))
    flows, price = Flows(months), rental_price(scenario, option, inputs)
    gpus = whole_units((standing * each + guards) * option.sites, price.gpus_per_unit) * here
    return flows, rent(flows, scenario, option, gpus, gpus, price, inputs)


def fleet_flows(
    scenario: Scenario, option: RentedOption | OwnedOption, own: FleetLoad, base: FleetLoad, rest: Load, inputs: Inputs
) -> tuple[Flows, Array, Served]:
    """Cost of the rest on another fleet, its GPUs by month and their use; its replicas may differ from the base's."""
    each, no_spare = own.sizing.gpus_per_replica, np.zeros(1)
    none_needed = option.model_copy(update={"min_replicas": 0, "staging_replicas": 0, "upgrade_surge_replicas": 0})
    load = own if rest is base else _scaled(rest, _ratio(own, base))
    if isinstance(option, OwnedOption):
        replicas = peak_replicas(none_needed, load, no_spare)
        flows, plan, _ = owned_flows(scenario, option, load, each, inputs, replicas=replicas)
        return flows, plan.gpus, served_by_fleet(option, load, own, plan.gpus, plan.gpus, inputs)
    flows, price = Flows(scenario.horizon_months), rental_price(scenario, option, inputs)
    fleet = ready(none_needed, load, no_spare, each, price.gpus_per_unit, start_hours(option, inputs))
    gpus = rent(flows, scenario, option, fleet.gpus_peak, fleet.gpus_average, price, inputs)
    return flows, gpus, served_by_fleet(option, load, own, gpus, fleet.gpus_average, inputs)


def _scaled(load: Load, ratio: Array) -> HourlyLoad:
    hours = load.hour_shares * WEEK_HOURS
    if np.all(ratio == 1):
        return HourlyLoad(load.peak, load.mean, load.batch, hours, load.rises)
    by_level = ratio[:, :, None]
    return HourlyLoad(load.peak * by_level, load.mean * by_level, load.batch * ratio, hours, load.rises)


def _ratio(own: FleetLoad, base: FleetLoad) -> Array:
    """Replicas of `own` for one of `base`, by the mix of workloads, (draws, months)."""
    mine, theirs = np.broadcast_arrays(own.average + own.batch, base.average + base.batch)
    ones = np.ones(theirs.shape)  # a month may have no load at all
    return np.asarray(np.divide(mine, theirs, out=ones, where=theirs > 0))


def least(costs: Mapping[Choice, float]) -> Choice:
    """The smallest of the choices that cost least: sizes that serve the same may differ by rounding."""
    limit = min(costs.values())
    return min(choice for choice, usd in costs.items() if usd <= limit + TIE * abs(limit))


def best_base_replicas(npv_usd_at: Callable[[Sequence[int]], Array], largest: int) -> tuple[int, dict[int, float]]:
    """The number of base replicas with the lowest present value, and the curve that was tried.

    None (the overflow alone), 1 … largest, and BASE_ALONE. A coarse grid first, then every number between the
    neighbours of its best; `npv_usd_at` costs several sizes at once.
    """
    curve: dict[int, float] = {}

    def best_of(sizes: Sequence[int]) -> int:
        new = [size for size in sizes if size not in curve]
        curve.update(zip(new, npv_usd_at(new).tolist(), strict=True))
        return least({size: curve[size] for size in sizes})

    grid = _spread(0, largest)
    while True:
        best = best_of(grid)
        place = grid.index(best)
        finer = _spread(grid[max(0, place - 1)], grid[min(len(grid) - 1, place + 1)])
        if set(finer) <= set(curve):
            best = best_of([best, BASE_ALONE])
            return best, dict(sorted(curve.items()))
        grid = finer


def _spread(low: int, high: int) -> list[int]:
    return sorted({round(x) for x in np.linspace(low, high, min(FIRST_GRID, high - low + 1))})
