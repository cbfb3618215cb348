"""Routes paid by the token: a proprietary API, or open weights behind somebody's API.

One dated price path an option: the list price at each month with every announced change, drift between
announcements, and the successor's price from an announced shutdown on. Nothing is charged twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.flows import Flows, escalation
from calculator.costs.people import migration_usd
from calculator.demand import Demand, month_labels
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption
from calculator.prices import Period, PriceList, Rates, change_dates, price_list, retirement, usd_per_request
from calculator.quantities import Range, base
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TokenOption = ApiOption | HostedOption
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


@dataclass(frozen=True)
class PricePath:
    """The price lists that hold over the horizon: (first month 0-based, list), ascending."""

    stretches: tuple[tuple[int, PriceList], ...]
    migration_months: tuple[int, ...]
    """Months (1-based, as in flows) in which an announced shutdown forces a move."""
    notes: tuple[str, ...]


def month_days(scenario: Scenario) -> list[date]:
    """The 15th of each month of the horizon: prices are looked up then."""
    return [date.fromisoformat(f"{label}-15") for label in month_labels(scenario.start, scenario.horizon_months)]


def price_path(scenario: Scenario, option: TokenOption, inputs: Inputs) -> PricePath:
    """The option's price lists by month, with announced shutdowns as dated moves to the successor.

    Raises InputError for a model that is retired before the horizon starts, naming its successor.
    """
    known = inputs.assumptions
    days = month_days(scenario)
    where = f"options.{option.id}.model"
    current = contracted(_list(known, option, option.provider, option.model, where), option)
    stretches, moves, notes = [(0, current)], [], list(current.notes)
    provider, model = option.provider, option.model
    for _ in range(10):  # a successor may be retired in turn
        ends = retirement(known, provider, model)
        if ends is None or ends.shutdown is None or ends.shutdown > days[-1]:
            break
        successor = ends.successor_model
        if ends.shutdown <= days[0].replace(day=1):
            hint = f"; its successor is {successor}" if successor else ""
            raise InputError(f"{where}: {provider}/{model} is retired on {ends.shutdown}, before {scenario.start}{hint}")
        month = next((i for i, day in enumerate(days) if day >= ends.shutdown), len(days) - 1)
        moves.append(month + 1)
        if successor is None:
            notes.append(f"{model} shuts down on {ends.shutdown} with no named successor; its price is carried on")
            break
        provider, model = ends.successor_provider or provider, successor
        notes.append(f"shuts down on {ends.shutdown}; from then on {provider}/{model} at its price")
        stretches.append((month, contracted(_list(known, option, provider, model, where), option)))
    return PricePath(tuple(stretches), tuple(moves), tuple(dict.fromkeys(notes)))


def _list(known: Assumptions, option: TokenOption, provider: str, model: str, where: str) -> PriceList:
    try:
        return price_list(known, provider, model, endpoint=option.endpoint, region=option.region, tier=option.tier)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def contracted(prices: PriceList, option: TokenOption) -> PriceList:
    """The price list with the option's own prices and discount on it."""
    contract = option.contract
    own = (contract.input_usd_per_mtok, contract.cached_input_usd_per_mtok, contract.output_usd_per_mtok)
    if contract.discount == 0 and all(price is None for price in own):
        return prices

    def rates(listed: Rates) -> Rates:
        given = [None if price is None else base(price) for price in own]
        keep = 1 - contract.discount
        return replace(
            listed,
            input=listed.input * keep if given[0] is None else given[0],
            cached_input=listed.cached_input * keep if given[1] is None else given[1],
            cache_write=listed.cache_write * keep if given[0] is None else given[0],
            output=listed.output * keep if given[2] is None else given[2],
        )

    def period(listed: Period) -> Period:
        tiers = tuple((threshold, rates(r)) for threshold, r in listed.tiers)
        batch = listed.batch_tiers and tuple((threshold, rates(r)) for threshold, r in listed.batch_tiers)
        return replace(listed, tiers=tiers, batch_tiers=batch)

    return replace(
        prices,
        periods=tuple(period(p) for p in prices.periods),
        notes=(*prices.notes, "prices of the contract in the scenario"),
    )


