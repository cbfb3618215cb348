"""The step table gives what rounding up every hour gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.costs.fleet import FleetLoad, Guard, climbs
from calculator.costs.ready import peak_replicas, ready, replicas_by_level, utilization, whole_units
from calculator.options import RentedOption


def fleet(rates: np.ndarray, bursts: np.ndarray, shape: np.ndarray, batch: float = 0.0) -> FleetLoad:
    nothing: Any = None
    hours = np.full(shape.size, 168 / shape.size)
    waiting = np.full((1, rates.shape[1]), batch)
    relative = (shape / shape.mean())[None, :]
    rises = climbs(relative, np.arange(shape.size), [1.0])
    return FleetLoad((rates,), (bursts,), relative, waiting, hours, (), nothing, rises, np.ones((1, 1)), 0.5, (0.0,))


def option(least: int, **more: int) -> RentedOption:
    return RentedOption(id="a", route="rented", weights="x", gpu="y", min_replicas=least, **more)


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


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), batch=st.sampled_from([0.0, 2.5]), unit=st.sampled_from([1, 8]))
def test_replicas_run_before_they_serve(seed: int, batch: float, unit: int) -> None:
    random = np.random.default_rng(seed)
    shape = random.choice([0.0, 1.0, 2.0, 3.5], 168) + 0.01
    load = fleet(random.lognormal(1, 1, (4, 3)), random.uniform(1, 3, 4), shape, batch)
    spares, hours = np.ones(1), 0.25
    week = replicas_by_level(option(1), load, spares)
    gpus = whole_units(week * 2, unit)
    started = np.maximum(np.roll(week, -1, axis=2) - week, 0).sum(axis=2)
    got = ready(option(1), load, spares, 2, unit, start_hours=hours)
    assert got.average == pytest.approx(week.mean(axis=2) + started * hours / 168)
    more = np.maximum(np.roll(gpus, -1, axis=2) - gpus, 0).sum(axis=2)
    assert got.gpus_average == pytest.approx(gpus.mean(axis=2) + more * hours / 168)
    assert got.peak == pytest.approx(week.max(axis=2))


def test_staging_and_upgrades_stand_beside() -> None:
    load = fleet(np.array([[3.0]]), np.ones(1), np.array([1.0, 3.0]))
    spares = np.ones(1)
    plain = ready(option(0), load, spares, 2, 1)
    staged = ready(option(0, staging_replicas=2), load, spares, 2, 1)
    assert staged.peak - plain.peak == 2
    assert staged.gpus_average - plain.gpus_average == 4
    surging = ready(option(0, upgrade_surge_replicas=3), load, spares, 2, 1, surge_share=0.1)
    assert surging.peak - plain.peak == 2  # one spare does the first
    assert surging.average - plain.average == pytest.approx(0.2)
    assert peak_replicas(option(0, staging_replicas=2, upgrade_surge_replicas=3), load, spares) == plain.peak + 4


def test_each_region_has_a_fleet_with_its_own_spare() -> None:
    whole = fleet(np.array([[1.2]]), np.ones(1), np.ones(4))
    parts = tuple(replace(whole, rates=(whole.rates[0] * share,)) for share in (0.5, 0.5))
    apart = replace(whole, regions=parts)
    spares = np.ones(1)
    assert ready(option(0), whole, spares, 1, 1).peak == 3
    assert ready(option(0), apart, spares, 1, 1).peak == peak_replicas(option(0), apart, spares) == 4


def test_guards_add_gpus_but_no_replicas() -> None:
    whole = fleet(np.array([[2.0]]), np.ones(1), np.ones(4))

    class Layout:
        gpus_per_replica = 2

    guarded = replace(whole, guards=(Guard(fleet(np.array([[0.4]]), np.ones(1), np.ones(4)), Layout()),))  # type: ignore[arg-type]
    spares = np.zeros(1)
    assert ready(option(0), guarded, spares, 4, 1).peak == 2
    assert ready(option(0), guarded, spares, 4, 1).gpus_peak == 2 * 4 + 2


def test_a_binding_first_token_leaves_replicas_emptier() -> None:
    load = fleet(np.array([[3.0]]), np.ones(1), np.ones(4))
    late = replace(load, use_of_limit=np.array([[0.5]]))
    replicas, limit = np.array([[4.0]]), np.array([0.8])
    assert utilization(load, replicas, limit) == pytest.approx(0.6)
    assert utilization(late, replicas, limit) == pytest.approx(0.3)
