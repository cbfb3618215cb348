"""A scenario made ready once and then costed at base values, over draws, or at any values of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator import sampling
from calculator.assumptions import Assumptions
from calculator.costs.flows import present_value
from calculator.costs.mix import Mix
from calculator.costs.routes import Decided, Outcome, cost_option
from calculator.demand import Demand, demands
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import HybridOption
from calculator.places import check_regions
from calculator.scenario import Scenario
from calculator.wages import with_wages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PART = 2048
"""Draws that are costed at once: large enough to amortise the calls, small enough to stay near the cache."""
BASE_DRAWS = 64
"""Draws over which the base of a hybrid is chosen among its few sizes; over 2,048 the same one is, at 0.3 to 40 times
the volume of the examples with hybrids."""
Progress = Callable[[int, int], bool | None]
"""Called with draws done and draws in all; returning False cancels."""


class CancelledError(Exception):
    """The caller's progress function asked to stop."""


@dataclass(frozen=True)
class Costing:
    """A scenario whose options are costed at base values, and what was decided there: layouts, bases of hybrids."""

    scenario: Scenario
    known: Assumptions
    """With the scenario's overrides."""
    decided: Decided
    inputs: Inputs
    """At base values; `inputs.uncertain` lists every input that varies."""
    load: tuple[Demand, ...]
    base: Mapping[str, Outcome]

    def outcomes(self, inputs: Inputs, options: Iterable[str] | None = None) -> dict[str, Outcome]:
        """Options (all where none are named) costed at other values of the inputs."""
        wanted = None if options is None else set(options)
        load = demands(self.scenario, inputs)
        return {
            o.id: cost_option(self.scenario, o, load, inputs, self.decided)
            for o in self.scenario.options
            if wanted is None or o.id in wanted
        }

    def npv_usd(self, inputs: Inputs, options: Iterable[str] | None = None) -> dict[str, Array]:
        """Present value of cost, (draws,) or (1,) by option."""
        outcomes = self.outcomes(inputs, options)
        return {name: line_sum(pv_by_line(o, self.scenario.discount_rate)) for name, o in outcomes.items()}


@dataclass(frozen=True)
class Simulation:
    """Present values over draws, the same draws for every option."""

    draws: int
    lines_usd: Mapping[str, Mapping[str, Array]]
    """Present value by option and cost line, (draws,) each."""
    npv_usd: Mapping[str, Array]
    """Present value of cost by option, (draws,)."""
    inputs: Inputs
    """The drawn values: `inputs.drawn()`."""


def prepare(scenario: Scenario, assumptions: Assumptions) -> Costing:
    """Cost every option at base values; InputError for what cannot be evaluated, naming the option."""
    known = with_wages(scenario, assumptions.with_overrides(scenario.assumptions))
    check_regions(scenario, known)
    decided, point = Decided(), Inputs(known)
    load = demands(scenario, point)
    base = {o.id: cost_option(scenario, o, load, point, decided) for o in scenario.options}
    base.update(_with_expected_bases(scenario, known, decided, point, load))
    costing = Costing(scenario, known, decided, point, load, base)
    _check_finite({name: line_sum(pv_by_line(outcome, scenario.discount_rate)) for name, outcome in base.items()})
    return costing


def _check_finite(npv_usd: Mapping[str, Array]) -> None:
    """InputError naming the first option whose cost is no number."""
    for name, usd in npv_usd.items():
        if not np.isfinite(usd).all():
            raise InputError(
                f"options.{name}: its cost is not a finite number; check the figures set under `assumptions` and `workloads`"
            )


def _with_expected_bases(
    scenario: Scenario, known: Assumptions, decided: Decided, point: Inputs, load: tuple[Demand, ...]
) -> dict[str, Outcome]:
    """Settle each optimal hybrid's base by expected cost; the hybrids whose base changed, costed anew at base values."""
    mixes = [o for o in scenario.options if isinstance(o, HybridOption) and o.base_replicas == "optimal"]
    if not mixes:
        return {}
    drawn = Inputs(known, draws=BASE_DRAWS, seed=scenario.seed, known=sorted(point.uncertain))
    drawn_load, changed = demands(scenario, drawn), {}
    for option in mixes:
        before = decided.base_replicas[option.id], decided.base_peaks[option.id]
        Mix(scenario, option, drawn_load, drawn, decided).settle_by_expected_cost()
        if before != (decided.base_replicas[option.id], decided.base_peaks[option.id]):
            changed[option.id] = cost_option(scenario, option, load, point, decided)
    return changed


def pv_by_line(outcome: Outcome, discount_rate: float) -> dict[str, Array]:
    """Present value of every cost line, (draws,) each."""
    return {line: present_value(usd, discount_rate) for line, usd in outcome.flows.lines.items()}


def line_sum(lines: Mapping[str, Array]) -> Array:
    """All lines together."""
    return np.asarray(sum(lines.values(), np.zeros(1)))


def simulate(costing: Costing, draws: int, progress: Progress | None = None) -> Simulation:
    """Cost every option over at least `draws` draws (a power of two), in parts that bound the memory.

    Raises CancelledError where `progress` returns False.
    """
    scenario, size = costing.scenario, 2 ** sampling.power_of_two(draws)
    known = sorted(costing.inputs.uncertain)
    totals: dict[str, dict[str, Array]] = {o.id: {} for o in scenario.options}
    whole = Inputs(costing.known, draws=size, seed=scenario.seed, known=known)
    step = PART if size <= 2**sampling.KEPT_POWER else PART // 2  # long runs need the room for their results
    for start in range(0, size, step):
        here = slice(start, min(start + step, size))
        part = whole.at(here)
        for name, outcome in costing.outcomes(part).items():
            for line, usd in pv_by_line(outcome, scenario.discount_rate).items():
                totals[name].setdefault(line, np.zeros(size))[here] = usd
        part.release()
        whole.used.update(part.used)
        whole.uncertain.update(part.uncertain)
        if progress is not None and progress(here.stop, size) is False:
            raise CancelledError
    whole.release()
    npv_usd = {name: line_sum(lines) for name, lines in totals.items()}
    _check_finite(npv_usd)
    return Simulation(size, totals, npv_usd, whole)
