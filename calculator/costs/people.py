"""Who runs it: operations staff and setting up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import escalation
from calculator.governance.switching import usd_per_engineer_week
from calculator.inputs import Inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GPUS_PER_STAFF_STEP = 16


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


def set_up_usd(inputs: Inputs, route: str) -> Array:
    """Engineering before the first request is served by a route, (draws,)."""
    return np.asarray(inputs.number(f"switching.set_up_weeks_{route}") * usd_per_engineer_week(inputs))
