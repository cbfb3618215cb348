"""What always-on replicas leave over, hour by hour.

Within an hour load is taken as uniform around its mean, as wide as the burst ratio says (at most from 0 to twice
the mean).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.fleet import FleetLoad, HourlyLoad, Load
from calculator.demand import Demand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Overflow:
    """What a given base leaves over."""

    share_of_requests: tuple[Array, ...]
    """Of each workload, (draws, months)."""
    whole: FleetLoad
    """All the load."""
    replicas: Array
    """Of the base, always on, (draws, 1) or (draws, months)."""
    mean: Array
    """Interactive load that is left, in replicas of the base, (draws, months, levels)."""
    average: Array
    """The same averaged over the week, (draws, months)."""
    batch: Array
    here: Array = field(default_factory=lambda: np.ones((1, 1)))
    """1 in months that count, else 0, (draws, months)."""

    def only(self, here: Array) -> Overflow:
        """The same in months in which `here` (draws, months) is 1, nothing where it is 0."""
        shares = tuple(share * here for share in self.share_of_requests)
        mean, average, batch = self.mean * here[:, :, None], self.average * here, self.batch * here
        return replace(self, share_of_requests=shares, mean=mean, average=average, batch=batch, here=here)

    @property
    def load(self) -> Load:
        """The rest as load, in replicas of the base."""
        if not self.replicas.any() and self.here.all():
            return self.whole
        over = np.maximum(self.whole.peak - self.replicas[:, :, None], 0) * self.here[:, :, None]
        return HourlyLoad(peak=over, mean=self.mean, batch=self.batch, hours=self.whole.hours, rises=self.whole.rises)


def overflow_mean(mean: Array, peak: Array, replicas: float | Array) -> Array:
    """Mean load above `replicas` in an hour, for load uniform on [mean - d, mean + d], d = min(peak - mean, mean).

    E[(X - r)+] = t^2/(4 d) + max(mean - d - r, 0) with t = mean + d - r, cut to [0, 2 d].
    """
    spread = np.minimum(peak - mean, mean)
    np.maximum(spread, 0, out=spread)
    beyond = mean - replicas
    over = beyond + spread
    width = 2 * spread
    np.minimum(over, width, out=over)
    np.maximum(over, 0, out=over)
    over *= over
    over /= np.maximum(2 * width, 1e-12, out=width)
    beyond -= spread
    over += np.maximum(beyond, 0, out=beyond)
    return np.asarray(over)


def split(load: FleetLoad, demands: Sequence[Demand], replicas: Array) -> Overflow:
    """What `replicas` always-on replicas of the base, (draws, 1) or (draws, months), leave to the overflow option."""
    if not replicas.any():
        everything = np.ones((1, load.average.shape[1]))
        return Overflow(tuple(everything for _ in demands), load, replicas, load.mean, load.average, load.batch)
    left = overflow_mean(load.mean, load.peak, replicas[:, :, None])
    average = left @ load.hour_shares
    batch_left = np.maximum(load.batch - np.maximum(replicas - (load.average - average), 0), 0)
    batch_share = np.divide(batch_left, load.batch, out=np.zeros_like(batch_left), where=load.batch > 0)
    shares = []
    for demand, part, total in zip(demands, load.by_workload, load.rates, strict=True):
        gone = average if part is load.mean else _shared_out(left, load.mean, part) @ load.hour_shares
        interactive = np.divide(gone, total, out=np.zeros_like(gone), where=total > 0)
        waiting = demand.batch_share[:, None]
        shares.append(interactive * (1 - waiting) + batch_share * waiting)
    return Overflow(tuple(shares), load, replicas, left, average, batch_left)


def _shared_out(left: Array, mean: Array, part: Array) -> Array:
    """What is left of one workload: every hour's overflow hits all of them alike."""
    return np.asarray(part * np.divide(left, mean, out=np.zeros_like(left), where=mean > 0))
