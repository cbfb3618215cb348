"""The step table gives what rounding up every hour gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.costs.fleet import FleetLoad, peak_replicas, ready, replicas_by_level, whole_units
from calculator.options import RentedOption


def fleet(rates: np.ndarray, bursts: np.ndarray, shape: np.ndarray, batch: float = 0.0) -> FleetLoad:
    nothing: Any = None
    hours = np.full(shape.size, 168 / shape.size)
    waiting = np.full((1, rates.shape[1]), batch)
    return FleetLoad((rates,), (bursts,), (shape / shape.mean())[None, :], waiting, hours, (), nothing)


def option(least: int) -> RentedOption:
    return RentedOption(id="a", route="rented", weights="x", gpu="y", min_replicas=least)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    least=st.integers(0, 3),
    spare=st.integers(0, 2),
    each=st.sampled_from([1, 2, 4, 8]),
    unit=st.sampled_from([1, 3, 8]),
    batch=st.sampled_from([0.0, 2.5]),
)
def test_lookup_equals_every_hour(seed: int, least: int, spare: int, each: int, unit: int, batch: float) -> None:
    random = np.random.default_rng(seed)
    rates = random.lognormal(0, 1.5, (16, 5))
    load = fleet(rates, random.uniform(1, 3, 16), random.choice([0.0, 1.0, 2.0, 3.5], 12) + 0.01, batch)
    spares = np.array([float(spare)])
    by_level = replicas_by_level(option(least), load, spares)
    got = ready(option(least), load, spares, each, unit)
    gpus = whole_units(by_level * each, unit)
    assert got.peak == pytest.approx(by_level.max(axis=2))
    assert got.average == pytest.approx(by_level @ load.hour_shares)
    assert got.gpus_peak == pytest.approx(gpus.max(axis=2))
    assert got.gpus_average == pytest.approx(gpus @ load.hour_shares)
    assert peak_replicas(option(least), load, spares) == pytest.approx(got.peak)


def test_whole_loads_need_no_further_replica() -> None:
    load = fleet(np.array([[2.0, 2.0 + 1e-12, 2.1]]), np.ones(1), np.ones(4))
    assert ready(option(0), load, np.zeros(1), 1, 1).average.tolist() == [[2, 2, 3]]


def test_nothing_to_carry_needs_nothing() -> None:
    load = fleet(np.zeros((1, 3)), np.ones(1), np.ones(4))
    assert ready(option(2), load, np.zeros(1), 8, 8).gpus_average.tolist() == [[0, 0, 0]]
