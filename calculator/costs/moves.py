"""The course of moves that withdrawn models force, one fate a row: when lives end, where the firm goes, what it pays.

Successor prices are drawn from observed steps (`successor_steps`), not from a fitted tail, so that they stay within
what has been seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.price_path import Ends
from calculator.costs.successor_steps import steps_at
from calculator.governance import lifetimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.intp]

DAYS_PER_MONTH = lifetimes.DAYS_PER_YEAR / 12
MOST_LIVES = 60
"""Drawn models in a row within one horizon: ten years of two months each."""
KINDS = ("successor", "host", "model")
Fates = Callable[[str, int], "Array"]
"""Probabilities of the n-th life or step, one a row."""
Moved = tuple["Array", "Array", "Array"]
"""Price factor, cost and count of forced moves."""


@dataclass(frozen=True)
class Market:
    """What prices an option can move to, by month: (months,) each."""

    usd_per_mtok: Array
    """The option's own blended list price: observed steps count by their closeness to it."""
    host: Array
    """Cheapest other host of the same weights over the option's own price; inf where there is none."""
    model: Array
    """The same for another model."""
    before: Array
    """The option's own price of the month before over this month's: below 1 where a list steps up."""
    drifts: NDArray[np.bool_]
    """Whether drift raises the price into this month."""
    vendor: str = ""
    """Whose observed steps count for more; empty for a host, which names no successor."""


@dataclass(frozen=True)
class Life:
    """The end of one more model: in which rows, when, and after how long."""

    number: int
    who: Whole
    month: Whole
    lived_days: Array
    announced: bool
    priced: bool = False
    """Whether the price path already has the successor's list."""


def lives_of(
    values: Mapping[str, Array], months: int, ends: Ends, curve: lifetimes.SurvivalCurve, fates: Fates, fates_each: int = 1
) -> tuple[Life, ...]:
    """Ends of models within the horizon that force a move, in the order of the models.

    Every `fates_each` fates in a row share a row of the values.
    """
    rows, found = fates("life", 0).shape[0], []
    age, rhythm, hazard = (_by_fate(values[k], rows, fates_each) for k in ("age", "rhythm", "hazard"))
    start, number, every = np.zeros(rows), 0, np.arange(rows)
    for month, named in ends.dated:
        here = np.full(rows, month, dtype=np.intp)
        found.append(Life(number, every, here, month * DAYS_PER_MONTH - start, True, named))
        start, number = np.full(rows, month * DAYS_PER_MONTH), number + 1
    old, safe = age if ends.age_days is None else np.full(rows, ends.age_days), ends.safe_days
    going = every if ends.drawn else every[:0]
    while going.size and number < MOST_LIVES:
        life = safe + curve.residual_days(fates("life", number)[going], old[going] + safe, hazard[going])
        when = ((start[going] + life) / DAYS_PER_MONTH).astype(np.intp)
        forced = np.flatnonzero((life < rhythm[going]) & (when < months))
        if forced.size:
            found.append(Life(number, going[forced], when[forced], life[forced], False))
        start[going] += np.minimum(life, rhythm[going])
        going = going[start[going] < months * DAYS_PER_MONTH]
        old, safe, number = age, 0.0, number + 1
    return tuple(found)


def _by_fate(value: Array, fates: int, fates_each: int) -> Array:
    return np.repeat(value, fates_each) if value.size > 1 else np.broadcast_to(value, fates)


def moves_of(
    values: Mapping[str, Array],
    bill: Array,
    ends: Ends,
    market: Market,
    curve: lifetimes.SurvivalCurve,
    fates: Fates,
    known: Assumptions,
) -> Moved:
    """Price factor, cost and count of forced moves, (rows, months) each; one fate a row."""
    return follow(lives_of(values, bill.shape[1], ends, curve, fates), values, bill, market, fates, known)


def follow(
    lives: Iterable[Life],
    values: Mapping[str, Array],
    bill: Array,
    market: Market,
    fates: Fates,
    known: Assumptions,
    fates_each: int = 1,
) -> Moved:
    """What the ends of models come to where `bill` (rows, months) is paid by the month without them.

    Every `fates_each` fates in a row share a row of the bill and of the values; the result is their mean.
    """
    course = _Course(fates("life", 0).shape[0], fates_each, values, bill, market)
    for life in lives:
        who, month, before = life.who, life.month, 1.0
        if life.priced:
            step, before = np.ones(who.size), float(market.before[month[0]])
        else:
            price = market.usd_per_mtok[month] * course.level[who]
            step = steps_at(price, fates("step", life.number)[who], market.vendor, known)
            step = step if life.announced else np.maximum(step, course.value("least_step", who))
        course.move(who, month, life.lived_days, step, before)
    return course.means()


class _Course:
    """What has happened so far to every fate. Moves are rare: they are gathered by row and month as they come."""

    def __init__(self, fates: int, fates_each: int, values: Mapping[str, Array], bill: Array, market: Market) -> None:
        self.values, self.bill, self.market, self.fates_each = values, bill, market, fates_each
        self.rest = np.cumsum(bill[:, ::-1], axis=1)[:, ::-1]
        self.level, self._factor = np.ones(fates), np.ones(fates)
        """Present price over that of the path, and the same without the drift that a move has cut off."""
        self._shape = fates // fates_each, bill.shape[1]
        self._rise, self._usd, self._count = (np.zeros(self._shape[0] * self._shape[1]) for _ in range(3))

    def value(self, name: str, who: Whole) -> Array:
        """One of the values for the fates `who`; one number where it is the same for all."""
        value = self.values[name]
        return value[who // self.fates_each] if value.size > 1 else value

    def means(self) -> Moved:
        """Price over that of the path, cost and count, (rows, months) each."""
        rise, usd, count = (a.reshape(self._shape) / self.fates_each for a in (self._rise, self._usd, self._count))
        return 1 + np.cumsum(rise, axis=1), usd, count

    def move(self, who: Whole, month: Whole, lived_days: Array, step: Array, before: float) -> None:
        """Fates `who` lose a model of `lived_days`; they go where the move and the rest of the horizon cost least.

        `step` is the successor's price over the path's, `before` the price up to now over the path's.
        """
        share = np.maximum(0.0, 1 - lived_days / self.value("rhythm", who))
        level = self.level[who]
        followed = level * (1 + self.value("pass_through", who) * (step - 1))
        prices = np.stack([followed, *(np.maximum(level * before, p[month]) for p in (self.market.host, self.market.model))])
        row = who // self.fates_each if self.bill.shape[0] > 1 else 0
        left, twice = self.rest[row, month], self.value("dual_months", who) * self.bill[row, month] * level
        usd = np.stack([self.value(kind, who) + twice for kind in KINDS]) * share * (left > 0)  # unused, it need not move
        total = np.where(np.isinf(prices), np.inf, usd + np.where(np.isinf(prices), 0.0, prices) * left)
        best, every = total.argmin(axis=0), np.arange(who.size)
        chosen = prices[best, every]
        kept = np.where(self.market.drifts[month], (1 + self.value("drift", who)) ** (-1 / 12), 1.0)
        factor = self._factor[who] * chosen / level * kept
        self._add(self._rise, who, month, factor - self._factor[who])
        self._add(self._usd, who, month, usd[best, every])
        self._add(self._count, who, month, share)
        self.level[who], self._factor[who] = chosen, factor

    def _add(self, total: Array, who: Whole, month: Whole, amounts: Array) -> None:
        np.add.at(total, who // self.fates_each * self._shape[1] + month, amounts)
