"""Worked calculations about lock-in."""

from __future__ import annotations

import math

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.governance import lifetimes, switching


def extra_forced_migrations_per_year(
    refresh_years: float,
    age_years: float = 0.0,
    exponential_rate: float | None = None,
    group: str | None = None,
    lives_days: list[float] | None = None,
    ended: list[bool] | None = None,
) -> float:
    """Forced moves a year beyond a rhythm of `refresh_years`, for a model adopted at an age.

    Its life follows an exponential rate a year, a shipped curve by id, or the Kaplan-Meier curve of given lives.
    """
    if exponential_rate is not None:
        if exponential_rate <= 0:
            raise InputError("exponential_rate: must be above 0")
        mean = -math.expm1(-exponential_rate * (refresh_years or math.inf)) / exponential_rate
    else:
        if group is None and lives_days is None:
            raise InputError("name exponential_rate, group or lives_days")
        if lives_days is not None:
            curve = lifetimes.kaplan_meier(lives_days, ended or [True] * len(lives_days))
        else:
            curve = lifetimes.named_group(load_assumptions(), str(group), "group").curve
        mean = lifetimes.mean_cycle_years(curve, age_years, refresh_years)
    return lifetimes.extra_forced_migrations_per_year(mean, refresh_years)


def survival_share(lives_days: list[float], ended: list[bool], at_days: float) -> float:
    """Kaplan-Meier share still alive at an age."""
    return float(lifetimes.kaplan_meier(lives_days, ended).at(at_days))


def median_life_days(group: str) -> float:
    """Age by which half of a group's models are gone."""
    curve = lifetimes.named_group(load_assumptions(), group, "group").curve
    return next((day for day, share in zip(curve.days, curve.survival, strict=True) if share <= 0.5), math.inf)


def migration_usd_per_application(
    usd_per_engineer_week: float,
    prompts: float,
    reworked_share: float,
    hours_per_prompt: float,
    evaluation_weeks: float,
    integration_weeks: float,
    integration_reuse_share: float,
    security_review_weeks: float,
) -> float:
    """USD to move one application to another model."""
    weeks = switching.migration_weeks(
        prompts,
        reworked_share,
        hours_per_prompt,
        evaluation_weeks,
        integration_weeks,
        integration_reuse_share,
        security_review_weeks,
    )
    return usd_per_engineer_week * weeks


def forced_migrations_present_value_usd(
    migrations_per_year: float, usd_per_migration: float, years: float, discount_rate: float
) -> float:
    """A steady stream of moves, discounted continuously: n x S x (1 - exp(-rT))/r; undiscounted at r = 0."""
    factor = years if discount_rate == 0 else -math.expm1(-discount_rate * years) / discount_rate
    return migrations_per_year * usd_per_migration * factor
