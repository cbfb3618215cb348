"""Which option is cheapest over two axes: volume, and any one number behind the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.by_volume import CostByVolume
from calculator.costs.crossings import TIE
from calculator.options import HybridOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VOLUMES = np.geomspace(1e-2, 1e2, 25)
"""Multiples of the scenario's volume."""


@dataclass(frozen=True)
class CheapestMap:
    """Present values over values of one number and over volumes."""

    name: str
    values: Array
    multiples: Array
    options: tuple[str, ...]
    npv_usd: Array
    """(options, values, volumes)."""

    mixes: frozenset[str] = frozenset()
    """Options that may amount to one of their legs."""

    @property
    def cheapest(self) -> list[list[str]]:
        """The cheapest option's id, by value and volume; a leg goes before a mix that amounts to it."""
        return [[self.options[i] for i in row] for row in self._first]

    @property
    def lead(self) -> Array:
        """How much dearer the next option is, as a share, (values, volumes); 0 where there is none.

        A mix that costs the same as the cheapest option amounts to it and is not the next.
        """
        chosen = np.arange(len(self.options))[:, None, None] == self._first
        rest = np.where(chosen | (self._equal & self._is_mix), np.inf, self.npv_usd).min(axis=0)
        return np.asarray(np.where(np.isfinite(rest), rest / self.npv_usd.min(axis=0) - 1, 0.0))

    @property
    def _is_mix(self) -> NDArray[np.bool_]:
        return np.array([name in self.mixes for name in self.options])[:, None, None]

    @property
    def _equal(self) -> NDArray[np.bool_]:
        """Which options cost no more than the cheapest, up to rounding, (options, values, volumes)."""
        return np.asarray(self.npv_usd <= self.npv_usd.min(axis=0) * (1 + TIE))

    @property
    def _first(self) -> NDArray[np.intp]:
        """Place of the cheapest option, mixes last among equals, (values, volumes)."""
        return np.asarray(np.argmax(np.where(self._equal, np.where(self._is_mix, 1, 2), 0), axis=0))


def cheapest_map(
    costs: CostByVolume,
    options: Sequence[str],
    name: str,
    values: Array,
    tell: Callable[[int, int], object] | None = None,
) -> CheapestMap:
    """Cost of `options` at each value of the input `name` and each volume; layouts of replicas stay as they are.

    `tell` hears of values done and values in all.
    """
    rows = []
    for done, value in enumerate(values, 1):
        fixed = {name: np.full(VOLUMES.shape, value)}
        rows.append([costs.npv_usd(costs.scenario.option(o), VOLUMES, fixed) for o in options])
        if tell is not None:
            tell(done, len(values))
    mixes = frozenset(o for o in options if isinstance(costs.scenario.option(o), HybridOption))
    return CheapestMap(name, values, VOLUMES, tuple(options), np.array(rows).transpose(1, 0, 2), mixes)
