"""Options on a design: the same figures as the point estimate where nothing is moved, and errors in one line."""

from __future__ import annotations

import numpy as np
import pytest

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.costs.flows import present_value
from calculator.decision.design import gap_at, npv_at
from calculator.decision.simulation import Costing, prepare
from calculator.errors import InputError
from calculator.scenario import load_scenario

VOLUME = "workloads.chat.requests_per_month"


@pytest.fixture(scope="module")
def costing() -> Costing:
    return prepare(load_scenario(assumptions_folder() / "scenarios" / "support-assistant.yaml"), load_assumptions())


def test_base_values_give_the_point_estimate(costing: Costing) -> None:
    for name, usd in npv_at(costing, [o.id for o in costing.scenario.options], {}).items():
        expected = present_value(costing.base[name].flows.total, costing.scenario.discount_rate)
        assert usd == pytest.approx(expected, rel=1e-12)


def test_a_gap_closes_with_volume(costing: Costing) -> None:
    gap = gap_at(costing, "burst-h100", "qwen-ovh", {VOLUME: np.array([1e5, 3e6, 1e9])})
    assert gap.shape == (3,)
    assert gap[0] > 0 > gap[2]


def test_an_unknown_input_is_named_with_its_nearest(costing: Costing) -> None:
    with pytest.raises(InputError, match="requests_per_month"):
        gap_at(costing, "luna", "flash-lite", {"workloads.chat.request_per_month": np.array([1.0])})
