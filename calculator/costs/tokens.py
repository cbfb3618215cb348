"""Routes paid by the token: a proprietary API, or open weights behind somebody's API.

What a request costs follows the option's price path (`price_path`): list prices with announced changes and drift
in the lines by kind of token, what forced moves add in `price_step`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.alternatives import Key, alternatives, key_of, weights_of
from calculator.costs.flows import Flows
from calculator.costs.forced_moves import Withdrawals, market_of
from calculator.costs.moves import Market
from calculator.costs.price_path import PricePath, TokenOption, month_days, price_path
from calculator.costs.provisioned import Provisioned, provisioned
from calculator.costs.served import Served
from calculator.demand import Demand
from calculator.governance.price_effects import batch_refusal
from calculator.inputs import Inputs
from calculator.options import SizedOption
from calculator.prices import PriceList, change_dates, request_cost_usd, usd_per_request
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LINE_OF = {
    "input": "api_input",
    "cached_input": "api_cached_input",
    "cache_writes": "api_cache_writes",
    "output": "api_output",
    "batch": "api_batch",
}


@dataclass(frozen=True)
class TokenFactors:
    """An option's billed tokens over the workload's reference tokens, (draws,)."""

    input: Array
    output: Array


def usd_per_request_by_month(
    scenario: Scenario, path: PricePath, demand: Demand, factors: TokenFactors, inputs: Inputs
) -> dict[str, tuple[Array, Array]]:
    """USD of a mean request by cost line and month, (draws, months), drift included.

    Twice: as if the option's model stayed, and along the announced path, where a successor's list follows.
    """
    days = month_days(scenario)
    reads_per_write = inputs.number("demand.cache_reads_per_write")
    changes = [change_dates(prices, days[0], days[-1]) for _, prices in path.stretches]
    seen: dict[tuple[int, int], dict[str, Array]] = {}

    def request(stretch: int, prices: PriceList, day: date) -> dict[str, Array]:
        key = (stretch, sum(change <= day for change in changes[stretch]))
        if key not in seen:
            seen[key] = _request_usd(prices, day, demand, factors, reads_per_write, alive_share(prices, inputs))
        return seen[key]

    stayed = _by_month([request(0, path.stretches[0][1], day) for day in days], path.drift)
    if len(path.stretches) == 1:
        return {name: (usd, usd) for name, usd in stayed.items()}
    moved = _by_month([request(*path.prices(month), day) for month, day in enumerate(days)], path.drift)
    return {name: (stayed[name], moved[name]) for name in LINE_OF}


def _by_month(months: list[dict[str, Array]], drift: Array) -> dict[str, Array]:
    """Months of one price share one dictionary: each is laid out once."""
    distinct = list({id(month): month for month in months}.values())
    places = {id(month): place for place, month in enumerate(distinct)}
    order = [places[id(month)] for month in months]
    size = max(usd.shape[0] for month in distinct for usd in month.values())
    return {name: np.stack([np.broadcast_to(m[name], size) for m in distinct], axis=1)[:, order] * drift for name in LINE_OF}


def _request_usd(
    prices: PriceList, day: date, demand: Demand, factors: TokenFactors, reads_per_write: Array, alive: Array
) -> dict[str, Array]:
    tokens_in = demand.input_tokens * factors.input
    reached = demand.cached_share * cache_hit_share(demand, tokens_in, prices.cache_minimum_tokens)
    hits = reached * alive
    written = hits / reads_per_write + (reached - hits)  # what was no longer there is written anew
    return usd_per_request(
        prices,
        day,
        input_tokens=tokens_in,
        output_tokens=demand.output_tokens * factors.output,
        cached_share=hits,
        cache_write_share=np.minimum(written, 1 - hits),
        batch_share=demand.batch_share,
        size_quantiles=demand.size_quantiles,
        hour_weights_utc=demand.hour_weights,
    )


def alive_share(prices: PriceList, inputs: Inputs) -> Array:
    """Chance that a prefix is still cached when it is asked for again, (draws,).

    1 - exp(-lifetime/gap) for requests that come at random; every read extends the life. 1 where no lifetime is published.
    """
    if prices.cache_lifetime_minutes is None:
        return np.ones(1)
    return np.asarray(1 - np.exp(-prices.cache_lifetime_minutes / inputs.number("caching.reuse_gap_minutes")))


def cache_hit_share(demand: Demand, input_tokens: Array, minimum_tokens: float | None) -> Array:
    """Share of cacheable tokens in prompts whose repeated part reaches the provider's minimum prefix, (draws,)."""
    if not minimum_tokens:
        return np.ones(1)
    repeated = (input_tokens * demand.cached_share)[:, None] * demand.size_quantiles
    reached = (repeated >= minimum_tokens) * demand.size_quantiles
    return np.asarray(reached.sum(axis=1) / demand.size_quantiles.sum())


