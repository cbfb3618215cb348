"""What an option is made of, and what every part of it costs besides serving: setting up, moving, keeping, leaving.

A part that is not used costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import Flows, escalation
from calculator.costs.people import set_up_usd
from calculator.governance.switching import migration_usd, usd_per_engineer_week
from calculator.inputs import Inputs
from calculator.options import Option, SizedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Leg:
    """One option that carries some of the load."""

    option: Option
    model: str
    used: Array
    """1 where it carries anything, 0 where not, (draws,)."""
    until_end: bool = True
    """False for a bridge, which carries the load only until own capacity is there."""


def add_lifecycle(
    flows: Flows, scenario: Scenario, option: Option, legs: Sequence[Leg], running: set[str], inputs: Inputs
) -> tuple[str, ...]:
    """Add set-up, migration, evaluation, planned refresh, audits and exit to `flows`; returns what is said of them.

    `running` are the models of the baseline.
    """
    _set_up_and_move(flows, scenario, option, legs, running, inputs)
    staying = [leg for leg in legs if leg.until_end]
    months = scenario.horizon_months
    wages = escalation(inputs.number("staffing.wage_escalation_per_year"), months)
    per_week = usd_per_engineer_week(inputs)
    models = _by(staying, lambda leg: leg.model)
    count = sum(models.values(), np.zeros(1))
    weeks = inputs.number("lifecycle.evaluation_weeks_per_year") * inputs.given(
        "switching.applications", scenario.switching.applications
    )
    flows.add_monthly("evaluation", (count * weeks * per_week / 12)[:, None] * wages)
    for route, used in _by(staying, lambda leg: leg.option.route).items():
        yearly = inputs.number(f"lifecycle.audit_usd_per_year_{route}")
        flows.add_monthly("audits", (used * yearly / 12)[:, None] * wages)
        ending = inputs.number(f"lifecycle.exit_weeks_{route}") * per_week * used
        flows.add_at("exit", months, ending * wages[:, -1])
    return _refresh(flows, scenario, option, staying, wages, inputs)


def _by(legs: Sequence[Leg], key: Callable[[Leg], str]) -> dict[str, Array]:
    """Whether each thing (a model, a route) is used by any leg, (draws,)."""
    found: dict[str, Array] = {}
    for leg in legs:
        name = key(leg)
        found[name] = np.maximum(found[name], leg.used) if name in found else leg.used
    return found


def _set_up_and_move(
    flows: Flows, scenario: Scenario, option: Option, legs: Sequence[Leg], running: set[str], inputs: Inputs
) -> None:
    """Set-up of the routes, and moving the applications from what runs today; the baseline pays neither."""
    if option.id == scenario.baseline:
        return
    new = [leg for leg in legs if leg.option.id != scenario.baseline]
    for route, used in _by(new, lambda leg: leg.option.route).items():
        flows.add_at("set_up", 0, used * set_up_usd(inputs, route))
    if scenario.baseline is None or not new:
        return
    moved = {model: used for model, used in _by(new, lambda leg: leg.model).items() if model not in running}
    elsewhere = np.zeros(1)
    for used in moved.values():
        flows.add_at("migration", 0, used * migration_usd(scenario, inputs, kind="model"))
        elsewhere = np.maximum(elsewhere, used)
    same = _by(new, lambda leg: "same" if leg.model in running else "other").get("same", np.zeros(1))
    host = np.where(elsewhere > 0, 0.0, same)
    if host.any():
        flows.add_at("migration", 0, host * migration_usd(scenario, inputs, kind="host"))


def refresh_months(years: float, months: int) -> list[int]:
    """Month-ends within the horizon at which the model is replaced by plan; none at its very end, none at 0 years.

    >>> refresh_months(1, 36)
    [12, 24]
    """
    step = round(years * 12)
    return list(range(step, months, step)) if step > 0 else []


def _refresh(
    flows: Flows, scenario: Scenario, option: Option, legs: Sequence[Leg], wages: Array, inputs: Inputs
) -> tuple[str, ...]:
    """Evaluating and moving to a newer model by plan, at base values of the rhythm; forced moves count beyond it."""
    stated = option.refresh_years
    years = inputs.base_number("switching.refresh_years") if stated is None else stated
    planned = refresh_months(years, scenario.horizon_months)
    if not planned:
        when = "no refresh falls into the horizon" if years > 0 else "no refresh is planned"
        return (f"the model stands still: {when}",)
    usd = np.zeros(1)
    for used in _by(legs, lambda leg: leg.model).values():
        usd = usd + used * migration_usd(scenario, inputs, kind="successor")
    sized = _by(legs, lambda leg: "own" if isinstance(leg.option, SizedOption) else "other").get("own")
    if sized is not None:
        usd = usd + sized * inputs.number("lifecycle.resizing_weeks") * usd_per_engineer_week(inputs)
    for month in planned:
        flows.add_at("refresh", month, usd * wages[:, month - 1])
    return ()
