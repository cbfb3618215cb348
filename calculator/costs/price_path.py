"""One dated price path an option that is paid by the token.

The list price at each month with every announced change, drift between announcements, and the successor's price
from an announced shutdown on. What forced moves add that nobody has announced stands in `forced_moves`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.demand import month_labels
from calculator.errors import InputError
from calculator.governance.lifetimes import launch_date
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption
from calculator.prices import Period, PriceList, Rates, UnknownProviderError, change_dates, price_list
from calculator.quantities import base
from calculator.retirements import retirement
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TokenOption = ApiOption | HostedOption


@dataclass(frozen=True)
class Ends:
    """When the models that an option runs through end."""

    dated: tuple[tuple[int, bool], ...]
    """Announced shutdowns inside the horizon: month (0-based), and whether the path goes on at a named successor."""
    drawn: bool
    """Whether a life without announced end follows; not where the last end is announced beyond the horizon."""
    age_days: float | None
    """Age of that last model when it is taken up; None where its launch is unknown."""
    safe_days: float
    """Days from then for which its vendor promises to keep it."""


@dataclass(frozen=True)
class PricePath:
    """What is known ahead of an option's price: lists, announced changes, announced shutdowns, drift between them."""

    stretches: tuple[tuple[int, PriceList], ...]
    """The price lists that hold: (first month 0-based, list), ascending; a new one at each announced shutdown."""
    drift_months: Array
    """Months of drift since the last price that a vendor announced in absolute terms, (months,)."""
    drift: Array
    """Drift as a factor on list prices, (draws, months)."""
    ends: Ends
    notes: tuple[str, ...]

    def prices(self, month: int) -> tuple[int, PriceList]:
        """The stretch that holds in a month (0-based), and its price list."""
        stretch = max(i for i, (first, _) in enumerate(self.stretches) if first <= month)
        return stretch, self.stretches[stretch][1]


def month_days(scenario: Scenario) -> list[date]:
    """The 15th of each month of the horizon: prices are looked up then."""
    return [date.fromisoformat(f"{label}-15") for label in month_labels(scenario.start, scenario.horizon_months)]


def price_path(scenario: Scenario, option: TokenOption, inputs: Inputs) -> PricePath:
    """The option's price lists by month, with announced shutdowns as dated moves to the vendor's successor.

    Drift starts anew at every price that is announced: it would be charged twice otherwise.
    Raises InputError for a model that is retired before the horizon starts, naming its successor.
    """
    known = inputs.assumptions
    days = month_days(scenario)
    where = f"options.{option.id}.model"
    current = contracted(_list(known, option, option.provider, option.model, where), option)
    stretches, dated, notes = [(0, current)], list[tuple[int, bool]](), list(current.notes)
    provider, model, endpoint, drawn = option.provider, option.model, option.endpoint, True
    for _ in range(10):  # a successor may be retired in turn
        ends = retirement(known, provider, model, endpoint)
        if ends is not None and ends.reported is not None:
            notes.append(f"one source reports its removal on {ends.reported}; others still list it: ask {provider}")
        if ends is None or ends.shutdown is None:
            break
        if ends.shutdown > days[-1]:
            drawn = False
            break
        successor = ends.successor_model
        if ends.shutdown <= days[0].replace(day=1):
            hint = f"; its successor is {successor}" if successor else ""
            raise InputError(f"{where}: {provider}/{model} is retired on {ends.shutdown}, before {scenario.start}{hint}")
        month = next((i for i, day in enumerate(days) if day >= ends.shutdown), len(days) - 1)
        dated.append((month, successor is not None))
        if successor is None:
            notes.append(f"{model} shuts down on {ends.shutdown} with no named successor: the price step is drawn")
            break
        provider, model = ends.successor_provider or provider, successor
        notes.append(f"shuts down on {ends.shutdown}; its vendor names {provider}/{model} as successor")
        stretches.append((month, contracted(_list(known, option, provider, model, where), option)))
    since = _drift_months(stretches, days)
    return PricePath(
        stretches=tuple(stretches),
        drift_months=since,
        drift=(1 + inputs.number("economy.api_price_drift_per_year")[:, None]) ** (since / 12),
        ends=_ends(known, scenario, (provider, model, endpoint), dated, drawn),
        notes=tuple(dict.fromkeys(notes)),
    )


def _drift_months(stretches: list[tuple[int, PriceList]], days: list[date]) -> Array:
    fresh = {0, *(first for first, _ in stretches)}
    for number, (first, prices) in enumerate(stretches):
        last = stretches[number + 1][0] if number + 1 < len(stretches) else len(days)
        for change in change_dates(prices, days[first], days[last - 1]):
            fresh.add(next(i for i, day in enumerate(days) if day >= change))
    months = np.arange(len(days))
    return np.asarray(months - np.maximum.accumulate(np.where(np.isin(months, sorted(fresh)), months, 0)), dtype=float)


def _ends(
    known: Assumptions, scenario: Scenario, last: tuple[str, str, str | None], dated: list[tuple[int, bool]], drawn: bool
) -> Ends:
    provider, model, endpoint = last
    unnamed = bool(dated) and not dated[-1][1]  # whatever follows is not known yet
    taken_up = month_days(scenario)[dated[-1][0] if dated else 0].replace(day=1)
    launch = None if unnamed else launch_date(known, model)
    promise = None if unnamed else retirement(known, provider, model, endpoint)
    safe = promise.not_before if promise is not None else None
    return Ends(
        dated=tuple(dated),
        drawn=drawn,
        age_days=None if launch is None else float(max(0, (taken_up - launch).days)),
        safe_days=float(max(0, (safe - taken_up).days)) if safe is not None else 0.0,
    )


def _list(known: Assumptions, option: TokenOption, provider: str, model: str, where: str) -> PriceList:
    try:
        return price_list(known, provider, model, endpoint=option.endpoint, region=option.region)
    except UnknownProviderError as error:
        raise InputError(f"options.{option.id}.provider: {error}") from None
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def contracted(prices: PriceList, option: TokenOption) -> PriceList:
    """The price list with the option's own prices and discount on it."""
    contract = option.contract
    own = (contract.input_usd_per_mtok, contract.cached_input_usd_per_mtok, contract.output_usd_per_mtok)
    if contract.discount == 0 and all(price is None for price in own):
        return prices

    agreed = own[0] is not None and own[2] is not None  # then no surcharge of the list is in the price

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
        notes=(*(() if agreed else prices.notes), "prices of the contract in the scenario"),
    )
