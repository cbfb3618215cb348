"""Keeping the serving stack of own GPUs patched: labour that an API's customer does not have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.flows import Flows
from calculator.costs.legs import Leg
from calculator.costs.people import usd_per_fte_month
from calculator.governance.switching import HOURS_PER_WEEK, WEEKS_PER_YEAR
from calculator.inputs import Inputs
from calculator.options import OwnedOption, SizedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def add_patching(flows: Flows, scenario: Scenario, legs: Sequence[Leg], inputs: Inputs, gpus: Array | None) -> None:
    """Events a year x hours x wage x clusters, month by month; none in months without GPUs."""
    clusters = _clusters(legs)
    if gpus is None or not clusters.any():
        return
    row = inputs.assumptions.row("patching", scenario.security.serving_stack)
    hours = inputs.cell(row, "events_per_year") * inputs.number("patching.hours_per_event") * clusters / 12
    usd_per_hour = usd_per_fte_month(inputs, scenario.horizon_months) * 12 / (WEEKS_PER_YEAR * HOURS_PER_WEEK)
    flows.add_monthly("patching", np.where(gpus > 0, usd_per_hour * hours[:, None], 0.0))


def _clusters(legs: Sequence[Leg]) -> Array:
    """Fleets that are patched one by one, (draws,): one a site; legs that serve the same model are one fleet."""
    fleets: dict[str, Array] = {}
    for leg in legs:
        if isinstance(leg.option, SizedOption):
            sites = leg.used * (leg.option.sites if isinstance(leg.option, OwnedOption) else 1)
            fleets[leg.model] = np.maximum(fleets.get(leg.model, np.zeros(1)), sites)
    return np.asarray(sum(fleets.values(), np.zeros(1)))
