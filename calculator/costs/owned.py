"""Open weights on bought servers: whole servers in stages, support, power, a site, and what they fetch at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Row
from calculator.costs.fleet import Load
from calculator.costs.flows import Flows, escalation
from calculator.costs.ready import guard_gpus, guard_gpus_at_work, peak_replicas, spare_replicas, utilization
from calculator.costs.rented import FleetPlan
from calculator.costs.terms import Terms, signed_in_stages
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import Lease, OwnedOption
from calculator.scenario import Scenario
from calculator.wording import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def residual_share(age_months: Array, life_months: float, share_at_end: Array) -> Array:
    """Value left after `age_months`, as a share of the price: share_at_end^(age / life), (draws, ages).

    Declining balance: the same share is lost every year, so that `share_at_end` is what is left at the end of life, and
    used equipment loses most while it is new. The yearly loss that meets a salvage value is
    K = 1 - (salvage / cost)^(1 / life), Matheson's formula (ancalc.com, Declining Balance Method Depreciation). An
    orderly sale at the horizon's end; what haste costs on top before it is `lifecycle.forced_sale_loss_share`.
    """
    used = np.clip(age_months / life_months, 0, 1)
    return np.asarray(share_at_end[:, None] ** used)


def owned_flows(
    scenario: Scenario,
    option: OwnedOption,
    load: Load,
    gpus_per_replica: float,
    inputs: Inputs,
    replicas: Array | None = None,
    there: Array | None = None,
) -> tuple[Flows, FleetPlan, tuple[str, ...]]:
    """Cost of owning, or leasing, the fleet that the load needs.

    Servers of month t are paid at the end of month t - 1; those standing at the horizon's end are credited with
    their residual value then. `replicas` (draws, months) replaces the fleet that the load would need; `there`
    (draws, months) is 0 in months before delivery, 1 after.
    """
    known = inputs.assumptions
    where = f"options.{option.id}.gpu"
    gpu = known.row("gpus", option.gpu, where)
    if option.gpu not in known.rows("servers"):
        sold = ", ".join(known.rows("servers"))
        raise InputError(f"{where}: no server price for {option.gpu}; there are prices for {sold}")
    server = known.rows("servers")[option.gpu]
    months = scenario.horizon_months
    spare = spare_replicas(option, load, inputs)
    ready = peak_replicas(option, load, spare) if replicas is None else replicas
    limit = inputs.number("serving.utilization_limit")
    guards, guards_at_work = guard_gpus(option, load, spare), guard_gpus_at_work(option, load, spare, limit)
    if there is not None:
        ready, guards, guards_at_work = ready * there, guards * there, guards_at_work * there
    per_server = server.number("gpus")
    need = np.ceil((ready * gpus_per_replica + guards) * option.sites / per_server - 1e-9)

    flows = Flows(months)
    each = inputs.cell(server, "usd_per_server") + inputs.cell(server, "network_usd_per_server")
    each = each * (1 + inputs.number("servers.spares_share"))
    price = each[:, None] * escalation(inputs.number("economy.hardware_price_drift_per_year"), months)
    if option.lease is None:
        standing, notes = _bought(flows, need, price, inputs)
    else:
        standing, notes = _leased(flows, scenario, option.lease, need, price)
    flows.add_at("hardware", 0, inputs.number("servers.installation_usd") * option.sites)
    support = (standing * each[:, None]) * inputs.number("servers.support_share_per_year")[:, None] / 12
    flows.add_monthly("support", support)

    used = utilization(load, ready, limit)
    # the work is done once, however many sites stand ready
    busy = np.minimum(used, 1) * ready * gpus_per_replica + guards_at_work
    notes += _site(flows, scenario, option, gpu, standing * per_server, busy, inputs)
    return flows, FleetPlan(ready, standing * per_server, used, standing * per_server), notes


def _bought(flows: Flows, need: Array, price: Array, inputs: Inputs) -> tuple[Array, tuple[str, ...]]:
    """Servers bought for the month that needs them and kept for their life; those that stand, (draws, months), and notes."""
    months = need.shape[1]
    life_months = round(inputs.base_number("servers.life_years") * 12)
    bought, _ = signed_in_stages(need, life_months)
    paid = bought * price
    flows.add_flows("hardware", np.pad(paid, ((0, 0), (0, 1))))  # month t's servers are paid at t - 1
    age = (months - np.arange(months)).astype(float)
    left = residual_share(age[None, :], life_months, inputs.number("servers.residual_share"))
    fetched = (paid * left * (age <= life_months)).sum(axis=1)
    flows.add_at("residual_value", months, -fetched)
    notes: tuple[str, ...] = ()
    if paid[0].any():
        kept = residual_share(np.array([[12.0]]), life_months, inputs.number("servers.residual_share"))[0, 0]
        shares = [f"{x:.0%}".replace("%", " %") for x in (fetched[0] / paid[0].sum(), 1 - kept)]
        words = f"its servers fetch {shares[0]} of what was paid for all: used, they lose {shares[1]} a year"
        notes = (f"at the horizon's end {words}",)
    return Terms(bought, price, life_months).running, notes


def _leased(flows: Flows, scenario: Scenario, lease: Lease, need: Array, price: Array) -> tuple[Array, tuple[str, ...]]:
    """Servers leased in stages, each for a whole term; what runs on after the horizon is charged at its end."""
    signed, _ = signed_in_stages(need, lease.term_months)
    terms = Terms(signed, price * lease_payment_share(lease), lease.term_months)
    flows.terms.append(terms)
    flows.add_monthly("lease", terms.paid_usd)
    left = terms.left_usd(scenario.discount_rate)
    if left.any():
        flows.add_at("commitment", need.shape[1], left)
    return terms.running, (
        f"servers are leased for {lease.term_months} months at {written(lease.annual_rate, '.1%')} a year",
    )


def lease_payment_share(lease: Lease) -> float:
    """Monthly payment, at month ends, over the price: the annuity that repays the price less its residual's present value.

    (1 - residual v^n) i/(1 - v^n), v = 1/(1 + i), i = annual_rate/12; straight line at rate 0.
    """
    rate, n = lease.annual_rate / 12, lease.term_months
    if rate == 0:
        return (1 - lease.residual_share) / n
    ahead = (1 + rate) ** -n
    return (1 - lease.residual_share * ahead) * rate / (1 - ahead)


def _site(
    flows: Flows, scenario: Scenario, option: OwnedOption, gpu: Row, gpus: Array, busy_gpus: Array, inputs: Inputs
) -> tuple[str, ...]:
    """Space and energy: colocation by provisioned kW, energy by average kW at the load x PUE; returns what is said of it."""
    months = scenario.horizon_months
    known = inputs.assumptions
    hours_per_month = inputs.base_number("demand.hours_per_month")
    idle, busy = inputs.cell(gpu, "idle_kw"), inputs.cell(gpu, "average_kw")
    average_kw = gpus * idle[:, None] + busy_gpus * (busy - idle)[:, None]
    region = "us" if option.country == "US" else "eu" if option.country in EUROPE else "global"
    site = known.row("facility", region)
    pue = inputs.number("facility.pue_colocation" if option.site == "colocation" else "facility.pue_own_site")
    electricity = known.rows("electricity")
    country = electricity.get(option.country) or electricity["EU27" if region == "eu" else "US"]
    elsewhere = (
        ()
        if country.key == option.country
        else (f"electricity at the price of {country.key}: none is known for {option.country}",)
    )
    included = option.site == "colocation" and site.text("electricity_included", "no") == "yes"
    if not included:
        usd_per_kwh = inputs.cell(country, "usd_per_kwh")
        rise = escalation(inputs.number("facility.power_escalation_per_year"), months)
        flows.add_monthly("power", average_kw * hours_per_month * (usd_per_kwh * pue)[:, None] * rise)
    provisioned_kw = gpus * inputs.cell(gpu, "provisioned_kw")[:, None]
    if option.site == "colocation":
        flows.add_monthly("colocation", provisioned_kw * inputs.cell(site, "colocation_usd_per_kw_month")[:, None])
        billed = "is in" if included else "is billed on top of"
        said = f"electricity {billed} the colocation rent"
        return (said,) if included else (said, *elsewhere)
    flows.add_monthly("colocation", provisioned_kw * inputs.number("facility.own_site_usd_per_kw_month")[:, None])
    return elsewhere


EUROPE = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
        "NO",
        "CH",
        "IS",
        "GB",
    ]
)
"""Where the European colocation price stands for the country's."""
