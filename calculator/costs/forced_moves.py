"""Moves that a withdrawn model forces: when they come, what they cost, and what the price is afterwards.

A model ends on its announced date; where none is announced its life is drawn from the survival curve of its group, at
its age. Either way the firm then goes where the rest of the horizon costs least: the vendor's recommended successor,
the same weights at another host, or another offer that is allowed and good enough. Another offer caps what a successor
may cost, but saves nothing: going to a cheaper one is a choice of its own, open without any force.

A move costs the engineering, and the old model's bill for the months in which both run.

The firm replaces its model every R years anyway. A move forced after X < R is charged with the share (R - X)/R of its
cost: the part of the rhythm that it cuts off. In the long run that is 1/E[min(X, R)] - 1/R moves a year, the
renewal-reward rate beyond the own rhythm.

Successor prices are unknown ahead: the step is drawn from the observed ones near its price, not from a fitted tail,
so that it stays within what has been seen. The point estimate is the mean over a fixed net of such fates, so that rare
events do not vanish from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from calculator import sampling
from calculator.assumptions import Assumptions
from calculator.costs.alternatives import Alternatives, Factors, mean_request_usd
from calculator.costs.flows import escalation
from calculator.costs.moves import KINDS, MOST_LIVES, Fates, Life, Market, Moved, follow, lives_of, moves_of
from calculator.costs.price_path import PricePath, TokenOption, month_days
from calculator.costs.successor_steps import step_table
from calculator.governance import lifetimes
from calculator.governance.switching import migration_usd
from calculator.inputs import Inputs
from calculator.options import HostedOption
from calculator.prices import active_period
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NET_POWER = 7
"""The point estimate averages 2^7 fates."""
ROWS_AT_ONCE = 2**14


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
class Withdrawals:
    """The ends of an option's model, and what follows from them for any bill: the lives do not hang on the volume."""

    scenario: Scenario
    option: TokenOption
    path: PricePath
    market: Market
    inputs: Inputs
    _lives: dict[tuple[int, int], tuple[Life, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Of the point estimate, by the values that they belong to."""

    def moves(self, usd: Array) -> ForcedMoves:
        """Forced moves where the bill without them is `usd` (draws, months)."""
        months, ends = self.scenario.horizon_months, self.path.ends
        if not ends.dated and not ends.drawn:
            none = np.zeros((1, months))
            return ForcedMoves(none + 1, none, none)
        if self.inputs.draws is not None:
            fates = _drawn_fates(self.option, self.inputs)
            known = self.inputs.assumptions
            step, cost, expected = moves_of(self._values, usd, ends, self.market, self._curve, fates, known)
        else:
            step, cost, expected = self._expected_moves(usd)
        return ForcedMoves(step, cost * self._wages, expected)

    def step_note(self) -> tuple[str, ...]:
        """What a withdrawal that is not announced yet would do to the price, in words; nothing where none is drawn."""
        usd_per_mtok, ends = float(self.market.usd_per_mtok[-1]), self.path.ends
        if usd_per_mtok <= 0 or not (ends.drawn or any(not named for _, named in ends.dated)):
            return ()
        table = step_table(self.inputs.assumptions, self.market.vendor)
        return (table.described(usd_per_mtok, least=float(isinstance(self.option, HostedOption))),)

    @cached_property
    def _values(self) -> dict[str, Array]:
        return _values(self.scenario, self.option, self.inputs)

    @cached_property
    def _curve(self) -> lifetimes.SurvivalCurve:
        return curve_of(self.option, self.inputs.assumptions).curve

    @cached_property
    def _wages(self) -> Array:
        rise = self.inputs.number("staffing.wage_escalation_per_year")
        return escalation(rise, self.scenario.horizon_months)

    def _expected_moves(self, usd: Array) -> Moved:
        """Means over the net of fates for every value of the inputs and every bill, (values, months) each."""
        values, net, known = self._values, 2**NET_POWER, self.inputs.assumptions
        size, found = max(usd.shape[0], *(a.size for a in values.values())), []
        for start in range(0, size, ROWS_AT_ONCE // net):
            here = slice(start, min(start + ROWS_AT_ONCE // net, size))
            part = {k: v if v.size == 1 else v[here] for k, v in values.items()}
            bill = usd if usd.shape[0] == 1 else usd[here]
            lives, fates = self._lives_of(part, here), _repeated_net(here.stop - here.start)
            found.append(follow(lives, part, bill, self.market, fates, known, net))
        step, cost, expected = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return step, cost, expected

    def _lives_of(self, values: Mapping[str, Array], here: slice) -> tuple[Life, ...]:
        """Ends of models over the net, for each of the values `here`; found once where they are the same for all."""
        count, net, months = here.stop - here.start, 2**NET_POWER, self.scenario.horizon_months
        varied = any(values[k].size > 1 for k in ("age", "rhythm", "hazard"))
        key = (here.start, here.stop) if varied else (0, 1)
        if key not in self._lives:
            fates = _repeated_net(count if varied else 1)
            self._lives[key] = lives_of(values, months, self.path.ends, self._curve, fates, net)
        lives = self._lives[key]
        return lives if varied or count == 1 else tuple(_repeated(life, count, net) for life in lives)


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
        vendor="" if isinstance(option, HostedOption) else option.provider,
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


def _repeated(life: Life, count: int, net: int) -> Life:
    """The same end in each of `count` nets of fates, one after the other."""
    who = (np.arange(count)[:, None] * net + life.who).ravel()
    return replace(life, who=who, month=np.tile(life.month, count), lived_days=np.tile(life.lived_days, count))


def _repeated_net(count: int) -> Fates:
    return _net if count == 1 else lambda what, number: np.tile(_net(what, number), count)
