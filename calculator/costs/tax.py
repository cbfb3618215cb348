"""After tax: recoverable cost lowers the tax bill, servers over the years of their depreciation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import Flows
from calculator.scenario import Tax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CAPEX = ("hardware",)
"""Lines that are capitalised."""
WITHOUT_VAT = ("people", "set_up", "migration", "forced_migration", "refresh", "evaluation", "exit", "residual_value")
"""Lines that are wages, or sales: no input tax arises."""


def add_tax(flows: Flows, tax: Tax) -> None:
    """Add irrecoverable VAT on everything bought, and the tax that costs save, as lines.

    Running costs are deducted when paid, servers straight-line over `depreciation_years` from the month after
    payment; what is not written off at the horizon's end is deducted against the residual value then. The
    organization is taken to have enough profit to deduct from, and to pay tax month by month.
    """
    if tax.irrecoverable_vat:
        bought = [usd for line, usd in flows.lines.items() if line not in WITHOUT_VAT]
        flows.add_flows("irrecoverable_vat", sum(bought, np.zeros((1, flows.months + 1))) * tax.irrecoverable_vat)
    if not tax.rate:
        return
    vat = 1 + tax.irrecoverable_vat
    capital = sum((flows.lines[line] for line in CAPEX if line in flows.lines), np.zeros((1, flows.months + 1))) * vat
    residual = flows.lines.get("residual_value", np.zeros((1, flows.months + 1)))
    running = flows.total - capital - residual
    written, book = depreciation_usd(capital, tax.depreciation_years)
    disposal = np.zeros_like(written)
    disposal[:, -1] = book
    flows.add_flows("tax_relief", -tax.rate * (running + written + disposal + residual))


def depreciation_usd(capital: Array, years: float) -> tuple[Array, Array]:
    """Straight-line write-offs by month-end, (draws, months + 1), and what is left at the end, (draws,)."""
    life = max(1, round(years * 12))
    monthly = np.cumsum(capital, axis=1) / life
    monthly[:, life:] -= monthly[:, :-life].copy() if life < monthly.shape[1] else 0
    written = np.pad(monthly[:, :-1], ((0, 0), (1, 0)))
    return written, np.asarray(capital.sum(axis=1) - written.sum(axis=1))
