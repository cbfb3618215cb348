"""Moves that a withdrawn model forces: when they come, what they cost, and what the price is afterwards.

A model ends on its announced date; where none is announced its life is drawn from the survival curve of its group, at
its age. Either way the firm then goes where the rest of the horizon costs least: the vendor's recommended successor,
the same weights at another host, or another offer that is allowed and good enough. Another offer caps what a successor
may cost, but saves nothing: going to a cheaper one is a choice of its own, open without any force.

A move costs the engineering, and the old model's bill for the months in which both run.

The firm replaces its model every R years anyway. A move forced after X < R is charged with the share (R - X)/R of its
cost: the part of the rhythm that it cuts off. In the long run that is 1/E[min(X, R)] - 1/R moves a year, the
renewal-reward rate beyond the own rhythm.

Successor prices are unknown ahead: the step is drawn from the observed ones of its price band, not from a fitted tail,
so that it stays within what has been seen. The point estimate is the mean over a fixed net of such fates, so that rare
events do not vanish from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from calculator import sampling
from calculator.assumptions import Assumptions
from calculator.costs.alternatives import Alternatives, Factors, mean_request_usd
from calculator.costs.flows import escalation
from calculator.costs.price_path import Ends, PricePath, TokenOption, month_days
from calculator.governance import lifetimes
from calculator.governance.switching import migration_usd
from calculator.inputs import Inputs
from calculator.options import HostedOption
from calculator.prices import active_period
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Whole = NDArray[np.intp]

DAYS_PER_MONTH = lifetimes.DAYS_PER_YEAR / 12
NET_POWER = 7
"""The point estimate averages 2^7 fates."""
MOST_LIVES = 60
"""Drawn models in a row within one horizon: ten years of two months each."""
ROWS_AT_ONCE = 2**14
KINDS = ("successor", "host", "model")
Fates = Callable[[str, int], "Array"]
"""Probabilities of the n-th life or step, one a row."""
Moved = tuple["Array", "Array", "Array"]
"""Price factor, cost and count of forced moves."""


@dataclass(frozen=True)
class ForcedMoves:
    """What forced moves do to an option that is paid by the token, (draws, months) each."""

    step: Array
    """Price over that of the path without them; 1 before any."""
    usd: Array
    """Cost of the moves themselves, nominal."""
    expected: Array
    """Moves beyond the firm's own rhythm."""


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


def forced_moves(
    scenario: Scenario, option: TokenOption, path: PricePath, usd: Array, market: Market, inputs: Inputs
) -> ForcedMoves:
    """Forced moves of an option whose bill without them is `usd` (draws, months)."""
    months, known = scenario.horizon_months, inputs.assumptions
    if not path.ends.dated and not path.ends.drawn:
        none = np.zeros((1, months))
        return ForcedMoves(none + 1, none, none)
    values = _values(scenario, option, inputs)
    curve = curve_of(option, known).curve
    rest = np.cumsum(usd[:, ::-1], axis=1)[:, ::-1]
    if inputs.draws is not None:
        step, cost, expected = _moves(values, rest, path.ends, market, curve, _drawn_fates(option, inputs), known)
    else:
        step, cost, expected = _expected_moves(values, rest, path.ends, market, curve, known)
    return ForcedMoves(step, cost * escalation(inputs.number("staffing.wage_escalation_per_year"), months), expected)


def curve_of(option: TokenOption, known: Assumptions) -> lifetimes.Group:
    """The survival curve that an option's model follows."""
    hosted = isinstance(option, HostedOption)
    return lifetimes.group_of(known, option.provider, option.model, hosted=hosted, endpoint=option.endpoint)


def market_of(
    scenario: Scenario, option: TokenOption, path: PricePath, offers: Alternatives, known: Assumptions, factors: Factors
) -> Market:
    """The prices around an option by month."""
    lists = [path.prices(month)[1] for month in range(scenario.horizon_months)]
    days, mine = month_days(scenario), factors(option, known)
    own = np.array([mean_request_usd(scenario, prices, day, mine) for prices, day in zip(lists, days, strict=True)])
    ratio = known.number("price_steps.input_tokens_per_output_token")
    rates = [active_period(prices, day).tiers[0][1] for prices, day in zip(lists, days, strict=True)]
    nowhere = np.full(scenario.horizon_months, np.inf)
    free = own <= 0

    def over_own(offer_usd: Array | None) -> Array:
        return nowhere if offer_usd is None else np.where(free, np.inf, offer_usd / np.where(free, 1.0, own))

    return Market(
        usd_per_mtok=np.array([(ratio * r.input + r.output) / (ratio + 1) for r in rates]),
        host=over_own(offers.host.usd_by_month if offers.host else None),
        model=over_own(offers.model.usd_by_month if offers.model else None),
        before=np.concatenate([[1.0], np.divide(own[:-1], own[1:], out=np.ones(own.size - 1), where=own[1:] > 0)]),
        drifts=np.diff(path.drift_months, prepend=0) > 0,
    )


