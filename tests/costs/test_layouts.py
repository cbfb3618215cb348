"""An option is laid out as it costs least over the horizon, not by the fewest GPUs in the busiest hour."""

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.flows import present_value
from calculator.costs.routes import Decided, cost_option
from calculator.demand import demands
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.scenario import Scenario, scenario_from
from calculator.serving import Sizing

KNOWN = load_assumptions()
BURST = {"route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "nebius", "precision": "fp8"}
OPTIONS: list[dict[str, Any]] = [
    {**BURST, "id": "burst"},
    {**BURST, "id": "year", "commitment": "reserved_1y"},
    {**BURST, "id": "sparse", "weights": "gpt-oss-120b", "precision": None},
    {"id": "own", "route": "owned", "weights": "gemma-4-31b", "gpu": "h200-sxm", "country": "DE", "precision": "fp8"},
]


def scenario(requests: float, option: dict[str, Any], growth: float = 0.4) -> Scenario:
    workload = {
        "name": "chat",
        "requests_per_month": requests,
        "annual_growth": growth,
        "input_tokens": 1155,
        "output_tokens": 211,
        "traffic": {"profile": "office_hours", "time_zone": "Europe/Berlin", "burst_ratio": 2},
    }
    data = {"title": "test", "as_of": "2026-11-23", "start": "2027-06", "horizon_months": 36, "workloads": [workload]}
    return scenario_from({**data, "options": [option]})


def npv(s: Scenario) -> tuple[float, Sizing]:
    point = Inputs(KNOWN)
    outcome = cost_option(s, s.options[0], demands(s, point), point, Decided())
    assert outcome.load is not None
    return float(present_value(outcome.flows.total, s.discount_rate)[0]), outcome.load.sizing


@pytest.mark.parametrize("option", OPTIONS, ids=lambda o: o["id"])
@pytest.mark.parametrize("requests", np.geomspace(1e6, 1e8, 5).round())
def test_no_other_size_of_a_replica_is_cheaper(requests: float, option: dict[str, Any]) -> None:
    chosen, _ = npv(scenario(requests, option))
    for size in (1, 2, 4, 8):
        try:
            other, _ = npv(scenario(requests, {**option, "tensor_parallel": size}))
        except InputError:  # does not fit, or is too slow
            continue
        assert chosen <= other * 1.005


def test_what_was_not_taken_says_what_it_would_cost() -> None:
    """At this volume two GPUs a replica need fewer in the busiest hour, one GPU a replica costs less over the weeks."""
    found = [npv(scenario(n, OPTIONS[0]))[1] for n in np.geomspace(5e6, 4e7, 12)]
    said = [why for sizing in found for _, why in sizing.rejected if "over the horizon" in why]
    assert said and all(float(why.split("costs ")[1].split(" %" if " %" in why else "%")[0]) >= 0 for why in said)


def test_a_stated_size_is_kept() -> None:
    assert npv(scenario(2e7, {**OPTIONS[0], "tensor_parallel": 4}))[1].tp == 4
