"""Finance and break-even in closed form, on plain numbers.

Sign: costs positive. Timing is said where it matters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

Never = Literal["never"]
ROUNDING = 1e-12
"""Relative; a replica that is exactly full at the crossing carries it."""


def npv(rate: float, flows: Sequence[float]) -> float:
    """Net present value: sum of flows[t]/(1 + rate)^t, the first flow now, undiscounted (numpy-financial `npv`).

    >>> round(npv(0.08, [-40000, 8000, 9200, 10000, 12000, 14500]), 2)
    1922.06
    """
    return math.fsum(flow / (1 + rate) ** t for t, flow in enumerate(flows))


def capital_recovery_factor(rate: float, years: float) -> float:
    """Yearly payment, at year ends, that repays 1 with interest: r/(1 - (1 + r)^-n); 1/n at rate 0.

    >>> round(capital_recovery_factor(0.08, 4), 5)
    0.30192
    """
    return 1 / years if rate == 0 else rate / (1 - (1 + rate) ** -years)


def usd_per_million_tokens(usd_per_hour: float, tokens_per_second: float) -> float:
    """Price of an hour over the tokens of an hour: $/h / (tok/s x 3600) x 10^6.

    >>> round(usd_per_million_tokens(2.8, 1000), 4)
    0.7778
    """
    return usd_per_hour / (tokens_per_second * 3600) * 1e6


def break_even_months(upfront_usd: float, own_usd_per_month: float, alternative_usd_per_month: float) -> float | Never:
    """Periods until an outlay is paid back by what it saves each period; `never` where it saves nothing.

    >>> break_even_months(15000, 0, 100)
    150.0
    >>> break_even_months(15000, 120, 100)
    'never'
    """
    saving = alternative_usd_per_month - own_usd_per_month
    if upfront_usd <= 0:
        return 0.0
    return upfront_usd / saving if saving > 0 else "never"


def break_even_tokens_per_month(
    fixed_usd_per_replica_month: float,
    replica_tokens_per_month: float,
    variable_usd_per_million: float,
    alternative_usd_per_million: float,
) -> float | Never:
    """First volume at which own replicas cost no more than an alternative paid by the token, in tokens a month.

    Own cost is a staircase: whole replicas x fixed + volume x variable. With k replicas it meets the alternative at
    k x fixed/(alternative - variable), and k replicas carry k x capacity: k cancels, so the first crossing lies within
    the first replica or there is none. `never` where even a full replica costs more.

    >>> break_even_tokens_per_month(3000, 2e9, 0, 3)
    1000000000.0
    >>> break_even_tokens_per_month(3000, 0.5e9, 0, 3)
    'never'
    """
    if fixed_usd_per_replica_month <= 0 and variable_usd_per_million <= alternative_usd_per_million:
        return 0.0
    margin = (alternative_usd_per_million - variable_usd_per_million) / 1e6
    if margin <= 0:
        return "never"
    volume = fixed_usd_per_replica_month / margin
    return volume if volume <= replica_tokens_per_month * (1 + ROUNDING) else "never"
