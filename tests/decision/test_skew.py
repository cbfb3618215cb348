"""Why a mean is not the base: the inputs named are those whose ranges reach further one way."""

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.decision.design import npv_at
from calculator.decision.simulation import prepare, simulate
from calculator.decision.skew import skew
from calculator.scenario import scenario_from


def scenario(requests: Any) -> Any:
    load = {"name": "chat", "requests_per_month": requests, "input_tokens": 1000, "output_tokens": 2000}
    data: dict[str, Any] = {"title": "t", "as_of": "2026-11-23", "start": "2027-01", "horizon_months": 12}
    option = {"id": "a", "route": "api", "provider": "openai", "model": "gpt-6-luna", "output_token_factor": 1}
    return scenario_from({**data, "workloads": [load], "options": [option]})


def test_a_volume_that_may_be_far_higher_is_named_first() -> None:
    costing = prepare(scenario({"low": 9e6, "base": 1e7, "high": 1e8}), load_assumptions())
    found = skew(costing, simulate(costing, 256), "a")
    assert found is not None and found.ratio > 2
    name, usd = found.inputs[0]
    assert name == "workloads.chat.requests_per_month"
    low, base, high = npv_at(costing, ["a"], {name: np.array([9e6, 1e7, 1e8])})["a"]
    assert usd == pytest.approx(0.3 * (low + high - 2 * base))


def test_what_lowers_the_mean_is_named_where_it_is_lower() -> None:
    costing = prepare(scenario({"low": 1e7, "base": 1e8, "high": 1.05e8}), load_assumptions())
    found = skew(costing, simulate(costing, 256), "a")
    assert found is not None and found.ratio < 1
    assert found.inputs[0][0] == "workloads.chat.requests_per_month" and found.inputs[0][1] < 0
