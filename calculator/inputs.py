"""Every number the calculation asks for, as an array over draws.

The point estimate is the same code with one draw at base values. With `draws`, every uncertain number becomes
an array of shape (draws,), a certain one an array of shape (1,), which broadcasts. All options see the same
draws of the same input (common random numbers), so that differences between options are not noise.
Inputs remember what was asked of them: that is the list of assumptions behind an answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, Parameter, Row
from calculator.distributions import lognormal_ppf_p10_p90, pert_ppf_p10_p90
from calculator.quantities import Range, base

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass
class Inputs:
    """Assumptions and scenario numbers, as base values or as draws."""

    assumptions: Assumptions
    draws: int | None = None
    """None gives the point estimate."""
    seed: int = 0
    known: Sequence[str] = ()
    """Ids of the uncertain numbers that a point estimate met: one Sobol dimension each, in sorted order."""
    fixed: Mapping[str, Array] = field(default_factory=dict)
    """Values to use instead of what is known, by id, (draws,) each: one-at-a-time designs, grids, break-evens."""
    used: dict[str, Parameter] = field(default_factory=dict)
    uncertain: dict[str, tuple[float, float, float, str]] = field(default_factory=dict)
    _arrays: dict[str, Array] = field(default_factory=dict)
    _uniforms: Array | None = None

    @property
    def size(self) -> int:
        """Number of draws; 1 for the point estimate."""
        return self.draws or 1

    def number(self, name: str) -> Array:
        """An assumption by its id."""
        return self.parameter(self.assumptions.parameter(name))

    def cell(self, row: Row, column: str) -> Array:
        """A cell of a table."""
        return self.parameter(row.parameter(column))

    def parameter(self, parameter: Parameter) -> Array:
        """A parameter, remembered as used."""
        self.used.setdefault(parameter.id, parameter)
        value = parameter.number
        if not parameter.is_uncertain:
            return self.fixed.get(parameter.id, np.array([value]))
        assert parameter.low is not None and parameter.high is not None
        return self._sample(parameter.id, parameter.low, value, parameter.high, parameter.distribution)

    def given(self, name: str, value: float | Range) -> Array:
        """A number of the scenario, taken as exact unless it has a range."""
        if isinstance(value, Range) and value.low < value.high:
            return self._sample(name, value.low, value.base, value.high, "pert")
        return self.fixed.get(name, np.array([base(value)]))

    def forecast(self, name: str, value: float | Range, ratio: Parameter) -> Array:
        """A number of the scenario; a bare one gets the forecast error `ratio` (low and high over base)."""
        if isinstance(value, Range) or value == 0 or not ratio.is_uncertain:
            return self.given(name, value)
        self.used.setdefault(ratio.id, ratio)
        assert ratio.low is not None and ratio.high is not None
        return self._sample(name, value * ratio.low, float(value), value * ratio.high, ratio.distribution)

    def _sample(self, name: str, low: float, mode: float, high: float, distribution: str) -> Array:
        self.uncertain[name] = (low, mode, high, distribution)
        if name in self.fixed:
            return self.fixed[name]
        if self.draws is None:
            return np.array([mode])
        if name not in self._arrays:
            u = self._uniform(name)
            if distribution == "lognormal" and low > 0:
                self._arrays[name] = lognormal_ppf_p10_p90(u, low, mode, high)
            else:
                self._arrays[name] = pert_ppf_p10_p90(u, low, mode, high)
        return self._arrays[name]

    def _uniform(self, name: str) -> Array:
        assert self.draws is not None
        if self._uniforms is None and self.known:
            self._uniforms = sobol(self.draws, len(self.known), self.seed)
        if name in self.known and self._uniforms is not None:
            return self._uniforms[:, list(self.known).index(name)]
        # An input that only some draws meet: its own stream, the same wherever it is asked for.
        generator = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
        strata = (generator.permutation(self.draws) + generator.random(self.draws)) / self.draws
        return np.asarray(strata)


def sobol(draws: int, dimensions: int, seed: int) -> Array:
    """Scrambled Sobol points in the open unit cube, shape (draws, dimensions); draws rounded up to a power of two.

    Owen-scrambled (https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.qmc.Sobol.html).
    """
    from scipy.stats import qmc

    power = max(0, int(np.ceil(np.log2(draws))))
    points: Any = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed)).random_base2(power)
    return np.asarray(np.clip(points[:draws], 1e-9, 1 - 1e-9))
