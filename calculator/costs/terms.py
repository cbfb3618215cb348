"""What is taken for a fixed term in stages: reservations and leases. Owed to the end of its term, used or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Terms:
    """Units signed for `months` each; every one keeps the price at which it was signed, paid at month ends."""

    signed: Array
    """Units whose term begins with each month of the horizon, (draws, months)."""
    usd_per_unit_month: Array
    """Price of those units, (draws, months)."""
    months: int
    otherwise: Array | None = None
    """Units met without a term, on demand, (draws, months); None where there are none."""

    @property
    def _usd(self) -> Array:
        return np.asarray(self.signed * self.usd_per_unit_month)

    @property
    def running(self) -> Array:
        """Units whose term runs in each month, (draws, months)."""
        return _last(self.signed, self.months)

    @property
    def paid_usd(self) -> Array:
        """Payments within the horizon, (draws, months)."""
        return _last(self._usd, self.months)

    def left_usd(self, discount_rate: float) -> Array:
        """Payments due after the horizon, at their value at its end, (draws,)."""
        horizon = self.signed.shape[1]
        left = np.maximum(0, np.arange(horizon) + self.months - horizon)
        monthly = (1 + discount_rate) ** (1 / 12) - 1
        annuity = left if monthly == 0 else (1 - (1 + monthly) ** -left.astype(float)) / monthly
        return np.asarray(self._usd @ annuity)

    def owed_usd(self) -> Array:
        """Payments still due at the end of each month, undiscounted, the next month's units signed, (draws, months + 1)."""
        horizon = self.signed.shape[1]
        now, signed_at = np.arange(horizon + 1), np.arange(horizon)
        age = now[None, :] - signed_at[:, None]
        left = np.where(age >= 0, np.clip(self.months - age, 0, None), 0)
        return np.asarray(self._usd @ left)


def _last(by_month: Array, window: int) -> Array:
    """Sum over the last `window` months, the month itself included."""
    total = np.cumsum(by_month, axis=1)
    total[:, window:] -= total[:, :-window].copy()
    return total


def signed_in_stages(need: Array, months: int, otherwise: Flags | None = None) -> tuple[Array, Array]:
    """Units signed for each month so that those running meet `need`, and units met otherwise, (draws, months) each.

    `otherwise` (broadcast to draws x months) marks months in which a shortfall is not signed for.
    """
    if otherwise is not None:
        need = np.broadcast_to(need, np.broadcast_shapes(need.shape, otherwise.shape))
    signed, other, running = np.zeros_like(need), np.zeros_like(need), np.zeros(need.shape[0])
    for month in range(need.shape[1]):
        if month >= months:
            running = running - signed[:, month - months]
        short = np.maximum(0.0, need[:, month] - running)
        if otherwise is not None:
            elsewhere = np.where(otherwise[:, month], short, 0.0)
            other[:, month], short = elsewhere, short - elsewhere
        signed[:, month] = short
        running = running + short
    return signed, other
