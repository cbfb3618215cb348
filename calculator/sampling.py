"""Where draws come from: scrambled Sobol points, one dimension an input, and rank correlations.

An input keeps its dimension and its scramble whatever else is uncertain, so that adding an option or moving a
slider leaves every other draw as it was. Points follow from the seed by SHAKE-256, the same on any machine.
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MAX_POWER = 17
"""At most 2^17 draws."""
KEPT_POWER = 14
"""Up to 2^14 draws are kept between runs; longer columns would fill the memory."""
_BITS = 32


def power_of_two(draws: int) -> int:
    """The power of two that holds at least `draws` points: Sobol sequences are balanced only at powers of two."""
    return min(MAX_POWER, max(0, int(np.ceil(np.log2(max(draws, 1))))))


@lru_cache(maxsize=4096)
def direction_numbers(dimension: int) -> NDArray[np.uint32]:
    """Direction numbers of one dimension of the Sobol sequence (Joe and Kuo 2008, as SciPy ships them), (17,).

    v_j = the initial numbers up to the degree m of the dimension's primitive polynomial, then
    v_j = v_(j-m) ^ 2^m v_(j-m) ^ (2^k v_(j-k) for every coefficient 1 of x^(m-k)), as fractions of 32 bits.
    """
    numbers = _joe_kuo()
    if numbers is None:
        columns = max(64, 1 << dimension.bit_length())  # a few sizes, each worked out once
        return np.asarray(directions_of_engine(columns, MAX_POWER)[:, dimension])
    polynomial, initial = int(numbers[0][dimension]), numbers[1][dimension].tolist()
    degree = polynomial.bit_length() - 1
    v = initial[:degree] if dimension else [1] * MAX_POWER  # the first dimension has no polynomial
    for j in range(len(v), MAX_POWER):
        new = v[j - degree] ^ v[j - degree] << degree
        for k in range(1, degree):
            if polynomial >> (degree - k) & 1:
                new ^= v[j - k] << k
        v.append(new)
    return np.array([number << _BITS - 1 - j for j, number in enumerate(v[:MAX_POWER])], dtype=np.uint32)


@cache
def _joe_kuo() -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Primitive polynomials, (dimensions,), and initial direction numbers, (dimensions, degree), read from SciPy's file.

    None where SciPy keeps them elsewhere; importing `scipy.stats` for them takes as long as a whole simulation.
    """
    import scipy

    file = Path(scipy.__file__).parent / "stats" / "_sobol_direction_numbers.npz"
    if not file.is_file():
        return None
    with np.load(file) as numbers:
        return numbers["poly"], numbers["vinit"]


@lru_cache(maxsize=8)
def directions_of_engine(dimensions: int, power: int) -> NDArray[np.uint32]:
    """The same numbers by SciPy's engine: point 2^(j+1) - 1 of the sequence in Gray-code order is number j itself."""
    from scipy.stats import qmc

    engine, points = qmc.Sobol(dimensions, scramble=False, bits=_BITS), []
    for j in range(power):
        engine.reset()
        engine.fast_forward(2 ** (j + 1) - 1)
        points.append(engine.random(1)[0])
    return np.asarray(np.array(points).reshape(power, dimensions) * 2.0**_BITS, dtype=np.uint32)


def sobol_column(name: str, dimension: int, power: int, seed: int) -> Array:
    """2^power scrambled Sobol points of one dimension, in the open unit interval.

    Scrambled by a random lower-triangular bit matrix and a digital shift (Matousek 1998), keyed by seed and name.
    Any aligned block of 2^k successive points is a scrambled net itself.
    """
    key = hashlib.shake_256(f"{seed}/{name}".encode()).digest(4 * (_BITS + 1))
    random = np.frombuffer(key, dtype="<u4").astype(np.uint32)
    place = np.arange(_BITS, dtype=np.uint32)
    diagonal = np.uint32(1) << (np.uint32(_BITS - 1) - place)
    above = ~(diagonal | (diagonal - np.uint32(1)))  # bits more significant than the diagonal's
    matrix, shift = (random[:_BITS] & above) | diagonal, random[_BITS]
    direction = direction_numbers(dimension)[:power]
    parity = np.bitwise_count(matrix[:, None] & direction).astype(np.uint32) & np.uint32(1)
    scrambled = np.bitwise_or.reduce(parity * diagonal[:, None], axis=0)
    points = np.empty(2**power, dtype=np.uint32)
    points[0] = shift
    for j in range(power):
        points[2**j : 2 ** (j + 1)] = points[: 2**j] ^ scrambled[j]
    return np.asarray((points + 0.5) / 2.0**_BITS)


@lru_cache(maxsize=2048)
def _kept_column(name: str, dimension: int, power: int, seed: int) -> Array:
    column = sobol_column(name, dimension, power, seed)
    column.setflags(write=False)
    return column


def uniform_column(name: str, dimension: int, power: int, seed: int) -> Array:
    """`sobol_column`, kept between runs where it is short."""
    make = _kept_column if power <= KEPT_POWER else sobol_column
    return make(name, dimension, power, seed)


def gaussian_correlation(rank_correlation: Array | float) -> Array:
    """Correlation of normals whose ranks correlate as given: 2 sin(pi rho_S / 6) (Pearson 1907)."""
    return np.asarray(2 * np.sin(np.pi / 6 * np.asarray(rank_correlation, dtype=float)))


def rank_correlation_of_normals(correlation: float) -> float:
    """Spearman's rho of a Gaussian copula: (6/pi) asin(rho/2).

    >>> round(rank_correlation_of_normals(0.6), 3)
    0.582
    """
    return float(6 / np.pi * np.arcsin(correlation / 2))


def attainable(correlations: Array) -> Array:
    """The matrix itself where it is a correlation matrix; else the nearest along a line to independence."""
    identity = np.eye(len(correlations))
    for share in (1.0, *np.linspace(0.95, 0.0, 20)):
        blend = identity + share * (correlations - identity)
        if np.linalg.eigvalsh(blend)[0] > 1e-9:
            return np.asarray(blend)
    return identity


def correlate(columns: Sequence[Array], correlations: Array) -> list[Array]:
    """Uniform columns with the dependence of a Gaussian copula; the first stays as it is, each stays uniform.

    `correlations` are those of the underlying normals (see `gaussian_correlation`).
    """
    lower = np.linalg.cholesky(attainable(correlations))
    normals = np.stack([ndtri(u) for u in columns])
    return [np.asarray(ndtr(z)) for z in lower @ normals]
