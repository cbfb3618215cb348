"""Open weights on rented GPUs: on demand by the hour, reserved around the clock, or spot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Row
from calculator.costs.fleet import FleetLoad
from calculator.costs.flows import Flows, escalation
from calculator.costs.ready import ready, spare_replicas, utilization
from calculator.errors import InputError, unknown_name
from calculator.inputs import Inputs
from calculator.options import RentedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TERM_MONTHS = {"on_demand": 0, "spot": 0, "reserved_1y": 12, "reserved_3y": 36}


@dataclass(frozen=True)
class RentalPrice:
    """Price of one GPU and the unit in which it is rented."""

    usd_per_gpu_hour: Array
    gpus_per_unit: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FleetPlan:
    """How many replicas and GPUs a fleet has, (draws, months)."""

    replicas: Array
    gpus: Array
    utilization: Array


def rental_price(option: RentedOption, inputs: Inputs) -> RentalPrice:
    """Price of the option's GPU: its contract, the provider's list for region and commitment, or the market's range.

    Where a provider lists no price for the commitment, its on-demand price less the usual discount stands in;
    where it lists none for the region, its price elsewhere; both are said.
    """
    known = inputs.assumptions
    known.row("gpus", option.gpu, f"options.{option.id}.gpu")
    own = option.contract.usd_per_gpu_hour
    rows = [r for r in known.rows("gpu_rental").values() if r.text("gpu") == option.gpu]
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
    if exact is not None:
        return RentalPrice(inputs.cell(exact, "usd_per_gpu_hour") * keep, unit, _region_note(exact, option))
    listed = _matching(offers, option.region, "on_demand") or offers[0]
    notes = _region_note(listed, option)
    if option.commitment == "on_demand":
        return RentalPrice(inputs.cell(listed, "usd_per_gpu_hour") * keep, listed.number("gpus_per_sku", 1.0), notes)
    discount = inputs.number(f"gpu_rental.{option.commitment}_discount")
    words = option.commitment.replace("_", " ")
    notes = (*notes, f"{provider} lists no {words} price for {option.gpu}: on-demand less the usual discount")
    usd = inputs.cell(listed, "usd_per_gpu_hour") * (1 - discount) * keep
    return RentalPrice(usd, listed.number("gpus_per_sku", 1.0), notes)


def _no_offer(option: RentedOption, rows: list[Row], table: object) -> None:
    where = f"options.{option.id}"
    renting = sorted({r.text("provider") for r in rows} - {"market"})
    everyone = {r.text("provider") for r in table}  # type: ignore[attr-defined]
    if option.provider is not None and option.provider not in everyone:
        raise unknown_name(f"{where}.provider", "GPU provider", option.provider, everyone - {"market"})
    hint = f"who does: {', '.join(renting)}" if renting else "no provider in assumptions/gpu_rental.yaml rents it"
    raise InputError(f"{where}: {option.provider or 'the market'} has no rental price for {option.gpu}; {hint}")


def _matching(offers: list[Row], region: str | None, commitment: str) -> Row | None:
    fitting = [r for r in offers if r.text("commitment") == commitment]
    same = [r for r in fitting if region is not None and r.text("region") == region]
    return (same or fitting or [None])[0]  # type: ignore[list-item]


def _region_note(row: Row, option: RentedOption) -> tuple[str, ...]:
    region = row.text("region")
    if option.region is None or region in (option.region, "any"):
        return ()
    return (f"price of {row.text('provider')} in {region}; none is listed for {option.region}",)


def rented_flows(
    scenario: Scenario, option: RentedOption, load: FleetLoad, inputs: Inputs, spare: Array | None = None
) -> tuple[Flows, FleetPlan, RentalPrice]:
    """Rent of the fleet that the load needs.

    On demand and spot scale with the hour of the week. Reservations are billed around the clock for their term:
    the fleet of a month is the largest need of the months that its running reservations were made for.
    """
    price = rental_price(option, inputs)
    spare = spare_replicas(option, load, inputs) if spare is None else spare
    each, unit = load.sizing.gpus_per_replica, price.gpus_per_unit
    fleet = ready(option, load, spare, each, unit, start_hours(option, inputs), upgrade_share(option, inputs))
    flows = Flows(scenario.horizon_months)
    gpus = fleet.gpus_peak * option.sites, fleet.gpus_average * option.sites
    standing = rent(flows, scenario, option, *gpus, price, inputs)
    limit = inputs.number("serving.utilization_limit")
    replicas = fleet.peak if TERM_MONTHS[option.commitment] else fleet.average
    return flows, FleetPlan(fleet.peak, standing, utilization(load, replicas, limit)), price


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
    months = scenario.horizon_months
    term = TERM_MONTHS[option.commitment]
    drift = escalation(inputs.number("economy.gpu_rental_price_drift_per_year"), months)
    peak = gpus_peak
    if term:
        billed = trailing_maximum(peak, term)
        drift = drift[:, np.arange(months) // term * term]  # a term keeps the price at which it began
        peak = billed
    else:
        billed = gpus_average
        if option.commitment == "spot":
            billed = billed * (1 + inputs.number("gpu_rental.spot_spare_share"))[:, None]
    usd = billed * hours_per_month * price.usd_per_gpu_hour[:, None] * drift
    flows.add_monthly("compute", usd)
    overhead = inputs.number("gpu_rental.storage_and_network_share")
    flows.add_monthly("storage_and_network", usd * overhead[:, None])
    return peak


def trailing_maximum(need: Array, term: int) -> Array:
    """Running maximum over the last `term` months, (draws, months): what staged reservations add up to."""
    out: Array = need.copy()
    for lag in range(1, min(term, need.shape[1])):
        out[:, lag:] = np.maximum(out[:, lag:], need[:, :-lag])
    return out
