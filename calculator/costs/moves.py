"""The course of moves that withdrawn models force, one fate a row: when lives end, where the firm goes, what it pays.

Successor prices are drawn from the observed steps of their price band, not from a fitted tail, so that they
stay within what has been seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.price_path import Ends
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
    """The option's own blended list price: it decides the band of a step."""
    host: Array
    """Cheapest other host of the same weights over the option's own price; inf where there is none."""
    model: Array
    """The same for another model."""
    before: Array
    """The option's own price of the month before over this month's: below 1 where a list steps up."""
    drifts: NDArray[np.bool_]
    """Whether drift raises the price into this month."""


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
    values: Mapping[str, Array], months: int, ends: Ends, curve: lifetimes.SurvivalCurve, fates: Fates
) -> tuple[Life, ...]:
    """Ends of models within the horizon that force a move, in the order of the models; one fate a row."""
    rows, found = fates("life", 0).shape[0], []
    age, rhythm, hazard = (np.broadcast_to(values[k], rows) for k in ("age", "rhythm", "hazard"))
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


def moves_of(
    values: Mapping[str, Array],
    rest: Array,
    ends: Ends,
    market: Market,
    curve: lifetimes.SurvivalCurve,
    fates: Fates,
    known: Assumptions,
) -> Moved:
    """Price factor, cost and count of forced moves, (rows, months) each; one fate a row."""
    return follow(lives_of(values, rest.shape[1], ends, curve, fates), values, rest, market, fates, known)


def follow(
    lives: tuple[Life, ...], values: Mapping[str, Array], rest: Array, market: Market, fates: Fates, known: Assumptions
) -> Moved:
    """What the ends of models come to where `rest` (rows, months) is left to pay."""
    rows = fates("life", 0).shape[0]
    course = _Course(rows, rest.shape[1], {k: np.broadcast_to(v, rows) for k, v in values.items()}, rest, market)
    for life in lives:
        who, month, before = life.who, life.month, 1.0
        if life.priced:
            step, before = np.ones(who.size), float(market.before[month[0]])
        else:
            step = steps_of_band(market.usd_per_mtok[month] * course.level[who], fates("step", life.number)[who], known)
            step = step if life.announced else np.maximum(step, course.values["least_step"][who])
        course.move(who, month, life.lived_days, step, before)
    return course.step, course.usd, course.count


class _Course:
    """What has happened so far to every row."""

    def __init__(self, rows: int, months: int, values: Mapping[str, Array], rest: Array, market: Market) -> None:
        self.values, self.rest, self.market = values, rest, market
        self.bill = -np.diff(rest, axis=1, append=0.0)
        self.level = np.ones(rows)
        """Present price over that of the path."""
        self.usd, self.count, self._rise = (np.zeros((rows, months)) for _ in range(3))

    @property
    def step(self) -> Array:
        """Price over that of the path, (rows, months)."""
        return np.asarray(np.exp(np.cumsum(self._rise, axis=1)))

    def move(self, who: Whole, month: Whole, lived_days: Array, step: Array, before: float) -> None:
        """Rows `who` lose a model of `lived_days`; they go where the move and the rest of the horizon cost least.

        `step` is the successor's price over the path's, `before` the price up to now over the path's.
        """
        share = np.maximum(0.0, 1 - lived_days / self.values["rhythm"][who])
        level = self.level[who]
        followed = level * (1 + self.values["pass_through"][who] * (step - 1))
        prices = np.stack([followed, *(np.maximum(level * before, p[month]) for p in (self.market.host, self.market.model))])
        row = who if self.rest.shape[0] > 1 else 0
        left, twice = self.rest[row, month], self.values["dual_months"][who] * self.bill[row, month] * level
        usd = np.stack([self.values[kind][who] + twice for kind in KINDS]) * share * (left > 0)  # unused, it need not move
        total = np.where(np.isinf(prices), np.inf, usd + np.where(np.isinf(prices), 0.0, prices) * left)
        best = total.argmin(axis=0)[None]
        chosen = np.take_along_axis(prices, best, axis=0)[0]
        drift = np.where(self.market.drifts[month], np.log1p(self.values["drift"][who]) / 12, 0.0)
        self._rise[who, month] += np.log(chosen / level) - drift
        self.usd[who, month] += np.take_along_axis(usd, best, axis=0)[0]
        self.count[who, month] += share
        self.level[who] = chosen


def steps_of_band(usd_per_mtok: Array, u: Array, known: Assumptions) -> Array:
    """Price of the recommended successor over the old, at probabilities `u` of the steps observed in the price's band."""
    limits, tables = step_tables(known)
    band = np.searchsorted(limits, usd_per_mtok, side="right")
    steps = np.empty_like(usd_per_mtok)
    for number, table in enumerate(tables):
        here = band == number
        steps[here] = table[np.minimum((u[here] * table.size).astype(np.intp), table.size - 1)]
    return steps


@lru_cache(maxsize=8)
def step_tables(known: Assumptions) -> tuple[Array, tuple[Array, ...]]:
    """The limits of the price bands, USD per million tokens, and the observed steps of each band, ascending."""
    ratio = known.number("price_steps.input_tokens_per_output_token")
    limits = np.array([known.number(f"price_steps.band_{name}_usd_per_mtok") for name in ("low", "high")])

    def blend(row: Mapping[str, float], age: str) -> float:
        return (ratio * row[f"{age}_input"] + row[f"{age}_output"]) / (ratio + 1)

    rows = [r.cells for r in known.rows("price_steps").values()]
    old = np.array([blend(r, "old") for r in rows])
    step = np.array([blend(r, "new") for r in rows]) / old
    band = np.searchsorted(limits, old, side="right")
    return limits, tuple(np.sort(step[band == number]) for number in range(limits.size + 1))
