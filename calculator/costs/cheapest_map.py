"""Which option is cheapest over two axes: volume, and any one number behind the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.by_volume import CostByVolume

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

    @property
    def cheapest(self) -> list[list[str]]:
        """The cheapest option's id, by value and volume."""
        return [[self.options[i] for i in row] for row in np.argmin(self.npv_usd, axis=0)]

    @property
    def lead(self) -> Array:
        """How much dearer the second cheapest is, as a share, (values, volumes); 0 where there is no second."""
        ranked = np.sort(self.npv_usd, axis=0)
        if len(self.options) < 2:
            return np.zeros(ranked.shape[1:])
        return np.asarray(ranked[1] / ranked[0] - 1)


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
    return CheapestMap(name, values, VOLUMES, tuple(options), np.array(rows).transpose(1, 0, 2))
