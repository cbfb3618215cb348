"""Inputs: common random numbers that stay put, ranges read as declared, correlations from the file."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from calculator.assumptions import load_assumptions
from calculator.inputs import Inputs, quantile
from calculator.quantities import Range

GPU, API = "economy.gpu_rental_price_drift_per_year", "economy.api_price_drift_per_year"
RANGE = Range(low=1, base=2, high=4)


def drawn(known: list[str], draws: int = 1024, **more: object) -> Inputs:
    return Inputs(load_assumptions(), draws=draws, seed=3, known=known, **more)  # type: ignore[arg-type]


def test_an_input_keeps_its_draws_when_others_become_uncertain() -> None:
    alone = drawn(["staffing.self_host_operations_fte"]).number("staffing.self_host_operations_fte")
    more = drawn(sorted(["staffing.self_host_operations_fte", "economy.hardware_price_drift_per_year", "options.a.x"]))
    more.number("economy.hardware_price_drift_per_year")
    assert np.array_equal(alone, more.number("staffing.self_host_operations_fte"))


def test_parts_are_slices_of_the_whole() -> None:
    whole = drawn(["workloads.a.annual_growth"]).given("workloads.a.annual_growth", RANGE)
    part = drawn(["workloads.a.annual_growth"], part=slice(256, 512))
    assert part.size == 256
    assert np.array_equal(part.given("workloads.a.annual_growth", RANGE), whole[256:512])


def test_p10_and_p90_are_those_of_the_range() -> None:
    draws = drawn(["a"], draws=4096).given("a", RANGE)
    assert np.quantile(draws, [0.1, 0.9]) == pytest.approx([1, 4], rel=0.01)
    assert quantile((1, 2, 4, "pert"), 0.9) == pytest.approx(4)
    assert quantile((1, 2, 4, "lognormal"), 0.5) == pytest.approx(2)


def test_declared_correlations_are_drawn() -> None:
    inputs = drawn([API, GPU], draws=4096)
    wanted = load_assumptions().parameter("correlations.gpu_rent_and_api_price.rank_correlation").number
    assert spearmanr(inputs.number(GPU), inputs.number(API)).statistic == pytest.approx(wanted, abs=0.02)


def test_a_scenario_may_set_a_correlation() -> None:
    known = load_assumptions().with_overrides({"correlations.gpu_rent_and_api_price.rank_correlation": 0})
    inputs = Inputs(known, draws=4096, known=[API, GPU])
    assert abs(spearmanr(inputs.number(GPU), inputs.number(API)).statistic) < 0.02


def test_observed_values_are_drawn_as_they_are() -> None:
    seen = [0.33, 1.0, 2.57]
    draws = drawn(["steps"], draws=4096).observed("steps", seen, typical=1.0)
    values, counts = np.unique(draws, return_counts=True)
    assert values.tolist() == seen
    assert counts / 4096 == pytest.approx([1 / 3] * 3, abs=0.001)
    assert Inputs(load_assumptions()).observed("steps", seen, typical=1.0).tolist() == [1.0]


@pytest.mark.parametrize(
    ("api", "hosted"),
    [
        ("staffing.api_operations_fte", "staffing.hosted_operations_fte"),
        ("switching.set_up_weeks_api", "switching.set_up_weeks_hosted"),
        ("lifecycle.audit_usd_per_year_api", "lifecycle.audit_usd_per_year_hosted"),
        ("lifecycle.exit_weeks_api", "lifecycle.exit_weeks_hosted"),
    ],
)
def test_work_that_an_api_and_a_host_share_is_one_draw_until_the_host_s_is_set(api: str, hosted: str) -> None:
    known = load_assumptions()
    both = Inputs(known, draws=256, known=[api])
    assert np.array_equal(both.number(api), both.number(hosted)) and np.ptp(both.number(hosted)) > 0
    assert set(both.uncertain) == set(both.used) == {api}
    moved = Inputs(known.with_overrides({api: 7.0}), draws=256)
    assert moved.number(hosted) == 7.0 and known.with_overrides({api: 7.0}).parameter(hosted).value == 7.0
    apart = Inputs(known.with_overrides({hosted: RANGE}), draws=256, known=[api, hosted])
    assert abs(spearmanr(apart.number(api), apart.number(hosted)).statistic) < 0.1
    assert np.array_equal(apart.number(api), both.number(api))
    assert apart.used[hosted].overridden and not apart.used[api].overridden
