"""Who runs it: operations staff and setting up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import escalation
from calculator.demand import WEEK_HOURS, Demand
from calculator.governance.switching import usd_per_engineer_week
from calculator.inputs import Inputs
from calculator.options import Option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GPUS_PER_STAFF_STEP = 16


def usd_per_fte_month(inputs: Inputs, months: int) -> Array:
    """Cost of one full-time engineer by month, (draws, months): salary x loading / 12, wages escalating."""
    yearly = inputs.number("staffing.salary_usd_per_year") * inputs.number("staffing.loading_factor")
    return yearly[:, None] / 12 * escalation(inputs.number("staffing.wage_escalation_per_year"), months)


def self_host_fte(inputs: Inputs, gpus: Array, *, owned: bool | Array, always_on: bool = False) -> Array:
    """Engineers who keep a fleet of `gpus` (draws, months) running: a first team, more by size, more for own metal.

    fte = max(base + extra x max(0, gpus - 16)/16, on-call floor of an always-on service) (+ owned_extra); none where
    there is no fleet. `owned` may be 1 or 0 by draw, (draws,).
    """
    steps = np.maximum(0.0, gpus - GPUS_PER_STAFF_STEP) / GPUS_PER_STAFF_STEP
    fte = inputs.number("staffing.self_host_operations_fte")[:, None]
    fte = fte + inputs.number("staffing.extra_fte_per_16_gpus")[:, None] * steps
    if always_on:
        fte = np.maximum(fte, inputs.number("staffing.on_call_floor_fte")[:, None])
    if np.any(owned):
        fte = fte + (inputs.number("staffing.owned_extra_fte") * owned)[:, None]
    return np.asarray(np.where(gpus > 0, fte, 0.0))


def is_always_on(demands: Sequence[Demand], inputs: Inputs) -> bool:
    """Whether somebody must be on call at night: interactive load that never falls far below its mean."""
    waiting = [float(d.batch_share.max()) >= 1 for d in demands]
    weights = [d.hour_weights * float(d.requests[0, 0]) for d, waits in zip(demands, waiting, strict=True) if not waits]
    if not weights:
        return False
    week = np.sum(weights, axis=0)
    quietest = float(week.min() * WEEK_HOURS / week.sum())
    return quietest >= inputs.base_number("staffing.always_on_share")


def token_fte(inputs: Inputs, route: str) -> Array:
    """People behind an API, (draws, 1): keys, quotas, budgets; an API is not free of them."""
    return inputs.number(f"staffing.{'api' if route == 'api' else 'hosted'}_operations_fte")[:, None]


def stated_fte(option: Option, inputs: Inputs) -> Array | None:
    """The scenario's own figure for an option, (draws, 1), such as a share of an existing team."""
    if option.operations_fte is None:
        return None
    return inputs.given(f"options.{option.id}.operations_fte", option.operations_fte)[:, None]


def set_up_usd(inputs: Inputs, route: str) -> Array:
    """Engineering before the first request is served by a route, (draws,)."""
    return np.asarray(inputs.number(f"switching.set_up_weeks_{route}") * usd_per_engineer_week(inputs))
