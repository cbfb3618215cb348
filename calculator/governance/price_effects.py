"""How rules change prices: what a policy takes away at an endpoint, and what lifting a rule would give back."""

from __future__ import annotations

from calculator.assumptions import Assumptions
from calculator.governance.data_rules import retained_days
from calculator.governance.judging import market_of
from calculator.governance.subject import Subject
from calculator.options import ApiOption, HostedOption, HybridOption, Option, RentedOption, SizedOption
from calculator.scenario import Scenario
from calculator.wording import written

_WITHOUT: dict[str, dict[str, object]] = {
    "DATA-03": {"max_retention_days": None},
    "DATA-04": {"residency": ()},
    "DATA-05": {"health_data": False},
    "DATA-06.keys": {"customer_managed_keys": False},
    "DATA-06.network": {"private_networking": False},
    "DATA-06.fedramp": {"fedramp": None},
    "DATA-07": {"certifications": ()},
    "DATA-08": {"subprocessor_list": False},
    "ORIG-01": {"excluded_jurisdictions": (), "allowed_jurisdictions": ()},
    "ORIG-03": {"allowed_providers": ()},
}
"""What a data policy without the rule says."""
PRICING_RULES = tuple(_WITHOUT)
"""Rules that change what an allowed option costs: retention keeps off batch endpoints, a region has a surcharge, and
each leaves fewer hosts of rented GPUs where none is named."""


def batch_refusal(scenario: Scenario, option: ApiOption | HostedOption, known: Assumptions) -> str | None:
    """Why the data policy keeps an option off its batch endpoint, in words; None where batches may be used.

    A batch endpoint stores files, so its retention is a fact of its own; where that is not known, no discount is assumed.
    """
    subject, data = Subject(scenario, option, known), scenario.data
    places = subject.of_operator("batch_regions")
    if data.residency and places.texts == ("global",):
        return f"batches are processed anywhere, {' or '.join(data.residency)} is required: standard prices are charged"
    if data.max_retention_days is None:
        return None
    kept = subject.of_operator("batch_retention_days")
    days = retained_days(kept)
    if days is not None and days[1] <= data.max_retention_days:
        return None
    said = f"kept {kept.text} days" if days is not None else f"kept for a time that is {kept.why_open}"
    most = written(data.max_retention_days, "g")
    return f"files of a batch are {said}, the policy allows {most}: standard prices are charged"


def lifted(scenario: Scenario, rule: str, known: Assumptions) -> Scenario:
    """The scenario without a rule that changes prices; options lose only what the rule made them pay for.

    Without DATA-03 batches may be kept; without DATA-04 an endpoint with a surcharge for its region gives it up.
    """
    without = scenario.model_copy(update={"data": scenario.data.model_copy(update=_WITHOUT[rule])})
    if rule == "DATA-04":
        without = without.model_copy(update={"options": tuple(_without_surcharge(o, known) for o in scenario.options)})
    return without


def _without_surcharge(option: Option, known: Assumptions) -> Option:
    if not isinstance(option, ApiOption | HostedOption) or option.region is None:
        return option
    offer = known.rows("offers").get(f"{option.provider}/{option.model}")
    if offer is None or option.region not in offer.list("uplift_regions"):
        return option
    return option.model_copy(update={"region": None})


def repriced(scenario: Scenario, rule: str, known: Assumptions) -> frozenset[str]:
    """Ids of options whose cost changes when a rule is lifted, those that lean on them included.

    A rule that the scenario does not call for cannot be lifted: what it would have cost is nobody's price.
    """
    if not _asked(scenario, rule):
        return frozenset()
    waits = any(_some(w.batch_share) for w in scenario.workloads)
    without, changed = lifted(scenario, rule, known), set()
    for option in scenario.options:
        if isinstance(option, RentedOption) and _hosts(scenario, option, known) != _hosts(without, option, known):
            changed.add(option.id)
        if isinstance(option, ApiOption | HostedOption):
            batch = waits and batch_refusal(scenario, option, known) is not None
            freed = batch and batch_refusal(without, option, known) is None
            if freed or (rule == "DATA-04" and _without_surcharge(option, known) != option):
                changed.add(option.id)
    changed |= {o.id for o in scenario.options if isinstance(o, SizedOption) and o.bridge in changed}
    mixes = {o.id for o in scenario.options if isinstance(o, HybridOption) and set(o.legs) & changed}
    return frozenset(changed | mixes)


def _hosts(scenario: Scenario, option: RentedOption, known: Assumptions) -> frozenset[str]:
    """The hosts that a price without a named one is a range over."""
    market = market_of(scenario, option, known)
    return frozenset() if market is None else frozenset(market.hosts)


def _asked(scenario: Scenario, rule: str) -> bool:
    return any(getattr(scenario.data, name) != none for name, none in _WITHOUT[rule].items())


def _some(share: object) -> bool:
    return getattr(share, "high", share) != 0
