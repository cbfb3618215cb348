"""Who runs it: operations staff, setting up, and moving from what runs today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import escalation
from calculator.inputs import Inputs
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GPUS_PER_STAFF_STEP = 16
WEEKS_PER_YEAR = 52
HOURS_PER_WEEK = 40


def usd_per_fte_month(inputs: Inputs, months: int) -> Array:
    """Cost of one full-time engineer by month, (draws, months): salary x loading / 12, wages escalating."""
    yearly = inputs.number("staffing.salary_usd_per_year") * inputs.number("staffing.loading_factor")
    return yearly[:, None] / 12 * escalation(inputs.number("staffing.wage_escalation_per_year"), months)


def self_host_fte(inputs: Inputs, gpus: Array, *, owned: bool) -> Array:
    """Engineers who keep a fleet of `gpus` (draws, months) running: a first team, more by size, more for own metal.

    fte = base + extra x max(0, gpus - 16)/16 (+ owned_extra); none where there is no fleet.
    """
    steps = np.maximum(0.0, gpus - GPUS_PER_STAFF_STEP) / GPUS_PER_STAFF_STEP
    fte = inputs.number("staffing.self_host_operations_fte")[:, None]
    fte = fte + inputs.number("staffing.extra_fte_per_16_gpus")[:, None] * steps
    if owned:
        fte = fte + inputs.number("staffing.owned_extra_fte")[:, None]
    return np.asarray(np.where(gpus > 0, fte, 0.0))


def usd_per_engineer_week(inputs: Inputs) -> Array:
    """Loaded cost of a week of engineering, (draws,)."""
    yearly = inputs.number("staffing.salary_usd_per_year") * inputs.number("staffing.loading_factor")
    return np.asarray(yearly / WEEKS_PER_YEAR)


def set_up_usd(inputs: Inputs, route: str) -> Array:
    """Engineering before the first request is served by a route, (draws,)."""
    return np.asarray(inputs.number(f"switching.set_up_weeks_{route}") * usd_per_engineer_week(inputs))


def migration_weeks_per_application(scenario: Scenario, inputs: Inputs, *, same_vendor: bool) -> Array:
    """Engineer-weeks to move one application to another model, (draws,).

    weeks = prompts x share reworked x hours/40 + evaluation + integration x (1 - reuse) + security review
    """
    given = scenario.switching.prompts_per_application
    prompts = (
        inputs.number("switching.prompts_per_application")
        if given is None
        else inputs.given("switching.prompts_per_application", given)
    )
    kind = "same_vendor" if same_vendor else "other_vendor"
    reworked = prompts * inputs.number(f"switching.share_of_prompts_reworked_{kind}")
    weeks = reworked * inputs.number("switching.hours_per_prompt") / HOURS_PER_WEEK
    weeks = weeks + inputs.number("switching.evaluation_weeks")
    if not same_vendor:
        reuse = inputs.number("switching.integration_reuse_share")
        weeks = weeks + inputs.number("switching.integration_weeks") * (1 - reuse)
        weeks = weeks + inputs.number("switching.security_review_weeks")
    return np.asarray(weeks)


def migration_usd(scenario: Scenario, inputs: Inputs, *, kind: str) -> Array:
    """Cost of moving all applications, (draws,).

    `kind`: `model` (another vendor's model), `successor` (the same vendor's next), `host` (same weights elsewhere).
    """
    applications = inputs.given("switching.applications", scenario.switching.applications)
    effort = inputs.given("switching.effort_ratio", scenario.switching.effort_ratio)
    if kind == "host":
        weeks = inputs.number("switching.host_change_weeks")
    else:
        weeks = migration_weeks_per_application(scenario, inputs, same_vendor=kind == "successor")
    return np.asarray(applications * effort * weeks * usd_per_engineer_week(inputs))
