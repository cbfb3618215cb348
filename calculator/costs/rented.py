"""Open weights on rented GPUs: on demand by the hour, reserved around the clock, or spot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Row
from calculator.costs.fleet import FleetLoad
from calculator.costs.flows import Flows, escalation
from calculator.costs.ready import ready, spare_replicas, utilization
from calculator.costs.terms import Terms, signed_in_stages
from calculator.errors import InputError, unknown_name
from calculator.governance.judging import market_of
from calculator.governance.rental_market import RentalMarket, offers_by_host
from calculator.inputs import Inputs
from calculator.options import RentedOption
from calculator.quantities import Range
from calculator.scenario import Scenario
from calculator.wording import dollars

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_PRICE_SHARE = 0.05
"""Of the on-demand price; no discount of a range goes further."""
TERM_MONTHS = {"on_demand": 0, "spot": 0, "reserved_1y": 12, "reserved_3y": 36}


@dataclass(frozen=True)
class RentalPrice:
    """Price of one GPU and the unit in which it is rented."""

    usd_per_gpu_hour: Array
    gpus_per_unit: float
    notes: tuple[str, ...]
    on_demand_ratio: Array = field(default_factory=lambda: np.full(1, np.inf))
    """On-demand price over this one, (draws,); inf where no on-demand price is known."""


@dataclass(frozen=True)
class FleetPlan:
    """How many replicas and GPUs a fleet has, (draws, months)."""

    replicas: Array
    gpus: Array
    """Of the busiest hour."""
    utilization: Array
    gpus_average: Array
    """GPUs that stand ready, averaged over the week; guard models, whole units and every site counted."""


def rental_price(scenario: Scenario, option: RentedOption, inputs: Inputs) -> RentalPrice:
    """Price of the option's GPU: its contract, the provider's list for region and commitment, or the market's range.

    Where a provider lists no price for the commitment, its on-demand price less the usual discount stands in;
    where it lists none for the region, its price elsewhere; both are said. Where no provider is named, the price
    is the range over those that rent the GPU out in the option's region and do best by the scenario's rules.
    """
    return inputs.once(f"rental price of {option.id}", (scenario, option), lambda: _rental_price(scenario, option, inputs))


def _rental_price(scenario: Scenario, option: RentedOption, inputs: Inputs) -> RentalPrice:
    known = inputs.assumptions
    known.row("gpus", option.gpu, f"options.{option.id}.gpu")
    own = option.contract.usd_per_gpu_hour
    rows = [r for r in known.rows("gpu_rental").values() if r.text("gpu") == option.gpu]
    if own is None and option.provider is None:
        market = market_of(scenario, option, known)
        if market is not None:
            return _market_range(option, market, inputs)
    provider = option.provider or "market"
    offers = [r for r in rows if r.text("provider") == provider]
    if not offers and own is None:
        _no_offer(option, rows, known.rows("gpu_rental").values())
    exact = _matching(offers, option.region, option.commitment) if offers else None
    unit = exact.number("gpus_per_sku", 1.0) if exact else offers[0].number("gpus_per_sku", 1.0) if offers else 1.0
    if own is not None:
        usd = inputs.given(f"options.{option.id}.contract.usd_per_gpu_hour", own)
        return RentalPrice(usd, unit, ("GPU price of the contract in the scenario",))
    keep = 1 - option.contract.discount
    listed = _matching(offers, option.region, "on_demand")
    if exact is not None:
        usd = inputs.cell(exact, "usd_per_gpu_hour")
        ratio = np.full(1, np.inf) if listed is None else inputs.cell(listed, "usd_per_gpu_hour") / usd
        return RentalPrice(usd * keep, unit, _region_note(exact, option), np.asarray(ratio))
    if listed is None:
        raise InputError(
            f"options.{option.id}.commitment: {provider} lists neither a {option.commitment} nor an on-demand price "
            f"for {option.gpu}; set contract.usd_per_gpu_hour, or choose another provider"
        )
    return _discounted(option, inputs.cell(listed, "usd_per_gpu_hour") * keep, listed, provider, inputs)


def _discounted(option: RentedOption, on_demand: Array, listed: Row, provider: str, inputs: Inputs) -> RentalPrice:
    """An on-demand price less the usual discount of the commitment."""
    notes, unit = _region_note(listed, option), listed.number("gpus_per_sku", 1.0)
    if option.commitment == "on_demand":
        return RentalPrice(on_demand, unit, notes)
    keep = np.maximum(1 - inputs.number(f"gpu_rental.{option.commitment}_discount"), LEAST_PRICE_SHARE)
    words = option.commitment.replace("_", " ")
    notes = (*notes, f"{provider} lists no {words} price for {option.gpu}: on-demand less the usual discount")
    return RentalPrice(on_demand * keep, unit, notes, np.asarray(1 / keep))


def _market_range(option: RentedOption, market: RentalMarket, inputs: Inputs) -> RentalPrice:
    """P10, median and P90 of the on-demand prices of the hosts that remain."""
    offers = offers_by_host(option, inputs.assumptions)
    fitting = [offers[host] for host in sorted(market.hosts)]
    for row in fitting:
        inputs.used.setdefault(row.parameter("usd_per_gpu_hour").id, row.parameter("usd_per_gpu_hour"))
    prices = [row.number("usd_per_gpu_hour") for row in fitting]
    low, middle, high = (float(q) for q in np.quantile(prices, [0.1, 0.5, 0.9]))
    usd = inputs.given(f"gpu_rental.market.{option.gpu}.{option.region or 'any'}", Range(low=low, base=middle, high=high))
    usd = usd * (1 - option.contract.discount)
    span = dollars(middle, 2) if low == high else f"{dollars(low, 2)} to {dollars(high, 2)}"
    notes = [f"no provider is named: {span} a GPU-hour on demand over {market.words}"]
    if market.left_out:
        notes.append(f"left out of the range: {market.left_out_words}")
    units = sorted(row.number("gpus_per_sku", 1.0) for row in fitting)
    median_row = min(fitting, key=lambda r: abs(r.number("usd_per_gpu_hour") - middle))
    price = _discounted(option, usd, median_row, "the market", inputs)
    said = tuple(n for n in price.notes if "none is listed for" not in n)
    return RentalPrice(price.usd_per_gpu_hour, units[len(units) // 2], (*notes, *said), price.on_demand_ratio)


def _no_offer(option: RentedOption, rows: list[Row], table: Iterable[Row]) -> None:
    where = f"options.{option.id}"
    renting = sorted({r.text("provider") for r in rows} - {"market"})
    everyone = {r.text("provider") for r in table}
    if option.provider is not None and option.provider not in everyone:
        raise unknown_name(f"{where}.provider", "GPU provider", option.provider, everyone - {"market"})
    hint = f"who does: {', '.join(renting)}" if renting else "no provider in assumptions/gpu_rental.yaml rents it"
    raise InputError(f"{where}: {option.provider or 'the market'} has no rental price for {option.gpu}; {hint}")


def _matching(offers: list[Row], region: str | None, commitment: str) -> Row | None:
    fitting = [r for r in offers if r.text("commitment") == commitment]
    same = [r for r in fitting if region is not None and r.text("region") == region]
    return next(iter(same or fitting), None)


def _region_note(row: Row, option: RentedOption) -> tuple[str, ...]:
    region = row.text("region")
    if option.region is None or region in (option.region, "any"):
        return ()
    return (f"price of {row.text('provider')} in {region}; none is listed for {option.region}",)


def rented_flows(
    scenario: Scenario, option: RentedOption, load: FleetLoad, inputs: Inputs, there: Array | None = None
) -> tuple[Flows, FleetPlan, RentalPrice]:
    """Rent of the fleet that the load needs.

    On demand and spot scale with the hour of the week. Reservations are signed in stages as the load grows and
    billed around the clock for their term, to its end. `there` (draws, months) is 0 before delivery, 1 after.
    """
    price = rental_price(scenario, option, inputs)
    spare = spare_replicas(option, load, inputs)
    each, unit = load.sizing.gpus_per_replica, price.gpus_per_unit
    fleet = ready(option, load, spare, each, unit, start_hours(option, inputs), upgrade_share(option, inputs))
    flows = Flows(scenario.horizon_months)
    here = np.ones((1, 1)) if there is None else there
    gpus = fleet.gpus_peak * option.sites * here, fleet.gpus_average * option.sites * here
    standing = rent(flows, scenario, option, *gpus, price, inputs)
    limit = inputs.number("serving.utilization_limit")
    replicas = (fleet.peak if TERM_MONTHS[option.commitment] else fleet.average) * here
    average = standing if TERM_MONTHS[option.commitment] else gpus[1]
    return flows, FleetPlan(fleet.peak * here, standing, utilization(load, replicas, limit), average), price


def start_hours(option: RentedOption, inputs: Inputs) -> float:
    """Hours for which a replica is billed before it serves, where the fleet follows the load."""
    return 0.0 if TERM_MONTHS[option.commitment] else inputs.base_number("serving.replica_start_minutes") / 60


def upgrade_share(option: RentedOption, inputs: Inputs) -> float:
    """Share of the time for which the replicas of an upgrade are billed."""
    if TERM_MONTHS[option.commitment] or not option.upgrade_surge_replicas:
        return 1.0
    return inputs.base_number("serving.upgrade_hours_per_month") / inputs.base_number("demand.hours_per_month")


def rent(
    flows: Flows,
    scenario: Scenario,
    option: RentedOption,
    gpus_peak: Array,
    gpus_average: Array,
    price: RentalPrice,
    inputs: Inputs,
) -> Array:
    """Add the rent of a fleet to `flows`; returns the GPUs of the busiest hour by month.

    `gpus_peak` are those of the busiest hour, `gpus_average` those of the mean hour of the week, (draws, months).
    """
    hours_per_month = inputs.base_number("demand.hours_per_month")
    drift = escalation(inputs.number("economy.gpu_rental_price_drift_per_year"), scenario.horizon_months)
    usd_per_gpu_month = hours_per_month * price.usd_per_gpu_hour[:, None] * drift
    if TERM_MONTHS[option.commitment]:
        usd, standing = _reserved(flows, scenario, option, gpus_peak, usd_per_gpu_month, price)
    else:
        billed, standing = gpus_average, gpus_peak
        if option.commitment == "spot":
            billed = billed * (1 + spot_extra_share(inputs))[:, None]
        usd = billed * usd_per_gpu_month
    flows.add_monthly("compute", usd)
    overhead = inputs.number("gpu_rental.cluster_and_storage_share")
    flows.add_monthly("cluster_and_storage", usd * overhead[:, None])
    return standing


def _reserved(
    flows: Flows, scenario: Scenario, option: RentedOption, need: Array, usd_per_gpu_month: Array, price: RentalPrice
) -> tuple[Array, Array]:
    """Rent of reservations signed in stages, (draws, months), and the GPUs that stand; the overhang goes to `commitment`.

    Growth and renewals so late that the rest of the horizon on demand costs less than a whole term are rented on demand:
    nothing is then owed after the horizon. All other terms are owed to their end, and what falls after it is charged.
    """
    months, term = scenario.horizon_months, TERM_MONTHS[option.commitment]
    left = months - np.arange(months)
    late = left[None, :] * price.on_demand_ratio[:, None] < term
    late[:, 0] = False  # the reservation that was asked for is signed
    signed, otherwise = signed_in_stages(need, term, np.broadcast_to(late, (late.shape[0], months)))
    terms = Terms(signed, usd_per_gpu_month, term, otherwise)
    flows.terms.append(terms)
    overhang = terms.left_usd(scenario.discount_rate)
    if overhang.any():
        flows.add_at("commitment", months, overhang)
    ratio = np.where(np.isfinite(price.on_demand_ratio), price.on_demand_ratio, 0.0)  # inf is never rented otherwise
    usd = terms.paid_usd + otherwise * usd_per_gpu_month * ratio[:, None]
    return usd, terms.running + otherwise


def spot_note(inputs: Inputs) -> str:
    """What is said of capacity that may be taken back."""
    more = f"{float(spot_extra_share(inputs)[0]):.0%} more GPUs are billed than serve"
    return f"spot capacity may be taken back: {more}, as spares and while machines are replaced"


def spot_extra_share(inputs: Inputs) -> Array:
    """GPUs billed beyond those that serve: the spare for machines taken back, and the time that it takes to replace them."""
    lost = inputs.number("gpu_rental.spot_interruptions_per_month") * inputs.number("gpu_rental.spot_recovery_hours")
    share = np.minimum(lost / inputs.base_number("demand.hours_per_month"), 0.9)
    return np.asarray(inputs.number("gpu_rental.spot_spare_share") + share / (1 - share))
