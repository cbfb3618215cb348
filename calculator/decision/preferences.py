"""What is neither gated nor in the money: priorities in dollars on fixed scales, and how much the choice hangs on them.

An option's position on a criterion is a number from 0 (worst) to 1 (best) on a scale that is described and does not
depend on which other options are listed; a priority is what moving from worst to best is worth, USD of present
value. The credit is additive: sum of priority x position. Adding an option can therefore never reorder the others.
Rank acceptability: Lahdelma, Hokkanen and Salminen 1998 (SMAA), with dollars instead of normalised weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.sampling import uniform_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

POWER = 12
"""Priorities are sampled at 2^12 Sobol points."""
Positions = Mapping[str, Mapping[str, float]]
"""Option -> criterion -> 0 … 1."""


def credit_usd(priorities: Mapping[str, float], position: Mapping[str, float]) -> float:
    """What an option's position is worth, USD of present value; a criterion without a position counts as worst."""
    return float(sum(usd * position.get(criterion, 0.0) for criterion, usd in priorities.items()))


def rank_shares(costs_usd: Array, positions: Array, priorities_usd: Array) -> Array:
    """Share of the sampled priorities at which each option takes each rank, (options, ranks); rows sum to 1.

    `costs_usd` (options,), `positions` (options, criteria) on 0 … 1, `priorities_usd` (samples, criteria).
    Ties go to the option that is listed first by cost, then by place.
    """
    net = costs_usd[None, :] - priorities_usd @ positions.T
    order = np.argsort(net, axis=1, kind="stable")
    options = costs_usd.size
    shares = np.zeros((options, options))
    for rank in range(options):
        shares[:, rank] = np.bincount(order[:, rank], minlength=options) / len(order)
    return shares


def sampled_priorities(most_usd: Sequence[float], seed: int) -> Array:
    """Priorities spread evenly from 0 to the most that is plausible, (2^12, criteria)."""
    columns = [uniform_column(f"priority.{k}", k, POWER, seed) * usd for k, usd in enumerate(most_usd)]
    return np.stack(columns, axis=1) if columns else np.zeros((1, 0))


def simplex(criteria: int, power: int = 16, seed: int = 0) -> Array:
    """Weights that sum to 1, spread evenly over all such, (2^power, criteria): gaps between sorted uniforms."""
    columns = [uniform_column(f"weight.{k}", k, power, seed) for k in range(criteria - 1)]
    cuts = np.sort(np.stack(columns, axis=1), axis=1) if columns else np.zeros((2**power, 0))
    edges = np.concatenate([np.zeros((len(cuts), 1)), cuts, np.ones((len(cuts), 1))], axis=1)
    return np.diff(edges, axis=1)


@dataclass(frozen=True)
class HandOver:
    """A value of one priority at which the choice changes, the others as set."""

    criterion: str
    usd: float
    from_option: str
    to_option: str

    def as_dict(self) -> dict[str, Any]:
        return {"criterion": self.criterion, "usd": self.usd, "from": self.from_option, "to": self.to_option}


def hand_overs(
    costs_usd: Mapping[str, float], positions: Positions, priorities: Mapping[str, float], most_usd: Mapping[str, float]
) -> list[HandOver]:
    """Where the best option changes as one priority rises from 0 to the most that is plausible, others as set.

    Net cost is a straight line in a priority, so the best option follows the lower envelope of the lines.
    """
    found = []
    for criterion, most in most_usd.items():
        others = {c: usd for c, usd in priorities.items() if c != criterion}
        start = {n: usd - credit_usd(others, positions.get(n, {})) for n, usd in costs_usd.items()}
        slope = {n: positions.get(n, {}).get(criterion, 0.0) for n in costs_usd}
        at, best = 0.0, min(costs_usd, key=lambda n: (start[n], -slope[n], n))
        while True:
            steeper = [n for n in costs_usd if slope[n] > slope[best]]
            meets = {n: (start[n] - start[best]) / (slope[n] - slope[best]) for n in steeper}
            reached = {n: usd for n, usd in meets.items() if at <= usd <= most}
            if not reached:
                break
            following = min(reached, key=lambda n: (reached[n], -slope[n], n))
            at = reached[following]
            found.append(HandOver(criterion, at, best, following))
            best = following
    return found


@dataclass(frozen=True)
class Acceptability:
    """How often each option takes each rank over all priorities up to the most that is plausible."""

    options: tuple[str, ...]
    shares: Array
    """(options, ranks)."""
    most_usd: Mapping[str, float]
    hand_overs: tuple[HandOver, ...]

    def of(self, option: str) -> list[float] | None:
        """Shares of first, second, … ranks; None where the option does not compete."""
        if option not in self.options:
            return None
        return [float(share) for share in self.shares[self.options.index(option)]]


def acceptability(
    costs_usd: Mapping[str, float],
    positions: Positions,
    priorities: Mapping[str, float],
    most_usd: Mapping[str, float],
    seed: int,
) -> Acceptability:
    """Of the options in `costs_usd` (expected cost before any credit)."""
    names = tuple(sorted(costs_usd, key=lambda n: (costs_usd[n], n)))
    table = np.array([[positions.get(n, {}).get(c, 0.0) for c in most_usd] for n in names]).reshape(
        len(names), len(most_usd)
    )
    costs = np.array([costs_usd[n] for n in names])
    shares = rank_shares(costs, table, sampled_priorities(list(most_usd.values()), seed))
    return Acceptability(names, shares, most_usd, tuple(hand_overs(costs_usd, positions, priorities, most_usd)))
