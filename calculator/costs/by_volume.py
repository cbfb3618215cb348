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
from calculator.costs.routes import Decided, Outcome, cost_option
from calculator.demand import demands
from calculator.inputs import Inputs
from calculator.options import HybridOption, Option
from calculator.quantities import base
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EVERY_BASE_UP_TO = 16
"""Base replicas of a hybrid that are tried one by one; above, each step is a fifth larger than the last."""
BASE_STEP = 1.2
LEAST_BASE_SHARE = 0.02
"""A base smaller than this share of the peak is not tried, except none at all."""


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
            point = self.inputs(np.array([multiple]))
            settled = replace(self.decided, base_replicas={}, base_curves={})
            self.outcomes[key] = cost_option(self.scenario, option, demands(self.scenario, point), point, settled)
        return self.outcomes[key]

    def npv_usd(self, option: Option, multiples: Array, fixed: Mapping[str, Array] | None = None) -> Array:
        """Present value of one option's cost at each volume, (n,). `fixed` holds other inputs by id, (n,) each."""
        if isinstance(option, HybridOption) and option.base_replicas == "optimal":
            return self._best_base(option, multiples, fixed)
        return self._npv(option, multiples, fixed, self.decided)

    def explore(self, option: Option, multiples: Array) -> None:
        """Remember a hybrid's best base along a grid of ascending volumes, so that volumes between need few tries."""
        if isinstance(option, HybridOption) and option.base_replicas == "optimal":
            self._grids.pop(option.id, None)
            bases = np.zeros(multiples.shape)
            self._best_base(option, multiples, None, bases)
            self._grids[option.id] = (multiples, bases)

    def _npv(self, option: Option, multiples: Array, fixed: Mapping[str, Array] | None, decided: Decided) -> Array:
        point = self.inputs(multiples, fixed)
        outcome = cost_option(self.scenario, option, demands(self.scenario, point), point, decided)
        npv = present_value(outcome.flows.total, self.scenario.discount_rate)
        return np.array(np.broadcast_to(npv, multiples.shape))

    def _best_base(
        self, option: HybridOption, multiples: Array, fixed: Mapping[str, Array] | None, chosen: Array | None = None
    ) -> Array:
        """The least cost over the ladder of base sizes, volume by volume; no base at all is always tried."""
        least, most = self._base_bounds(option, multiples, exact=fixed is None)
        best = np.full(multiples.shape, np.inf)
        for replicas in base_ladder(int(most.max())):
            tried = ((replicas >= least) & (replicas <= most)) | (replicas == 0)
            if not tried.any():
                continue
            there = {name: values[tried] for name, values in (fixed or {}).items()}
            settled = replace(self.decided, base_replicas={**self.decided.base_replicas, option.id: replicas})
            cost = self._npv(option, multiples[tried], there, settled)
            if chosen is not None:
                chosen[tried] = np.where(cost < best[tried], replicas, chosen[tried])
            best[tried] = np.minimum(best[tried], cost)
        return best

    def _base_bounds(self, option: HybridOption, multiples: Array, *, exact: bool) -> tuple[Array, Array]:
        """Smallest and largest base worth trying at each volume: near its neighbours' best where a grid was explored."""
        if exact and option.id in self._grids:
            grid, bases = self._grids[option.id]
            after = np.clip(np.searchsorted(grid, multiples), 1, grid.size - 1)
            low = np.minimum(bases[after - 1], bases[after])
            high = np.maximum(bases[after - 1], bases[after])
            return np.floor(low / BASE_STEP) - 1, np.ceil(high * BASE_STEP) + 1
        largest = np.ceil(self._peak_replicas(option) * multiples) + 1
        return largest * LEAST_BASE_SHARE, largest

    def _peak_replicas(self, option: HybridOption) -> float:
        """Replicas of the base that would carry the busiest hour of the scenario's own volume."""
        if option.id not in self._peaks:
            load = self.outcome(option, 1.0).load
            assert load is not None
            self._peaks[option.id] = float(load.peak.max() + load.batch.max())
        return self._peaks[option.id]


def base_ladder(largest: int) -> list[int]:
    """Base sizes that are tried, 0 … at least `largest`: every number at first, then steps of a fifth."""
    ladder = list(range(min(EVERY_BASE_UP_TO, largest) + 1))
    while ladder[-1] < largest:
        ladder.append(int(np.ceil(ladder[-1] * BASE_STEP)))
    return ladder