def _values(scenario: Scenario, option: TokenOption, inputs: Inputs) -> dict[str, Array]:
    """What the moves depend on, (draws,) or (1,) each."""
    usd = {kind: migration_usd(scenario, inputs, kind=kind) for kind in KINDS}
    usd["host"] = np.minimum(usd["host"], usd["model"])
    if isinstance(option, HostedOption):
        usd["successor"] = usd["model"]  # a host names no successor: whatever follows is another model, and no bargain
    stated = option.refresh_years
    years = inputs.number("switching.refresh_years") if stated is None else np.full(1, stated)
    return {
        **usd,
        "hazard": inputs.parameter(curve_of(option, inputs.assumptions).hazard_ratio()),
        "age": inputs.number("lifetime_groups.age_at_adoption_days"),
        "dual_months": inputs.number("switching.dual_running_months"),
        "rhythm": np.where(years > 0, years * lifetimes.DAYS_PER_YEAR, np.inf),
        "pass_through": np.minimum(1.0, inputs.number("price_steps.pass_through_share")),
        "least_step": np.full(1, float(isinstance(option, HostedOption))),
        "drift": inputs.number("economy.api_price_drift_per_year"),
    }


def _drawn_fates(option: TokenOption, inputs: Inputs) -> Fates:
    """The same for every option on the same model of a provider."""
    name = f"forced_moves.{option.provider}.{option.model}"
    return lambda what, number: inputs.chance(f"{name}.{what}.{number}")


@lru_cache(maxsize=2 * MOST_LIVES)
def _net(what: str, number: int) -> Array:
    """A column of the fixed net: lives and steps in turn take the dimensions of one Sobol sequence."""
    dimension = 2 * number + (what == "step")
    return sampling.sobol_column("forced_moves", dimension, NET_POWER, 0)


def _repeated_net(count: int) -> Fates:
    return lambda what, number: np.tile(_net(what, number), count)


def _expected_moves(
    values: Mapping[str, Array], rest: Array, ends: Ends, market: Market, curve: lifetimes.SurvivalCurve, known: Assumptions
) -> Moved:
    """Means over the net of fates for every value of the inputs, (values, months) each."""
    size, net = max(a.shape[0] for a in (*values.values(), rest)), 2**NET_POWER
    found = []
    for start in range(0, size, ROWS_AT_ONCE // net):
        here = slice(start, start + ROWS_AT_ONCE // net)
        part = {k: v if v.shape[0] == 1 else np.repeat(v[here], net) for k, v in values.items()}
        spend = rest if rest.shape[0] == 1 else np.repeat(rest[here], net, axis=0)
        count = len(range(*here.indices(size)))
        several = _moves(part, spend, ends, market, curve, _repeated_net(count), known)
        found.append([m.reshape(count, net, -1).mean(axis=1) for m in several])
    step, cost, expected = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return step, cost, expected


def _moves(
    values: Mapping[str, Array],
    rest: Array,
    ends: Ends,
    market: Market,
    curve: lifetimes.SurvivalCurve,
    fates: Fates,
    known: Assumptions,
) -> Moved:
    """Price factor, cost and count of forced moves, (rows, months) each; one fate a row."""
    months, rows = rest.shape[1], fates("life", 0).shape[0]
    course = _Course(rows, months, {k: np.broadcast_to(v, rows) for k, v in values.items()}, rest, market)
    start, number, every = np.zeros(rows), 0, np.arange(rows)
    for month, named in ends.dated:
        here = np.full(rows, month, dtype=np.intp)
        drawn = steps_of_band(market.usd_per_mtok[here] * course.level, fates("step", number), known)
        step, before = (np.ones(rows), float(market.before[month])) if named else (drawn, 1.0)
        course.move(every, here, month * DAYS_PER_MONTH - start, step, before)
        start, number = np.full(rows, month * DAYS_PER_MONTH), number + 1
    age, safe = course.values["age"] if ends.age_days is None else np.full(rows, ends.age_days), ends.safe_days
    rhythm, hazard, going = course.values["rhythm"], course.values["hazard"], every if ends.drawn else every[:0]
    while going.size and number < MOST_LIVES:
        life = safe + curve.residual_days(fates("life", number)[going], age[going] + safe, hazard[going])
        when = ((start[going] + life) / DAYS_PER_MONTH).astype(np.intp)
        forced = np.flatnonzero((life < rhythm[going]) & (when < months))
        if forced.size:
            who, then = going[forced], when[forced]
            step = steps_of_band(market.usd_per_mtok[then] * course.level[who], fates("step", number)[who], known)
            course.move(who, then, life[forced], np.maximum(step, course.values["least_step"][who]), 1.0)
        start[going] += np.minimum(life, rhythm[going])
        going = going[start[going] < months * DAYS_PER_MONTH]
        age, safe, number = course.values["age"], 0.0, number + 1
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
