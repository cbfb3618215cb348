"""A small model first, a large one where it fails or where the request is hard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

N = TypeVar("N", float, "NDArray[np.float64]")
"""A number, or one a draw."""


@dataclass(frozen=True)
class ByDifficulty(Generic[N]):
    """Success rates of a model on easy and on hard requests."""

    easy: N
    hard: N


@dataclass(frozen=True)
class Router(Generic[N]):
    """Sends what it judges hard straight to the large model; it errs both ways."""

    hard_share: N
    """Share of the requests that are hard."""
    missed: N
    """Share of the hard ones that it takes for easy."""
    false_alarms: N
    """Share of the easy ones that it takes for hard."""

    @property
    def large_share(self) -> N:
        """Share of the requests that the large model gets: hard (1 - missed) + (1 - hard) false alarms.

        >>> round(Router(0.3, 0.1, 0.05).large_share, 3)
        0.305
        """
        return self.hard_share * (1 - self.missed) + (1 - self.hard_share) * self.false_alarms

    def success(self, small: ByDifficulty[N], large: ByDifficulty[N]) -> N:
        """Share of the requests that are answered well, each by the model that it was sent to.

        (1 - h) [(1 - f) small easy + f large easy] + h [(1 - m) large hard + m small hard], with h hard,
        m missed, f false alarms.
        """
        easy = (1 - self.false_alarms) * small.easy + self.false_alarms * large.easy
        hard = (1 - self.missed) * large.hard + self.missed * small.hard
        return (1 - self.hard_share) * easy + self.hard_share * hard

    def failed_share(self, small: ByDifficulty[N]) -> N:
        """Share of all requests that went to the small model and failed there."""
        easy = (1 - self.hard_share) * (1 - self.false_alarms) * (1 - small.easy)
        return easy + self.hard_share * self.missed * (1 - small.hard)

    def caught_share(self, small: ByDifficulty[N], large: ByDifficulty[N]) -> N:
        """Share of all requests that failed at the small model and that the large one then answers well."""
        easy = (1 - self.hard_share) * (1 - self.false_alarms) * (1 - small.easy) * large.easy
        return easy + self.hard_share * self.missed * (1 - small.hard) * large.hard


def rate_on_easy(rate: float, on_hard: float, hard_share: float) -> float:
    """Success on easy requests that goes with an overall rate and one on hard requests; outside 0 … 1 it cannot be."""
    return (rate - hard_share * on_hard) / (1 - hard_share)


def cascade_usd_per_request(
    small_usd: float, large_usd: float, small_success: float, check_usd: float = 0.0, checked_share: float = 1.0
) -> float:
    """Cost of a request that a small model tries first and a large one repeats where the check says it failed.

    small + check x checked share + (1 - small success) x large, USD. The check is taken as right; what it misses
    stays a failure and is in the success rate.

    >>> cascade_usd_per_request(0.001, 0.01, 0.8)
    0.003
    """
    return round(small_usd + check_usd * checked_share + (1 - small_success) * large_usd, 12)


def routed_usd_per_request(small_usd: float, large_usd: float, small_share: float, router_usd: float = 0.0) -> float:
    """Cost of a request where a router sends a share straight to the small model and the rest to the large one."""
    return router_usd + small_share * small_usd + (1 - small_share) * large_usd


def cascade_success(small_success: float, large_success: float) -> float:
    """Share of requests that a cascade answers well: what the small one gets, and of the rest what the large one gets."""
    return small_success + (1 - small_success) * large_success


def usd_per_success(usd_per_request: float, success: float, failure_usd: float = 0.0) -> float:
    """Cost of one request that served its purpose: (cost + failures x what a failure costs) / success rate."""
    return (usd_per_request + (1 - success) * failure_usd) / success


def break_even_success(small_usd: float, large_usd: float, check_usd: float = 0.0) -> float:
    """Success rate of the small model above which a cascade is cheaper than the large model alone: (small + check)/large."""
    return (small_usd + check_usd) / large_usd
