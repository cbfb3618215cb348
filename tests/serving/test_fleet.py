"""Rates to replicas to GPUs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.serving.fleet import gpus_bought, load_in_replicas, replicas_needed, utilization, whole_units


def test_workloads_add_up_over_draws_months_and_levels() -> None:
    rates = [np.full((2, 3, 4), 6.0), np.full((2, 3, 4), 2.0)]
    load = load_in_replicas(rates, [np.array([10.0, 20.0]), np.array([4.0])], 0.8)
    assert load.shape == (2, 3, 4)
    assert load[0, 0, 0] == pytest.approx(6 / 8 + 2 / 3.2)
    assert load[1, 0, 0] == pytest.approx(6 / 16 + 2 / 3.2)


def test_whole_replicas_and_spares() -> None:
    load = np.array([0.0, 0.2, 1.0, 1.0 + 1e-12, 2.1])
    assert replicas_needed(load).tolist() == [0, 1, 1, 1, 3]
    assert replicas_needed(load, spare=1, least=1).tolist() == [2, 2, 2, 2, 4]
    assert replicas_needed(np.zeros(3), spare=1, least=1).tolist() == [0, 0, 0]


def test_units() -> None:
    assert whole_units(np.array([0, 1, 8, 9]), 8).tolist() == [0, 8, 8, 16]
    assert gpus_bought(np.array([1, 3]), 4, 8).tolist() == [8, 16]


def test_utilization() -> None:
    assert utilization(np.array([1.5, 0.0]), np.array([3.0, 0.0]), 0.8).tolist() == pytest.approx([0.4, 0])


@given(st.floats(0, 1e6), st.floats(0, 1e3))
def test_never_too_few(load: float, more: float) -> None:
    one, two = replicas_needed(np.array([load, load + more]))
    assert two >= one >= load - 1e-6
