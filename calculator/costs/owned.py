"""Open weights on bought servers: whole servers in stages, support, power, a site, and what they fetch at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Row
from calculator.costs.fleet import Load
from calculator.costs.flows import Flows, escalation
from calculator.costs.ready import guard_gpus, peak_replicas, spare_replicas, utilization
from calculator.costs.rented import FleetPlan
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import OwnedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def servers_needed(gpus: Array, gpus_per_server: float, life_months: int) -> tuple[Array, Array]:
    """Servers that stand by month and those bought for each month, both (draws, months).

    A server is bought for the month that needs it and kept for its life; one that reaches the end of its life
    is replaced where it is still needed.
    """
    need = np.ceil(gpus / gpus_per_server - 1e-9)
    bought = np.zeros_like(need)
    standing = np.zeros_like(need)
    for month in range(need.shape[1]):
        alive = bought[:, max(0, month - life_months + 1) : month].sum(axis=1)
        bought[:, month] = np.maximum(0, need[:, month] - alive)
        standing[:, month] = alive + bought[:, month]
    return standing, bought


def residual_share(age_months: Array, life_months: float, share_at_end: Array) -> Array:
    """Value left after `age_months`, as a share of the price: linear from 1 to `share_at_end` at the end of life."""
    used = np.clip(age_months / life_months, 0, 1)
    return np.asarray(1 - (1 - share_at_end[:, None]) * used)


def owned_flows(
    scenario: Scenario,
    option: OwnedOption,
    load: Load,
    gpus_per_replica: float,
    inputs: Inputs,
    replicas: Array | None = None,
) -> tuple[Flows, FleetPlan, tuple[str, ...]]:
    """Cost of owning the fleet that the load needs.

    Servers of month t are paid at the end of month t - 1; those standing at the horizon's end are credited with
    their residual value then. `replicas` (draws, months) replaces the fleet that the load would need.
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
    gpus_needed = ready * gpus_per_replica + guard_gpus(option, load, spare)
    per_server = server.number("gpus")
    life_months = round(inputs.base_number("servers.life_years") * 12)
    standing, bought = servers_needed(gpus_needed * option.sites, per_server, life_months)

    flows = Flows(months)
    each = inputs.cell(server, "usd_per_server") + inputs.cell(server, "network_usd_per_server")
    each = each * (1 + inputs.number("servers.spares_share"))
    price = each[:, None] * escalation(inputs.number("economy.hardware_price_drift_per_year"), months)
    paid = bought * price
    hardware = np.pad(paid, ((0, 0), (0, 1)))  # month t's servers are paid at t - 1
    flows.add_flows("hardware", hardware)
    flows.add_at("hardware", 0, inputs.number("servers.installation_usd") * option.sites)
    age = (months - np.arange(months)).astype(float)
    left = residual_share(age[None, :], life_months, inputs.number("servers.residual_share"))
    alive = age <= life_months
    flows.add_at("residual_value", months, -(paid * left * alive).sum(axis=1))
    support = (standing * each[:, None]) * inputs.number("servers.support_share_per_year")[:, None] / 12
    flows.add_monthly("support", support)

    limit = inputs.number("serving.utilization_limit")
    used = utilization(load, ready, limit)
    _site(flows, scenario, option, gpu, standing * per_server, used, inputs)
    lead = server.number("lead_time_months", 0.0)
    notes = (f"servers are ordered {lead:g} months before they are needed and stand ready on the first day",)
    return flows, FleetPlan(ready, standing * per_server, used), notes if lead else ()


def _site(flows: Flows, scenario: Scenario, option: OwnedOption, gpu: Row, gpus: Array, used: Array, inputs: Inputs) -> None:
    """Space and energy: colocation by provisioned kW, energy by average kW at the load x PUE."""
    months = scenario.horizon_months
    known = inputs.assumptions
    hours_per_month = inputs.base_number("demand.hours_per_month")
    idle, busy = inputs.cell(gpu, "idle_kw"), inputs.cell(gpu, "average_kw")
    average_kw = gpus * (idle[:, None] + (busy - idle)[:, None] * np.minimum(used, 1))
    region = "us" if option.country == "US" else "eu" if option.country in EUROPE else "global"
    site = known.row("facility", region)
    pue = inputs.number("facility.pue_colocation" if option.site == "colocation" else "facility.pue_own_site")
    electricity = known.rows("electricity")
    country = electricity.get(option.country) or electricity["EU27" if region == "eu" else "US"]
    included = option.site == "colocation" and site.text("electricity_included", "no") == "yes"
    if not included:
        usd_per_kwh = inputs.cell(country, "usd_per_kwh")
        rise = escalation(inputs.number("facility.power_escalation_per_year"), months)
        flows.add_monthly("power", average_kw * hours_per_month * (usd_per_kwh * pue)[:, None] * rise)
    provisioned_kw = gpus * inputs.cell(gpu, "provisioned_kw")[:, None]
    if option.site == "colocation":
        flows.add_monthly("colocation", provisioned_kw * inputs.cell(site, "colocation_usd_per_kw_month")[:, None])
    else:
        flows.add_monthly("colocation", provisioned_kw * inputs.number("facility.own_site_usd_per_kw_month")[:, None])


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
