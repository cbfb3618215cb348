"""Where an application could go when its model is withdrawn: the cheapest other offers that are allowed and good enough.

Two kinds: the same open weights at another host, and another model. An offer counts if it is judged no worse than the
option itself by the strict reading (the quality floor among the gates): an option that passes moves only to what passes,
one that waits for evidence is priced as if its kind of evidence came in. It must be priced and have no announced
shutdown inside the horizon. Where no floor is set, another model must score at least what the present one does: price
decides little until quality is equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions, Row
from calculator.costs.price_path import TokenOption, month_days
from calculator.demand import mean_tokens
from calculator.errors import InputError
from calculator.governance.gate import RANK, feasibility
from calculator.governance.judging import judge
from calculator.options import ApiOption, HostedOption
from calculator.prices import PriceList, price_list, request_cost_usd
from calculator.quality.scoring import option_quality
from calculator.quantities import base
from calculator.retirements import retirement
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Factors = Callable[[TokenOption, Assumptions], tuple[float, float]]
"""Billed input and output tokens of an offer over the workload's, at base values."""


@dataclass(frozen=True)
class Offer:
    """A priced offer that an application could move to."""

    option: TokenOption
    usd_by_month: Array
    """Price of the workloads' mean request at list prices, (months,)."""

    @property
    def name(self) -> str:
        return f"{self.option.provider}/{self.option.model}"


@dataclass(frozen=True)
class Alternatives:
    """The cheapest of either kind, None where there is none, and everyone who runs the same weights."""

    host: Offer | None
    model: Offer | None
    operators: tuple[str, ...]
    """Priced providers of the same weights that are judged no worse, this one included."""


@dataclass(frozen=True)
class Key:
    """A scenario as far as gates and prices of offers depend on it."""

    parts: tuple[object, ...]
    scenario: Scenario = field(compare=False)


def alternatives(scenario: Scenario, option: TokenOption, known: Assumptions, factors_of: Factors) -> Alternatives:
    """The offers that could follow `option`, judged and priced on this scenario. Kept: it holds in every draw."""
    return _alternatives(_mix_of(key_of(scenario)), option, known, factors_of)


def key_of(scenario: Scenario) -> Key:
    """By which offers, their prices and what the gates say of them are kept between runs."""
    s = scenario
    return Key((s.data, s.organization, s.workloads, s.evidence, s.as_of, s.start, s.horizon_months), scenario)


def _rules_of(key: Key) -> Key:
    """The same without volumes and growth, on which no gate hangs: what is judged holds while they are moved."""
    still = {"requests_per_month": 1.0, "annual_growth": 0.0}
    data, organization, workloads, *rest = key.parts
    assert isinstance(workloads, tuple)
    return Key((data, organization, tuple(w.model_copy(update=still) for w in workloads), *rest), key.scenario)


def _mix_of(key: Key) -> Key:
    """The same with each workload's share of the requests: the price of a mean request holds while all grow alike."""
    data, organization, workloads, *rest = key.parts
    assert isinstance(workloads, tuple)
    total = sum(base(w.requests_per_month) for w in workloads)
    shares = ({"requests_per_month": base(w.requests_per_month) / total, "annual_growth": 0.0} for w in workloads)
    mixed = tuple(w.model_copy(update=share) for w, share in zip(workloads, shares, strict=True))
    return Key((data, organization, mixed, *rest), key.scenario)


@lru_cache(maxsize=256)
def _alternatives(key: Key, option: TokenOption, known: Assumptions, factors_of: Factors) -> Alternatives:
    scenario = key.scenario
    days = month_days(scenario)
    mine = weights_of(option, known)
    same: list[TokenOption] = []
    other: list[TokenOption] = []
    for offer in _priced_offers(key, option.region, known, factors_of):
        hosted_same = mine is not None and weights_of(offer, known) == mine
        (same if hosted_same else other).append(offer)
    rules = _rules_of(key)
    standing = min(_standing(rules, option, known), RANK["needs_evidence"])  # what fails is no way out for anybody
    passing = [o for o in same if _standing(rules, o, known) <= standing]
    elsewhere = [o for o in passing if o.provider != option.provider]
    least = _least_score(scenario, option, known)
    good = (o for o in other if least is not None and _good_enough(scenario, o, least, known))
    model = next((o for o in good if _standing(rules, o, known) <= standing), None)
    return Alternatives(
        host=_priced(scenario, elsewhere[0], days, known, factors_of) if elsewhere else None,
        model=None if model is None else _priced(scenario, model, days, known, factors_of),
        operators=tuple(sorted({o.provider for o in passing})),
    )


