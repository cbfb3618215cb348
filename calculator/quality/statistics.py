"""What a score on a sample says about the true rate."""

from __future__ import annotations

from typing import Literal

from scipy.special import ndtri


def wilson_interval(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate from `successes` of `n`; shares of 1.

    (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), z the normal quantile at (1 + confidence)/2
    (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953).

    >>> low, high = wilson_interval(83, 100)
    >>> round(low, 3), round(high, 3)
    (0.745, 0.891)
    """
    if not 0 <= successes <= n or n <= 0:
        raise ValueError(f"needs 0 <= successes <= n and n > 0, got {successes:g} of {n:g}")
    z = float(ndtri((1 + confidence) / 2))
    rate, spread = successes / n, z * z / n
    centre = rate + spread / 2
    half = z * float((rate * (1 - rate) / n + spread / (4 * n)) ** 0.5)
    return max(0.0, (centre - half) / (1 + spread)), min(1.0, (centre + half) / (1 + spread))


Outcome = Literal["pass", "fail", "needs_evidence"]


def meets_floor(successes: float, n: float, floor: float, confidence: float = 0.95) -> Outcome:
    """Whether a rate is at least `floor` for certain, certainly below it, or not told by this sample.

    >>> meets_floor(83, 100, 0.8)
    'needs_evidence'
    """
    low, high = wilson_interval(successes, n, confidence)
    return "pass" if low >= floor else "fail" if high < floor else "needs_evidence"


def tasks_needed(rate: float, floor: float, confidence: float = 0.95, most: int = 1_000_000) -> int | None:
    """Tasks after which a true `rate` above `floor` would show as such; None where the two are too close to tell apart."""
    if rate <= floor:
        return None
    low, high = 1, most
    if wilson_interval(rate * most, most, confidence)[0] < floor:
        return None
    while low < high:
        middle = (low + high) // 2
        if wilson_interval(rate * middle, middle, confidence)[0] >= floor:
            high = middle
        else:
            low = middle + 1
    return low
