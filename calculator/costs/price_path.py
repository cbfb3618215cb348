"""One dated price path an option that is paid by the token.

The list price at each month with every announced change, drift between announcements, and the successor's price
from an announced shutdown on. Nothing is charged twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.flows import escalation
from calculator.demand import month_labels
from calculator.errors import InputError
from calculator.governance.switching import migration_usd
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption
from calculator.prices import Period, PriceList, Rates, price_list, retirement
from calculator.quantities import base
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TokenOption = ApiOption | HostedOption


@dataclass(frozen=True)
class PricePath:
    """The price lists that hold over the horizon: (first month 0-based, list), ascending."""

    stretches: tuple[tuple[int, PriceList], ...]
    migration_months: tuple[int, ...]
    """Months (1-based, as in flows) in which an announced shutdown forces a move."""
    drift: Array
    """Drift between announcements as a factor on list prices, (draws, months)."""
    step: Array
    """What forced moves leave the price at, as a factor on the drifted list price, (draws, months); 1 = no step."""
    forced_usd: Array
    """Cost of the moves themselves, (draws, months)."""
    notes: tuple[str, ...]

    def prices(self, month: int) -> tuple[int, PriceList]:
        """The stretch that holds in a month (0-based), and its price list."""
        stretch = max(i for i, (first, _) in enumerate(self.stretches) if first <= month)
        return stretch, self.stretches[stretch][1]


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
    return PricePath(
        stretches=tuple(stretches),
        migration_months=tuple(moves),
        drift=escalation(inputs.number("economy.api_price_drift_per_year"), len(days)),
        step=np.ones((1, len(days))),
        forced_usd=_announced_moves_usd(scenario, inputs, moves),
        notes=tuple(dict.fromkeys(notes)),
    )


def _announced_moves_usd(scenario: Scenario, inputs: Inputs, months: list[int]) -> Array:
    """Moving every application to the vendor's successor at each announced shutdown, (draws, months)."""
    if not months:
        return np.zeros((1, scenario.horizon_months))
    at = np.zeros(scenario.horizon_months)
    np.add.at(at, np.array(months) - 1, 1.0)
    return np.asarray(migration_usd(scenario, inputs, kind="successor")[:, None] * at)


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
