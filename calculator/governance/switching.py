"""What it takes to move an application to another model, or to another host of the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from calculator.inputs import Inputs
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Quantity = TypeVar("Quantity", float, "Array")
WEEKS_PER_YEAR = 52
HOURS_PER_WEEK = 40


def usd_per_engineer_week(inputs: Inputs) -> Array:
    """Loaded cost of a week of engineering, (draws,)."""
    yearly = inputs.number("staffing.salary_usd_per_year") * inputs.number("staffing.loading_factor")
    return np.asarray(yearly / WEEKS_PER_YEAR)


def migration_weeks(
    prompts: Quantity,
    reworked_share: Quantity,
    hours_per_prompt: Quantity,
    evaluation_weeks: Quantity,
    integration_weeks: Quantity,
    integration_reuse_share: Quantity,
    security_review_weeks: Quantity,
) -> Quantity:
    """Engineer-weeks to move one application to another model.

    prompts x share reworked x hours/40 + evaluation + integration x (1 - reuse) + security review
    """
    rework = prompts * reworked_share * hours_per_prompt / HOURS_PER_WEEK
    return rework + evaluation_weeks + integration_weeks * (1 - integration_reuse_share) + security_review_weeks


def migration_weeks_per_application(scenario: Scenario, inputs: Inputs, *, same_vendor: bool) -> Array:
    """`migration_weeks` of the scenario, (draws,); the same vendor's successor needs no integration and no review."""
    given = scenario.switching.prompts_per_application
    prompts = (
        inputs.number("switching.prompts_per_application")
        if given is None
        else inputs.given("switching.prompts_per_application", given)
    )
    kind = "same_vendor" if same_vendor else "other_vendor"
    none = np.zeros(1)
    return np.asarray(
        migration_weeks(
            prompts,
            inputs.number(f"switching.share_of_prompts_reworked_{kind}"),
            inputs.number("switching.hours_per_prompt"),
            inputs.number("switching.evaluation_weeks"),
            none if same_vendor else inputs.number("switching.integration_weeks"),
            none if same_vendor else inputs.number("switching.integration_reuse_share"),
            none if same_vendor else inputs.number("switching.security_review_weeks"),
        )
    )


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