@lru_cache(maxsize=64)
def _priced_offers(key: Key, region: str | None, known: Assumptions, factors_of: Factors) -> tuple[TokenOption, ...]:
    """Every offer in a region that is priced and has no announced end in the horizon, cheapest first."""
    days = month_days(key.scenario)
    priced = []
    for offer in _offers(region, known):
        usd = _usd(key.scenario, offer, days[len(days) // 2], known, factors_of)
        if usd is not None and not _ends(offer, days[-1], known):
            priced.append((usd, offer))
    return tuple(offer for _, offer in sorted(priced, key=_by_price))


def _by_price(entry: tuple[float, TokenOption]) -> tuple[float, str, str]:
    usd, offer = entry
    return usd, offer.provider, offer.model


def weights_of(option: TokenOption, known: Assumptions) -> str | None:
    """The open weights behind an offer; None for a proprietary model."""
    if isinstance(option, HostedOption) and option.weights is not None:
        return option.weights
    row = known.rows("offers").get(f"{option.provider}/{option.model}")
    return row.text("weights", None) if row is not None else None


def _offers(region: str | None, known: Assumptions) -> Iterator[TokenOption]:
    """Every offer of the table at each of its provider's endpoints, in one region."""
    endpoints: dict[str, list[str]] = {}
    for name in known.rows("providers"):
        provider, _, own = name.partition("@")
        endpoints.setdefault(provider, []).extend([own] if own else [])
    for row in known.rows("offers").values():
        at: tuple[str | None, ...] = (None, *endpoints.get(row.text("provider"), ()))
        for endpoint in at:
            yield _option(row, endpoint, region)


def _option(row: Row, endpoint: str | None, region: str | None) -> TokenOption:
    provider, model, weights = row.text("provider"), row.text("model"), row.text("weights", None)
    if weights is None:
        return ApiOption(id="offer", route="api", provider=provider, model=model, endpoint=endpoint, region=region)
    return HostedOption(
        id="offer", route="hosted", provider=provider, model=model, endpoint=endpoint, region=region, weights=weights
    )


def _ends(offer: TokenOption, last: date, known: Assumptions) -> bool:
    known_end = retirement(known, offer.provider, offer.model, offer.endpoint)
    return known_end is not None and known_end.shutdown is not None and known_end.shutdown <= last


def _list(offer: TokenOption, known: Assumptions) -> PriceList:
    return price_list(known, offer.provider, offer.model, endpoint=offer.endpoint, region=offer.region)


def _usd(scenario: Scenario, offer: TokenOption, day: date, known: Assumptions, factors_of: Factors) -> float | None:
    try:
        return mean_request_usd(scenario, _list(offer, known), day, factors_of(offer, known))
    except InputError:  # offered, but not priced
        return None


def _priced(scenario: Scenario, offer: TokenOption, days: list[date], known: Assumptions, factors_of: Factors) -> Offer:
    prices, factors = _list(offer, known), factors_of(offer, known)
    return Offer(offer, np.array([mean_request_usd(scenario, prices, day, factors) for day in days]))


def mean_request_usd(scenario: Scenario, prices: PriceList, day: date, factors: tuple[float, float]) -> float:
    """List price of the workloads' mean request, without batch and cache writes: for ranking offers, not for bills."""
    total = usd = 0.0
    for workload in scenario.workloads:
        requests = base(workload.requests_per_month)
        tokens = base(mean_tokens(workload.input_tokens)) * factors[0]
        each = request_cost_usd(
            prices,
            input_tokens=tokens,
            output_tokens=base(mean_tokens(workload.output_tokens)) * factors[1],
            cached_input_tokens=tokens * base(workload.cacheable_input_share),
            on=day,
        )
        usd, total = usd + requests * each, total + requests
    return usd / total


@lru_cache(maxsize=2048)
def _standing(key: Key, offer: TokenOption, known: Assumptions) -> int:
    """0 where every gate passes, more where evidence is missing or a rule fails."""
    return RANK[feasibility(judge(key.scenario, offer, known))]


def _least_score(scenario: Scenario, option: TokenOption, known: Assumptions) -> float | None:
    """What another model must score: 0 where a floor is set (a gate then), else the present score; None if unknown."""
    if any(w.quality_floor for w in scenario.workloads):
        return 0.0
    mine = option_quality(scenario, option, known)
    return None if mine is None else mine.score


def _good_enough(scenario: Scenario, offer: TokenOption, least: float, known: Assumptions) -> bool:
    if least == 0:
        return True
    theirs = option_quality(scenario, offer, known)
    return theirs is not None and theirs.matches and theirs.score is not None and theirs.score >= least
