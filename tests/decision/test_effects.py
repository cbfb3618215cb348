"""First-order shares against Ishigami's closed form and SALib."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import sobol
from SALib.sample import sobol as saltelli

from calculator.decision.effects import variance_share
from calculator.sampling import sobol_column

A, B = 7.0, 0.1
TOTAL = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
EXACT = [(1 + B * np.pi**4 / 5) ** 2 / 2 / TOTAL, A**2 / 8 / TOTAL, 0.0]


def ishigami(u: list[np.ndarray]) -> np.ndarray:
    x, y, z = (np.pi * (2 * v - 1) for v in u)
    return np.asarray(np.sin(x) + A * np.sin(y) ** 2 + B * z**4 * np.sin(x))


def test_ishigami() -> None:
    u = [sobol_column(f"x{k}", k, 12, 7) for k in range(3)]
    shares = [variance_share(v, ishigami(u)) for v in u]
    assert pytest.approx([0.3139, 0.4424, 0.0], abs=1e-4) == EXACT
    assert shares == pytest.approx(EXACT, abs=0.02)


def test_salib_agrees() -> None:
    problem = {"num_vars": 3, "names": ["x", "y", "z"], "bounds": [[0.0, 1.0]] * 3}
    points = saltelli.sample(problem, 2048, calc_second_order=False, seed=1)
    found = sobol.analyze(problem, ishigami(list(points.T)), calc_second_order=False, seed=1)["S1"]
    u = [sobol_column(f"x{k}", k, 12, 7) for k in range(3)]
    assert [variance_share(v, ishigami(u)) for v in u] == pytest.approx(list(found), abs=0.03)


def test_shares_of_a_linear_sum_add_up() -> None:
    u = [sobol_column(f"x{k}", k, 12, 7) for k in range(4)]
    outcome = u[0] + 2 * u[1] + 3 * u[2]
    shares = [variance_share(v, outcome) for v in u]
    assert shares == pytest.approx([1 / 14, 4 / 14, 9 / 14, 0], abs=0.01)


def test_nothing_varies() -> None:
    assert variance_share(sobol_column("x", 0, 8, 7), np.full(256, 3.0)) == 0
