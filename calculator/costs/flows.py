"""Monthly cash flows in named lines.

Conventions: nominal USD, cost positive, income (a residual value) negative. Index 0 is the present, index t
the end of month t. Arrays have shape (draws, months + 1).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.terms import Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LINES = (
    "api_input",
    "api_cached_input",
    "api_cache_writes",
    "api_output",
    "api_batch",
    "api_provisioned",
    "price_step",
    "compute",
    "hardware",
    "lease",
    "residual_value",
    "support",
    "power",
    "colocation",
    "cluster_and_storage",
    "network_egress",
    "software",
    "people",
    "patching",
    "set_up",
    "migration",
    "forced_migration",
    "refresh",
    "fine_tuning",
    "evaluation",
    "audits",
    "exit",
    "commitment",
    "security",
    "carbon",
    "other",
    "irrecoverable_vat",
    "tax_relief",
)
"""Every line there is, in the order in which tables show them."""


@dataclass
class Flows:
    """The cost lines of one option over the horizon."""

    months: int
    lines: dict[str, Array] = field(default_factory=dict)
    terms: list[Terms] = field(default_factory=list)
    """What is owed to the end of a term: behind the commitment, the stranded cost and the notes, not added again."""
    pledged: list[Array] = field(default_factory=list)
    """Spend of the contract year that is committed and not yet made, at each month-end, (draws, months + 1)."""

    def add_monthly(self, line: str, usd: Array) -> None:
        """Add (draws, months) paid at the end of each month."""
        monthly = np.atleast_2d(usd)
        flow = np.zeros((monthly.shape[0], self.months + 1))
        flow[:, 1:] = monthly
        self._add(line, flow)

    def add_at(self, line: str, month: int, usd: Array) -> None:
        """Add (draws,) paid at one point of time, 0 … months."""
        flow = np.zeros((usd.shape[0], self.months + 1))
        flow[:, month] = usd
        self._add(line, flow)

    def add_flows(self, line: str, usd: Array) -> None:
        """Add (draws, months + 1)."""
        self._add(line, usd)

    def merge(self, other: Flows) -> None:
        """Add all lines of another option's flows."""
        for line, usd in other.lines.items():
            self._add(line, usd)
        self.terms.extend(other.terms)
        self.pledged.extend(other.pledged)

    def _add(self, line: str, usd: Array) -> None:
        if line not in LINES:
            raise ValueError(f"unknown cost line {line}")
        self.lines[line] = self.lines[line] + usd if line in self.lines else usd

    def where(self, used: Array) -> Flows:
        """The same lines and terms in the rows that are `used` (1, else 0), nothing in the others."""
        if used.all():
            return self
        terms = [replace(t, signed=t.signed * used[:, None]) for t in self.terms]
        pledged = [usd * used[:, None] for usd in self.pledged]
        return Flows(self.months, {line: usd * used[:, None] for line, usd in self.lines.items()}, terms, pledged)

    def copy(self) -> Flows:
        """The same lines, apart."""
        return Flows(self.months, dict(self.lines), list(self.terms), list(self.pledged))

    @property
    def total(self) -> Array:
        """All lines together, (draws, months + 1)."""
        total = np.zeros((1, self.months + 1))
        for usd in self.lines.values():
            total = total + usd
        return total


def month_end_discount_factors(discount_rate: float, months: int) -> Array:
    """(1 + r)^(-t/12) for t = 0 … months: month-end flows, the present undiscounted, r nominal a year."""
    return np.asarray((1 + discount_rate) ** (-np.arange(months + 1) / 12))


def present_value(usd: Array, discount_rate: float) -> Array:
    """Present value of flows (draws, months + 1), (draws,)."""
    return np.asarray(usd @ month_end_discount_factors(discount_rate, usd.shape[1] - 1))


def escalation(rate_per_year: Array, months: int) -> Array:
    """(1 + rate)^((t - 1)/12) for months t = 1 … months, (draws, months): the first month pays today's price."""
    return np.asarray((1 + rate_per_year[:, None]) ** (np.arange(months) / 12))
