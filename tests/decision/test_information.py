"""Value of information against closed forms, and its bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from calculator.decision.information import evpi, evppi
from calculator.distributions import evpi_two_options
from calculator.sampling import sobol_column


def columns(count: int, power: int = 12, seed: int = 7) -> list[np.ndarray]:
    return [sobol_column(f"x{k}", k, power, seed) for k in range(count)]


def test_evpi_of_two_options_in_closed_form() -> None:
    gap = ndtri(columns(1)[0]) * 0.3 + 1.1
    costs = np.stack([np.ones(gap.size), gap], axis=1)
    worth = evpi(costs)
    assert worth.usd == pytest.approx(evpi_two_options(0.1, 0.3), abs=0.001)
    assert worth.usd == pytest.approx(0.07627, abs=worth.error_usd)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_evppi_of_one_of_two_normals_in_closed_form(share: float) -> None:
    """Gap = mean + a X + b Y: knowing X alone is worth the unit normal loss at standard deviation a."""
    x, y = (ndtri(u) for u in columns(2))
    gap = 0.2 + np.sqrt(share) * x + np.sqrt(1 - share) * y
    costs = np.stack([np.zeros(gap.size), gap], axis=1)
    all_of_it = evpi(costs).usd
    worth = evppi(columns(2)[:1], costs, all_of_it)
    assert worth.usd == pytest.approx(evpi_two_options(0.2, float(np.sqrt(share))), abs=worth.error_usd)


def test_two_inputs_together_are_worth_more_than_each() -> None:
    u = columns(3)
    x, y, z = (ndtri(v) for v in u)
    costs = np.stack([np.zeros(x.size), 0.2 + x + y + z], axis=1)
    top = evpi(costs).usd
    single, joint = evppi(u[:1], costs, top).usd, evppi(u[:2], costs, top).usd
    assert single < joint < top
    assert joint == pytest.approx(evpi_two_options(0.2, np.sqrt(2)), rel=0.03)


def test_an_input_that_matters_to_nothing_is_worth_nothing() -> None:
    u = columns(2)
    costs = np.stack([np.zeros(u[0].size), 0.2 + ndtri(u[0])], axis=1)
    worth = evppi(u[1:], costs, evpi(costs).usd)
    assert worth.usd <= 2 * (worth.error_usd or 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5), st.floats(0, 2))
def test_bounds(seed: int, options: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    u = columns(3, power=10, seed=seed)
    weights = random.normal(size=(3, options)) * spread
    costs = random.normal(size=options) + np.stack([ndtri(v) for v in u], axis=1) @ weights
    top = evpi(costs).usd
    assert top >= 0
    for v in u:
        assert 0 <= evppi([v], costs, top).usd <= top


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 2), st.floats(1.0, 3.0), st.floats(-1, 1))
def test_a_mean_preserving_spread_never_lowers_evpi(sd: float, wider: float, mean: float) -> None:
    z = ndtri(columns(1)[0])
    z = (z - z.mean()) / z.std()

    def worth(scale: float) -> float:
        return evpi(np.stack([np.zeros(z.size), mean + scale * z], axis=1)).usd

    assert worth(sd * wider) >= worth(sd) - 1e-12