@dataclass(frozen=True)
class TokenBill:
    """What a token-priced option charges for the workloads, ready for any share of their requests."""

    scenario: Scenario
    option: TokenOption
    demands: Sequence[Demand]
    factors: TokenFactors
    inputs: Inputs
    path: PricePath
    usd_per_request: tuple[dict[str, tuple[Array, Array]], ...]
    """By workload: `usd_per_request_by_month`."""
    market: Market
    units: Provisioned | None
    """Throughput bought by the month; None where every token is paid for."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of the price."""
        said = (*self.path.notes, *self._withdrawals.step_note())
        return said if self.units is None else (*said, *self.units.notes)

    def served(self, model: str, share_of_requests: Sequence[Array] | None = None) -> Served:
        """What the option serves of the load: all of it, or a share of each workload's requests."""
        return Served(self.option, model, self.demands, self.factors, share_of_requests, input_share=self._input_share)

    @cached_property
    def _input_share(self) -> float | None:
        """What input causes of the price of the workloads' tokens, at base values in the first month.

        Of a provisioned unit its load; else of the list price, where input that is not billed has no share.
        """
        if self.units is not None:
            return self.units.input_share(self.demands, self.factors)
        prices, day = self.path.stretches[0][1], month_days(self.scenario)[0]
        into = whole = 0.0
        for demand in self.demands:
            size = float(demand.input_tokens[0] * self.factors.input[0])
            out = float(demand.output_tokens[0] * self.factors.output[0])
            waits, requests = bool(demand.batch_share[0] > 0), float(demand.requests[0, 0])
            parts = [
                request_cost_usd(prices, input_tokens=size, output_tokens=tokens, batch=waits, on=day)
                for tokens in (0.0, out)
            ]
            into, whole = into + requests * parts[0], whole + requests * parts[1]
        return into / whole if whole > 0 else None

    @cached_property
    def _withdrawals(self) -> Withdrawals:
        return Withdrawals(self.scenario, self.option, self.path, self.market, self.inputs)

    def flows(self, share_of_requests: Sequence[Array] | None = None) -> Flows:
        """The bill by line; `share_of_requests` (draws, months) by workload keeps only part of the load."""
        months = self.scenario.horizon_months
        flows = Flows(months)
        shares = [np.ones((1, 1))] * len(self.demands) if share_of_requests is None else list(share_of_requests)
        interactive = shares
        if self.units is not None:
            usd, interactive = self.units.bill(self.demands, self.factors, shares)
            flows.add_monthly("api_provisioned", usd)
        before, after = np.zeros((1, months)), np.zeros((1, months))
        for number, (demand, prices) in enumerate(zip(self.demands, self.usd_per_request, strict=True)):
            served = {kind: demand.requests * part[number] for kind, part in (("now", interactive), ("later", shares))}
            for name, (old, new) in prices.items():
                if not old.any() and not new.any():
                    continue
                requests = served["later" if name == "batch" else "now"]
                paid = old * requests
                if old.any():
                    flows.add_monthly(LINE_OF[name], paid)
                before, after = before + paid, after + (paid if new is old else new * requests)
        moves = self._withdrawals.moves(after)
        stepped = after * moves.step - before
        if stepped.any():
            flows.add_monthly("price_step", stepped)
        _minimum_bill(flows, self.option)
        if moves.usd.any():
            flows.add_monthly("forced_migration", moves.usd)
        return flows


