"""What a price list is: periods in time or by hour, tiers by prompt length, rates by kind of token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calculator.assumptions import Source


@dataclass(frozen=True)
class Rates:
    """USD per million tokens."""

    input: float
    cached_input: float
    cache_write: float
    output: float


Tiers = tuple[tuple[float, Rates], ...]
"""(threshold, rates) ascending, the first threshold 0; rates apply above their threshold."""


@dataclass(frozen=True)
class Period:
    """Prices that hold from a date, or in certain hours of every day."""

    start: date | None
    hours_utc: tuple[bool, ...] | None
    tiers: Tiers
    batch_tiers: Tiers | None


@dataclass(frozen=True)
class PriceList:
    """One model at one provider."""

    provider: str
    model: str
    source: Source
    dated: str
    periods: tuple[Period, ...]
    cache_minimum_tokens: float | None
    notes: tuple[str, ...]
    cache_lifetime_minutes: float | None = None
    """How long a cached prefix lives without being read; None where it is not published."""