def usd_per_request_by_month(
    scenario: Scenario, path: PricePath, demand: Demand, factors: TokenFactors, inputs: Inputs
) -> dict[str, Array]:
    """USD of a mean request by cost line and month, (draws, months) each, drift included."""
    days = month_days(scenario)
    reads_per_write = inputs.number("demand.cache_reads_per_write")
    monthly: dict[str, list[Array]] = {key: [] for key in LINE_OF}
    seen: dict[tuple[int, int], dict[str, Array]] = {}
    for month, day in enumerate(days):
        stretch = max(i for i, (first, _) in enumerate(path.stretches) if first <= month)
        prices = path.stretches[stretch][1]
        changes = sum(change <= day for change in change_dates(prices, days[0], days[-1]))
        key = (stretch, changes)
        if key not in seen:
            seen[key] = _request_usd(prices, day, demand, factors, reads_per_write)
        for name in LINE_OF:
            monthly[name].append(seen[key][name])
    drift = escalation(inputs.number("economy.api_price_drift_per_year"), len(days))
    size = max(max(a.shape[0] for a in column) for column in monthly.values())
    return {name: np.stack([np.broadcast_to(a, size) for a in column], axis=1) * drift for name, column in monthly.items()}


def _request_usd(
    prices: PriceList, day: date, demand: Demand, factors: TokenFactors, reads_per_write: Array
) -> dict[str, Array]:
    tokens_in = demand.input_tokens * factors.input
    hits = demand.cached_share * cache_hit_share(demand, tokens_in, prices.cache_minimum_tokens)
    return usd_per_request(
        prices,
        day,
        input_tokens=tokens_in,
        output_tokens=demand.output_tokens * factors.output,
        cached_share=hits,
        cache_write_share=np.minimum(hits / reads_per_write, 1 - hits),
        batch_share=demand.batch_share,
        size_quantiles=demand.size_quantiles,
        hour_weights_utc=demand.hour_weights,
    )


def cache_hit_share(demand: Demand, input_tokens: Array, minimum_tokens: float | None) -> Array:
    """Share of cacheable tokens in prompts whose repeated part reaches the provider's minimum prefix, (draws,)."""
    if not minimum_tokens:
        return np.ones(1)
    repeated = (input_tokens * demand.cached_share)[:, None] * demand.size_quantiles
    reached = (repeated >= minimum_tokens) * demand.size_quantiles
    return np.asarray(reached.sum(axis=1) / demand.size_quantiles.sum())


def token_flows(
    scenario: Scenario,
    option: TokenOption,
    demands: Sequence[Demand],
    factors: TokenFactors,
    inputs: Inputs,
    share_of_requests: Sequence[Array] | None = None,
) -> tuple[Flows, PricePath]:
    """What a token-priced option charges for the workloads, by line, and the price path that it follows.

    `share_of_requests` (draws, months) by workload keeps only part of the load: the overflow of a hybrid.
    """
    flows = Flows(scenario.horizon_months)
    path = price_path(scenario, option, inputs)
    for number, demand in enumerate(demands):
        requests = demand.requests if share_of_requests is None else demand.requests * share_of_requests[number]
        for name, usd in usd_per_request_by_month(scenario, path, demand, factors, inputs).items():
            if usd.any():
                flows.add_monthly(LINE_OF[name], usd * requests)
    _minimum_bill(flows, option)
    for month in path.migration_months:
        flows.add_at("forced_migration", month, migration_usd(scenario, inputs, kind="successor"))
    return flows, path


def _minimum_bill(flows: Flows, option: TokenOption) -> None:
    least = max(option.contract.minimum_usd_per_month, option.contract.commitment_usd_per_year / 12)
    if least > 0:
        short = np.maximum(0.0, least - flows.total[:, 1:])
        flows.add_monthly("commitment", short)


def token_factors(scenario: Scenario, option: TokenOption | object, model: str, inputs: Inputs) -> TokenFactors:
    """Billed tokens over reference tokens for a model at the option's effort.

    The scenario's own factors stand first; then the row `<model>@<effort>` of `token_factors`; then the default
    of the effort, which is wide.
    """
    return TokenFactors(
        input=_factor("input", option, model, inputs),
        output=_factor("output", option, model, inputs),
    )


def _factor(side: str, option: object, model: str, inputs: Inputs) -> Array:
    given: float | Range | None = getattr(option, f"{side}_token_factor")
    if given is not None:
        return inputs.given(f"options.{option.id}.{side}_token_factor", given)  # type: ignore[attr-defined]
    effort = getattr(option, "reasoning_effort", None) or "default"
    rows = inputs.assumptions.rows("token_factors")
    row = rows.get(f"{model}@{effort}") or rows.get(f"{model}@default")
    if row is not None and f"{side}_token_factor" in row:
        return inputs.cell(row, f"{side}_token_factor")
    name = "token_factors.default_input_factor" if side == "input" else f"token_factors.default_output_factor_{effort}"
    return inputs.number(name)
