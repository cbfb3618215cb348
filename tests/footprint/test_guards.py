"""What is rented is what draws power: whole units, guard models and every site, on demand as reserved."""

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.rented import rental_price
from calculator.decision.simulation import prepare
from calculator.evaluate import evaluate_scenario
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from tests.test_cli import DEFAULT

KNOWN = load_assumptions()
GUARD = "llama-guard-3-8b"


def scene(guard: str | None = None, **change: object) -> Scenario:
    data = scenario_data(load_scenario(DEFAULT))
    data["workloads"][0]["guard_model"] = guard
    rented = next(o for o in data["options"] if o["id"] == "burst-h100")
    rented.update(change)
    return scenario_from(data)


@pytest.mark.parametrize("change", [{}, {"sites": 2}, {"commitment": "reserved_1y"}])
@pytest.mark.parametrize("guard", [None, GUARD])
def test_gpu_hours_that_are_billed_are_those_that_draw_power(guard: str | None, change: dict[str, object]) -> None:
    costing = prepare(scene(guard, **change), KNOWN)
    outcome = costing.base["burst-h100"]
    option = costing.scenario.option("burst-h100")
    (served,) = outcome.served
    assert served.gpus is not None
    hours = costing.inputs.base_number("demand.hours_per_month")
    usd = outcome.flows.lines["compute"][0, 1:] / (served.gpus[0] * hours)
    drift = usd[:12]  # later growth is not reserved any more, at another price
    price = rental_price(costing.scenario, option, costing.inputs).usd_per_gpu_hour[0]  # type: ignore[arg-type]
    assert drift[0] == pytest.approx(price, rel=0.01)
    assert np.allclose(np.diff(np.log(drift)), np.diff(np.log(drift))[0], atol=1e-9)


@pytest.mark.parametrize("commitment", ["on_demand", "reserved_1y", "spot"])
def test_guard_models_draw_power_too(commitment: str) -> None:
    plain, guarded = (
        prepare(scene(guard, commitment=commitment, contract={"usd_per_gpu_hour": 2.0}), KNOWN).base["burst-h100"].served[0]
        for guard in (None, GUARD)
    )
    assert plain.gpus is not None and guarded.gpus is not None
    assert (guarded.gpus[0] >= plain.gpus[0]).all() and guarded.gpus[0].sum() > plain.gpus[0].sum()  # whole units
    assert plain.used is not None and guarded.used is not None
    assert ((guarded.gpus * guarded.used)[0] > (plain.gpus * plain.used)[0]).all()


def test_a_mix_counts_the_guards_of_its_base() -> None:
    data = scenario_data(scene())
    next(o for o in data["options"] if o["id"] == "mix")["base_replicas"] = 1
    kg = []
    for guard in (None, GUARD):
        data["workloads"][0]["guard_model"] = guard
        mix = evaluate_scenario(scenario_from(data), 16).option("mix")
        assert mix.footprint is not None
        kg.append(mix.footprint.co2e_kg.base)
    assert kg[1] > kg[0]
