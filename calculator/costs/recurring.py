"""The bill of an ordinary month: what running costs, without the payments that fall into some months only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import Flows
from calculator.costs.tax import WITHOUT_VAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ONE_OFF = ("hardware", "residual_value", "set_up", "migration", "forced_migration", "refresh", "exit")
"""Lines of one-off payments. Servers are bought, so that their price is none of a month's bill; a lease is."""
TAXES = ("irrecoverable_vat", "tax_relief")


def recurring_bill_usd(flows: Flows) -> Array:
    """Running cost by month at base values, nominal and before tax relief, (months,): months 1 … horizon.

    Usage with its price steps, rent, lease, power, colocation, support, software, people, evaluation, audits, patching,
    security and carbon where they count, with the irrecoverable VAT on them. Without one-off payments (`ONE_OFF`) and
    without what settles a year or a term: of a `commitment` the monthly minimum counts alone, as that line's lower
    value in a month and the one before. Totals and present values hold all of it.
    """
    months = flows.months
    running, bought, bought_to_run = (np.zeros(months + 1) for _ in range(3))
    for line, usd in flows.lines.items():
        if line in TAXES:
            continue
        paid = usd[0]
        if line == "commitment":
            paid = np.concatenate([paid[:2], np.minimum(paid[2:], paid[1:-1])])
        if line not in ONE_OFF:
            running += paid
        if line not in WITHOUT_VAT:
            bought += usd[0]
            bought_to_run += 0.0 if line in ONE_OFF else paid
    vat = flows.lines.get("irrecoverable_vat", np.zeros((1, months + 1)))[0]
    rate = np.divide(vat, bought, out=np.zeros(months + 1), where=bought != 0)
    return np.asarray((running + rate * bought_to_run)[1:])
