"""Point estimate of the default scenario's options, against sizing them alone: `python tests/benchmarks/point_estimate.py`.

Both in processor time, the best of ten, warm. Sizing and the speed model are the floor: what is above it is cash flows,
price paths and the search for the hybrids' bases. As on the page, a slider is moved before every run. Crossings of costs
by volume are shown beside.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.costs.tokens import token_factors
from calculator.decision.simulation import prepare
from calculator.demand import demands
from calculator.inputs import Inputs
from calculator.options import SizedOption
from calculator.quantities import Range
from calculator.scenario import Scenario, load_scenario
from calculator.serving import size_option
from calculator.volumes import break_even_pairs


def best_of(times: int, run: Callable[[], object]) -> float:
    """Least processor time of several runs, seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def moved(scenario: Scenario, by: float) -> Scenario:
    """The scenario with its first workload's volume moved."""
    first, *rest = scenario.workloads
    volume = first.requests_per_month
    assert isinstance(volume, Range)
    wider = volume.model_copy(update={"base": volume.base * by})
    return scenario.model_copy(update={"workloads": (first.model_copy(update={"requests_per_month": wider}), *rest)})


def main() -> None:
    """Print the times, their ratio, and the limit."""
    known = load_assumptions()
    scenario = load_scenario(assumptions_folder() / "scenarios" / "support-assistant.yaml")

    def size_all() -> None:
        inputs = Inputs(known)
        load = demands(scenario, inputs)
        for option in scenario.options:
            if isinstance(option, SizedOption):
                size_option(option, load, token_factors(option, option.weights, inputs), inputs)

    steps = iter(np.linspace(1.001, 1.2, 100))
    prepare(scenario, known)
    same, sizing = best_of(10, lambda: prepare(scenario, known)), best_of(10, size_all)
    whole = best_of(10, lambda: prepare(moved(scenario, float(next(steps))), known))
    crossings = best_of(2, lambda: break_even_pairs(moved(scenario, float(next(steps)))))
    print(f"all options {whole * 1e3:.1f} ms (limit 50), the same scenario again {same * 1e3:.1f} ms")
    print(f"sizing alone {sizing * 1e3:.1f} ms, ratio {whole / sizing:.1f}; all break-evens {crossings * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
