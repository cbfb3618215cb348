"""Point estimate of the default scenario's options, against sizing them alone: `python tests/benchmarks/point_estimate.py`.

Both in processor time, the best of ten, warm. Sizing and the speed model are the floor: what is above it is cash flows,
price paths and the search for the hybrids' bases.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.costs.tokens import token_factors
from calculator.decision.simulation import prepare
from calculator.demand import demands
from calculator.inputs import Inputs
from calculator.options import SizedOption
from calculator.scenario import load_scenario
from calculator.serving import size_option


def best_of(times: int, run: Callable[[], object]) -> float:
    """Least processor time of several runs, seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def main() -> None:
    """Print both times, their ratio, and the limit."""
    known = load_assumptions()
    scenario = load_scenario(assumptions_folder() / "scenarios" / "support-assistant.yaml")

    def size_all() -> None:
        inputs = Inputs(known)
        load = demands(scenario, inputs)
        for option in scenario.options:
            if isinstance(option, SizedOption):
                size_option(option, load, token_factors(option, option.weights, inputs), inputs)

    prepare(scenario, known)
    whole, sizing = best_of(10, lambda: prepare(scenario, known)), best_of(10, size_all)
    print(f"all options {whole * 1e3:.1f} ms (limit 50), sizing alone {sizing * 1e3:.1f} ms, ratio {whole / sizing:.1f}")


if __name__ == "__main__":
    main()