def token_bill(
    scenario: Scenario, option: TokenOption, demands: Sequence[Demand], factors: TokenFactors, inputs: Inputs
) -> TokenBill:
    """An option's bill over its dated price path."""
    path = price_path(scenario, option, inputs)
    if any(d.batch_share.any() for d in demands):
        refusal = batch_refusal(scenario, option, inputs.assumptions)
        if refusal is not None:
            demands = [replace(d, batch_share=np.zeros(1)) for d in demands]
            path = replace(path, notes=(*path.notes, refusal))
    return TokenBill(
        scenario=scenario,
        option=option,
        demands=demands,
        factors=factors,
        inputs=inputs,
        path=path,
        usd_per_request=tuple(usd_per_request_by_month(scenario, path, d, factors, inputs) for d in demands),
        market=_market(key_of(scenario), option, inputs.assumptions),
        units=provisioned(option, inputs) if option.tier == "provisioned" else None,
    )


@lru_cache(maxsize=256)
def _market(key: Key, option: TokenOption, known: Assumptions) -> Market:
    """The prices around an option: list prices, the same in every draw."""
    scenario = key.scenario
    offers = alternatives(scenario, option, known, base_factors)
    return market_of(scenario, option, price_path(scenario, option, Inputs(known)), offers, known, base_factors)


@lru_cache(maxsize=1024)
def base_factors(option: TokenOption, known: Assumptions) -> tuple[float, float]:
    """Billed input and output tokens over the workload's, at base values."""
    factors = token_factors(option, weights_of(option, known) or option.model, Inputs(known))
    return float(factors.input[0]), float(factors.output[0])


def _minimum_bill(flows: Flows, option: TokenOption) -> None:
    """What a contract makes due beyond use: the monthly minimum, then the yearly commitment at each contract year's end.

    A last year cut off by the horizon owes its part of the commitment.
    """
    months = flows.months
    if option.contract.minimum_usd_per_month > 0:
        short = np.maximum(0.0, option.contract.minimum_usd_per_month - flows.total[:, 1:])
        flows.add_monthly("commitment", short)
    if option.contract.commitment_usd_per_year > 0:
        spent = flows.total
        pledged = np.zeros_like(spent)
        for first in range(1, months + 1, 12):
            last = min(first + 11, months)
            due = option.contract.commitment_usd_per_year * (last - first + 1) / 12
            left = np.maximum(0.0, due - np.cumsum(spent[:, first : last + 1], axis=1))
            flows.add_at("commitment", last, left[:, -1])
            pledged[:, first - 1] = due  # the year is signed at its start
            pledged[:, first:last] = left[:, :-1]
        flows.pledged.append(pledged)


def token_factors(option: TokenOption | SizedOption, model: str, inputs: Inputs) -> TokenFactors:
    """Billed tokens over reference tokens for a model at the option's effort.

    The scenario's own factors stand first; then the row `<model>@<effort>` of `token_factors`; then the default
    of the effort, which is wide.
    """
    return TokenFactors(
        input=_factor("input", option, model, inputs),
        output=_factor("output", option, model, inputs),
    )


def _factor(side: Literal["input", "output"], option: TokenOption | SizedOption, model: str, inputs: Inputs) -> Array:
    given = option.input_token_factor if side == "input" else option.output_token_factor
    if given is not None:
        return inputs.given(f"options.{option.id}.{side}_token_factor", given)
    effort = option.reasoning_effort or "default"
    rows = inputs.assumptions.rows("token_factors")
    row = rows.get(f"{model}@{effort}") or rows.get(f"{model}@default")
    if row is not None and f"{side}_token_factor" in row:
        return inputs.cell(row, f"{side}_token_factor")
    name = "token_factors.default_input_factor" if side == "input" else f"token_factors.default_output_factor_{effort}"
    return inputs.number(name)
