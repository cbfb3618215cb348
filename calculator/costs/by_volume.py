"""What each option costs at other volumes than the scenario's, a whole grid in one call.

A volume is a multiple of the scenario's requests, all workloads in the same proportion, growth and week unchanged.
Everything is at base values. The layout of a replica is the one that the scenario's own volume asked for; a hybrid
chooses its base anew at every volume.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.flows import present_value
from calculator.costs.hybrid import BASE_ALONE, TIE, replicas_per_unit
from calculator.costs.mix import Mix
from calculator.costs.routes import Decided, Outcome, cost_option
from calculator.demand import demands
from calculator.inputs import Inputs
from calculator.options import HybridOption, Option, OwnedOption, RentedOption
from calculator.quantities import base
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.intp]
    Flags = NDArray[np.bool_]

EVERY_BASE_UP_TO = 16
"""Bases of a hybrid that are tried one by one, in whole servers or rental units; above, steps of a fifth."""
BASE_STEP = 1.2
LEAST_BASE_SHARE = 0.02
"""A base smaller than this share of the largest is not tried, except none at all."""
ROWS_AT_ONCE = 256
"""Pairs of a volume and a base that are costed in one pass: they stay near the cache."""


@dataclass
class CostByVolume:
    """Present values and outcomes of a scenario's options at multiples of its volume."""

    scenario: Scenario
    known: Assumptions
    decided: Decided
    """Layouts settled at the scenario's own volume (from its point estimate)."""
    outcomes: dict[tuple[str, float], Outcome] = field(default_factory=dict)
    """By option and volume, what was costed before."""
    _peaks: dict[str, float] = field(default_factory=dict)
    _units: dict[str, int] = field(default_factory=dict)
    _grids: dict[str, tuple[Array, Array]] = field(default_factory=dict)
    """By hybrid: the volumes of the last grid, ascending, and the base that was best at each."""

    def inputs(self, multiples: Array, fixed: Mapping[str, Array] | None = None) -> Inputs:
        """Base values with the requests of every workload at `multiples`, (n,), and `fixed` over them."""
        volumes = {
            f"workloads.{w.name}.requests_per_month": base(w.requests_per_month) * multiples for w in self.scenario.workloads
        }
        return Inputs(self.known, fixed={**volumes, **(fixed or {})})

    def outcome(self, option: Option, multiple: float) -> Outcome:
        """One option, costed at one volume; a hybrid with its best base. The outcome is kept."""
        key = (option.id, multiple)
        if key not in self.outcomes:
            point, settled = self.inputs(np.array([multiple])), self.decided
            if isinstance(option, HybridOption) and option.base_replicas == "optimal":
                chosen = np.zeros(1)
                self._best_base(option, np.array([multiple]), None, chosen, explored=False)
                settled = self._with_base(option, int(chosen[0]))
            self.outcomes[key] = cost_option(self.scenario, option, demands(self.scenario, point), point, settled)
        return self.outcomes[key]

    def _with_base(self, option: HybridOption, replicas: int) -> Decided:
        sizes = {**self.decided.base_replicas, option.id: replicas}
        return replace(self.decided, base_replicas=sizes, base_curves={}, base_peaks={})

    def npv_usd(self, option: Option, multiples: Array, fixed: Mapping[str, Array] | None = None) -> Array:
        """Present value of one option's cost at each volume, (n,). `fixed` holds other inputs by id, (n,) each."""
        if isinstance(option, HybridOption) and option.base_replicas == "optimal":
            return self._best_base(option, multiples, fixed)
        return self._npv(option, multiples, fixed, self.decided)

    def explore(self, option: Option, multiples: Array) -> Array:
        """`npv_usd` along a grid of ascending volumes; a hybrid's best bases are remembered to guide what lies between."""
        if not isinstance(option, HybridOption) or option.base_replicas != "optimal":
            return self.npv_usd(option, multiples)
        self._grids.pop(option.id, None)
        bases = np.zeros(multiples.shape)
        costs = self._best_base(option, multiples, None, bases)
        self._grids[option.id] = (multiples, bases)
        return costs

    def _npv(self, option: Option, multiples: Array, fixed: Mapping[str, Array] | None, decided: Decided) -> Array:
        point = self.inputs(multiples, fixed)
        outcome = cost_option(self.scenario, option, demands(self.scenario, point), point, decided)
        npv = present_value(outcome.flows.total, self.scenario.discount_rate)
        return np.array(np.broadcast_to(npv, multiples.shape))

    def _best_base(
        self,
        option: HybridOption,
        multiples: Array,
        fixed: Mapping[str, Array] | None,
        chosen: Array | None = None,
        *,
        explored: bool = True,
    ) -> Array:
        """The least cost over the ladder of base sizes, volume by volume; `chosen` receives the sizes."""
        if explored and fixed is None and option.id in self._grids:
            least, most = self._near_explored(option, multiples)
        else:
            least, most = np.zeros(multiples.shape), np.ceil(self._peak_replicas(option) * multiples) + 1
        unit = self._replicas_per_unit(option)
        most = np.ceil(most / unit) * unit
        sizes = np.array(base_ladder(int(most.max()), unit))[:, None]
        tried = (sizes >= least) & (sizes <= most) & ((sizes >= most * LEAST_BASE_SHARE) | (sizes == 0))
        tried &= sizes < BASE_ALONE
        costs = np.full(tried.shape, np.inf)
        none = tried[0]  # the ladder begins with no base
        if none.any():
            costs[0, none] = self._npv(option, multiples[none], _rows(fixed, none), self._with_base(option, 0))
        rungs, volumes = np.nonzero(tried[1:])
        costs[1:][rungs, volumes] = self._npv_by_base(option, sizes[1:, 0][rungs], multiples[volumes], _rows(fixed, volumes))
        best, alone = costs.min(axis=0), self._npv(option, multiples, fixed, self._with_base(option, BASE_ALONE))
        if chosen is not None:
            chosen[:] = sizes[(costs <= best * (1 + TIE)).argmax(axis=0), 0]  # the smallest of equals
            if not explored:
                chosen[alone < best * (1 - TIE)] = BASE_ALONE
        return np.asarray(np.minimum(best, alone))

    def _npv_by_base(self, option: HybridOption, sizes: Whole, multiples: Array, fixed: Mapping[str, Array] | None) -> Array:
        """Present value with a base of `sizes` replicas at `multiples` of the volume, (rows,) each, in parts."""
        usd = np.zeros(multiples.shape)
        for start in range(0, multiples.size, ROWS_AT_ONCE):
            here = slice(start, start + ROWS_AT_ONCE)
            point = self.inputs(multiples[here], _rows(fixed, here))
            mix = Mix(self.scenario, option, demands(self.scenario, point), point, self.decided)
            usd[here] = mix.npv_usd(sizes[here].astype(float))
        return usd

    def _near_explored(self, option: HybridOption, multiples: Array) -> tuple[Array, Array]:
        """Bases from a step below to a step above the best ones of the neighbours on the explored grid."""
        grid, bases = self._grids[option.id]
        unit = self._replicas_per_unit(option)
        after = np.clip(np.searchsorted(grid, multiples), 1, grid.size - 1)
        low = np.minimum(bases[after - 1], bases[after]) / unit
        high = np.maximum(bases[after - 1], bases[after]) / unit
        least = np.where(low <= EVERY_BASE_UP_TO, low - 1, np.floor(low / BASE_STEP))
        most = np.where(high < EVERY_BASE_UP_TO, high + 1, np.ceil(high * BASE_STEP))
        return least * unit, most * unit

    def _replicas_per_unit(self, option: HybridOption) -> int:
        """Replicas that fill a server or a rental unit of the base: what is paid for anyway is used."""
        if option.id not in self._units:
            leg = self.scenario.option(option.base)
            assert isinstance(leg, RentedOption | OwnedOption)
            each = self.decided.sizings[leg.id].gpus_per_replica
            self._units[option.id] = replicas_per_unit(self.scenario, leg, each, self.inputs(np.ones(1)))
        return self._units[option.id]

    def _peak_replicas(self, option: HybridOption) -> float:
        """Replicas of the base that would carry the busiest hour of the scenario's own volume."""
        if option.id not in self._peaks:
            point = self.inputs(np.ones(1))
            load = cost_option(self.scenario, option, demands(self.scenario, point), point, self.decided).load
            assert load is not None
            self._peaks[option.id] = float(load.busiest.max() + load.batch.max())
        return self._peaks[option.id]


def _rows(values: Mapping[str, Array] | None, rows: slice | Whole | Flags) -> dict[str, Array]:
    return {name: value[rows] for name, value in (values or {}).items()}


def base_ladder(largest: int, unit: int = 1) -> list[int]:
    """Base sizes that are tried, 0 … at least `largest`: every multiple of `unit` at first, then steps of a fifth."""
    units = list(range(min(EVERY_BASE_UP_TO, -(-largest // unit)) + 1))
    while units[-1] * unit < largest:
        units.append(int(np.ceil(units[-1] * BASE_STEP)))
    return [n * unit for n in units]
