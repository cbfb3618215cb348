"""Draws: balanced, reproducible, untouched by what else is uncertain, correlated as declared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, qmc, spearmanr

from calculator import sampling


def columns(dimensions: int, power: int, seed: int = 7) -> np.ndarray:
    return np.stack([sampling.sobol_column(f"x{d}", d, power, seed) for d in range(dimensions)], axis=1)


def test_every_stratum_holds_one_point() -> None:
    points = columns(12, 10)
    for k in range(12):
        assert np.array_equal(np.sort(np.floor(points[:, k] * 1024)), np.arange(1024))


def test_pairs_of_low_dimensions_form_a_net() -> None:
    points = columns(2, 10)
    for cells in ((32, 32), (4, 256), (256, 4)):
        occupied = {(int(a * cells[0]), int(b * cells[1])) for a, b in points}
        assert len(occupied) == 1024


def test_discrepancy_is_that_of_scipys_scrambled_sobol() -> None:
    ours = np.mean([qmc.discrepancy(columns(6, 10, seed), method="L2-star") for seed in range(4)])
    theirs = np.mean([qmc.discrepancy(qmc.Sobol(6, rng=seed).random_base2(10), method="L2-star") for seed in range(4)])
    assert ours == pytest.approx(theirs, rel=0.25)


def test_aligned_blocks_are_balanced_themselves() -> None:
    block = sampling.sobol_column("x", 5, 12, 7)[256:512]
    assert np.array_equal(np.sort(np.floor(block * 256)), np.arange(256))


def test_points_do_not_change() -> None:
    """The same seed gives the same points on any machine: two of them, written down."""
    assert sampling.sobol_column("x", 3, 4, 7)[[0, 5]].tolist() == [0.23632194881793112, 0.5990419454174116]


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.95, 0.95))
def test_copula_reaches_the_rank_correlation_asked_for(rank: float) -> None:
    u = columns(2, 12)
    rho = float(sampling.gaussian_correlation(rank))
    a, b = sampling.correlate([u[:, 0], u[:, 1]], np.array([[1, rho], [rho, 1]]))
    assert spearmanr(a, b).statistic == pytest.approx(rank, abs=0.02)
    assert np.allclose(a, u[:, 0])
    assert kstest(b, "uniform").statistic < 0.01


def test_impossible_correlations_are_drawn_in_until_possible() -> None:
    wanted = np.array([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1.0]])
    got = sampling.attainable(wanted)
    assert np.linalg.eigvalsh(got)[0] > 0
    assert got[0, 1] > 0 > got[1, 2]


def test_direction_numbers_are_those_of_scipys_engine() -> None:
    assert sampling._joe_kuo() is not None
    ours = np.stack([sampling.direction_numbers(d) for d in range(2048)], axis=1)
    assert np.array_equal(ours[:9], sampling.directions_of_engine(2048, 9))
    assert np.array_equal(ours[:, :16], sampling.directions_of_engine(16, sampling.MAX_POWER))


def test_direction_numbers_come_from_the_engine_where_scipys_file_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    of_file = sampling.direction_numbers(70)
    monkeypatch.setattr(sampling, "_joe_kuo", lambda: None)
    assert np.array_equal(sampling.direction_numbers.__wrapped__(70), of_file)
