"""4,096 draws of the default scenario against a bare NumPy kernel: `python tests/benchmarks/simulation.py [DRAWS]`.

The kernel draws the same number of Sobol points, inverts the same distributions and sums arrays of the same number
and shape as the options' cost lines; nothing else. Times are of the clock, the best of five, warm, so run it with nothing
else (processor time would count threads of the linear algebra that wait); the page's situation is also shown: one
slider moved, all other draws kept.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.special import betaincinv, ndtri
from scipy.stats import qmc

from calculator import inputs, sampling
from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.decision.simulation import Costing, prepare, simulate
from calculator.distributions import lognormal_ppf_p10_p90, pert_ppf_p10_p90
from calculator.evaluate import evaluate
from calculator.scenario import Scenario, load_scenario


def best_of(times: int, run: Callable[[], object]) -> float:
    """Least time of several runs, seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def kernel(costing: Costing, draws: int, *, tables: bool) -> float:
    """Sobol points, quantiles, sums. `tables` inverts as the product does, else through SciPy's own inverses."""
    spreads = list(costing.inputs.uncertain.values())
    points = qmc.Sobol(len(spreads), rng=np.random.default_rng(7)).random_base2(int(np.log2(draws)))
    values, reach = [], betaincinv(3, 3, 0.9) - 0.5
    for k, (low, mode, high, distribution) in enumerate(spreads):
        u = points[:, k]
        if distribution == "lognormal":
            values.append(lognormal_ppf_p10_p90(u, low, mode, high) if tables else mode * np.exp(ndtri(u)))
        elif tables:
            values.append(pert_ppf_p10_p90(u, low, mode, high))
        else:
            values.append(mode + (betaincinv(3, 3, u) - 0.5) * np.where(u < 0.5, mode - low, high - mode) / reach)
    months = costing.scenario.horizon_months
    scale = np.ones((1, months + 1))
    total = 0.0
    for number, outcome in enumerate(costing.base.values()):
        option = np.zeros((draws, months + 1))
        for line in range(len(outcome.flows.lines)):
            option += values[(number + line) % len(values)][:, None] * scale
        total += float(option.sum())
    return total


def forget() -> None:
    """Drop kept draws, so that all are drawn anew."""
    sampling._kept_column.cache_clear()
    inputs._kept_quantiles.cache_clear()
    inputs._kept_strata.cache_clear()
    inputs._kept_joint.cache_clear()


def moved(scenario: Scenario, by: float) -> Scenario:
    """The scenario with its first workload's volume moved."""
    first, *rest = scenario.workloads
    volume = first.requests_per_month
    wider = volume.model_copy(update={"base": volume.base * by})
    return scenario.model_copy(update={"workloads": (first.model_copy(update={"requests_per_month": wider}), *rest)})


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
    scenario = load_scenario(assumptions_folder() / "scenarios" / "support-assistant.yaml")
    known = load_assumptions()
    costing = prepare(scenario, known)
    times = 5 if draws <= 4096 else 1

    def anew() -> None:
        forget()
        simulate(costing, draws)

    step = iter(np.linspace(1.001, 1.2, 100))
    rows = {
        "kernel, SciPy's inverses": best_of(times, lambda: kernel(costing, draws, tables=False)),
        "kernel, our tables": best_of(times, lambda: kernel(costing, draws, tables=True)),
        "simulation, all drawn anew": best_of(times, anew),
        "simulation, draws kept": best_of(times, lambda: simulate(costing, draws)),
        "evaluation with analysis, one slider moved": best_of(
            times, lambda: evaluate(moved(scenario, float(next(step))), known, draws)
        ),
        "point estimate": best_of(times, lambda: prepare(scenario, known)),
    }
    inputs_ = len(costing.inputs.uncertain)
    print(f"{len(scenario.options)} options, {scenario.horizon_months} months, {inputs_} uncertain inputs, {draws} draws")
    for what, seconds in rows.items():
        ratios = [seconds / rows[k] for k in list(rows)[:2]]
        print(f"{what:<45} {seconds:7.3f} s   {ratios[0]:5.2f} x   {ratios[1]:5.2f} x")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
