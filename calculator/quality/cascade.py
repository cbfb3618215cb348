"""A small model first, a large one where it fails or where the request is hard."""

from __future__ import annotations


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
