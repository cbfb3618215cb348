"""Security losses in money, FAIR-style: how often, how large, what share concerns this workload.

    frequency = -ln(1 - P(incident | size) x share AI-involved) x sector x controls x workload's share x route

The route's ratio has mean exactly 1 for every route unless the user has own evidence: published counts have no
denominators, so that nothing says self-hosting is safer or riskier. Multiplying published factors assumes that they
are independent. Losses are nominal and undiscounted; figures are of one year, or of the whole horizon where it says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from calculator.assumptions import Assumptions, Parameter, Row
from calculator.governance.loss import Z95, CappedLognormal, TotalLoss, figures, limited_mean
from calculator.inputs import Inputs
from calculator.options import HybridOption, Option
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DRAWS = 1024
"""For the range of the expected loss; its figures are of the base values."""
SHOWN_PROBABILITIES = 60
"""Points of the exceedance curve."""
UNKNOWN_SIZE = "any_size"


def size_row(scenario: Scenario, known: Assumptions) -> Row:
    """The incident statistics of the organization's revenue; of all sizes where it is not stated."""
    revenue = scenario.organization.annual_revenue_usd
    rows = known.rows("security")
    if revenue is None:
        return rows[UNKNOWN_SIZE]
    sizes = [row for key, row in rows.items() if key != UNKNOWN_SIZE]
    return next(row for row in sizes if revenue <= row.number("revenue_up_to_usd", math.inf))


def incidents_per_year(scenario: Scenario, inputs: Inputs) -> Array:
    """AI-involved incidents of these workloads on an average route, (draws,)."""
    given = scenario.security
    if given.incidents_per_year is not None:
        firm = inputs.given("security.incidents_per_year", given.incidents_per_year)
    else:
        row = size_row(scenario, inputs.assumptions)
        involved = inputs.cell(row, "incident_probability") * inputs.number("security.ai_involved_share")
        firm = -np.log1p(-involved) * inputs.number("security.sector_ratio")
    return np.asarray(firm * _controls(scenario, inputs) * _share(scenario, inputs))


def _controls(scenario: Scenario, inputs: Inputs) -> Array:
    own = scenario.security.control_ratio
    return inputs.number("security.control_ratio") if own is None else inputs.given("security.own_control_ratio", own)


def _share(scenario: Scenario, inputs: Inputs) -> Array:
    own = scenario.security.workload_share
    if own is None:
        return inputs.number("security.workload_share_of_exposure")
    return inputs.given("security.workload_share", own)


def route_ratio(scenario: Scenario, option: Option, inputs: Inputs) -> Array:
    """Incidents on this option over the average of routes, (draws,); its mean over what is not known is exactly 1.

    A hybrid has the mean of its legs' ratios: it is exposed on both, half as much on each.
    """
    if option.security_ratio is not None:
        return inputs.given(f"options.{option.id}.security_ratio", option.security_ratio)
    if isinstance(option, HybridOption):
        legs = [route_ratio(scenario, scenario.option(leg), inputs) for leg in (option.base, option.overflow)]
        return np.asarray((legs[0] + legs[1]) / 2)
    parameter = inputs.assumptions.parameter(f"security.route_ratio_{option.route}")
    drawn = inputs.parameter(parameter)
    if inputs.draws is None or not parameter.is_uncertain:
        return drawn
    return np.asarray(drawn * (parameter.number / lognormal_mean(parameter)))


def lognormal_mean(parameter: Parameter) -> float:
    """Mean of the lognormal with the parameter's median and its own spread on each side (distributions.py)."""
    assert parameter.low is not None and parameter.high is not None
    edge = float(ndtri(0.9))
    below, above = math.log(parameter.number / parameter.low) / edge, math.log(parameter.high / parameter.number) / edge
    halves = math.exp(below**2 / 2) * ndtr(-below) + math.exp(above**2 / 2) * ndtr(above)
    return float(parameter.number * halves)


def mean_loss_usd(scenario: Scenario, inputs: Inputs) -> Array:
    """Mean cost of one incident, (draws,)."""
    median, p95 = _loss_size(scenario, inputs)
    sigma = np.log(p95 / median) / Z95
    return limited_mean(median, sigma, _cap(scenario, inputs, median, sigma))


def _loss_size(scenario: Scenario, inputs: Inputs) -> tuple[Array, Array]:
    own = scenario.security
    if own.loss_median_usd is not None and own.loss_p95_usd is not None:
        median = inputs.given("security.loss_median_usd", own.loss_median_usd)
        return median, inputs.given("security.loss_p95_usd", own.loss_p95_usd)
    row = size_row(scenario, inputs.assumptions)
    return inputs.cell(row, "loss_median_usd"), inputs.cell(row, "loss_p95_usd")


def _cap(scenario: Scenario, inputs: Inputs, median: Array, sigma: Array) -> Array:
    own = scenario.security.loss_cap_usd
    if own is not None:
        return inputs.given("security.loss_cap_usd", own)
    quantile = float(ndtri(inputs.base_number("security.loss_cap_quantile")))
    return np.asarray(median * np.exp(sigma * quantile))


def expected_loss_usd_per_year(scenario: Scenario, option: Option, inputs: Inputs) -> Array:
    """Frequency x mean loss of an option, (draws,)."""
    frequency = incidents_per_year(scenario, inputs) * route_ratio(scenario, option, inputs)
    return np.asarray(frequency * mean_loss_usd(scenario, inputs))


def expected_difference_usd_per_year(scenario: Scenario, option: Option, inputs: Inputs) -> Array:
    """Expected loss over the baseline's, (draws,): what enters the cost where the user wants it to."""
    assert scenario.baseline is not None
    ratio = route_ratio(scenario, option, inputs) - route_ratio(scenario, scenario.option(scenario.baseline), inputs)
    return np.asarray(incidents_per_year(scenario, inputs) * mean_loss_usd(scenario, inputs) * ratio)


@dataclass(frozen=True)
class SecurityLoss:
    """The loss of one option at base values, and how far its mean may be off."""

    year: TotalLoss
    horizon: TotalLoss
    horizon_months: int
    expected_p10_p90_usd: tuple[float, float]
    route_ratio: float
    difference_usd_per_year: float | None
    share_is_stated: bool
    size: str

    def as_dict(self) -> dict[str, Any]:
        severity = self.year.severity
        assert isinstance(severity, CappedLognormal)
        low, high = self.expected_p10_p90_usd
        return {
            "period": "year",
            **figures(self.year),
            "expected_p10": low,
            "expected_p90": high,
            "horizon": {"months": self.horizon_months, **figures(self.horizon)},
            "incidents_per_year": self.year.frequency,
            "loss_of_an_incident": {
                "median": severity.median_usd,
                "p95": severity.quantile_usd(0.95),
                "cap": severity.cap_usd,
                "mean": severity.mean_usd,
            },
            "route_ratio": self.route_ratio,
            "difference_to_baseline_usd_per_year": self.difference_usd_per_year,
            "organization_size": self.size,
            "workload_share_is_stated": self.share_is_stated,
            "exceedance": exceedance(self.horizon),
        }


def security_losses(scenario: Scenario, known: Assumptions) -> tuple[dict[str, SecurityLoss], dict[str, Parameter]]:
    """The loss of every option, and the assumptions behind it."""
    point, drawn = Inputs(known), Inputs(known, draws=DRAWS, seed=scenario.seed)
    median, p95 = _loss_size(scenario, point)
    sigma = np.log(p95 / median) / Z95
    severity = CappedLognormal(float(median[0]), float(sigma[0]), float(_cap(scenario, point, median, sigma)[0]))
    average = incidents_per_year(scenario, drawn) * mean_loss_usd(scenario, drawn)
    found = {}
    for option in scenario.options:
        ratio = route_ratio(scenario, option, point)
        frequency = float((incidents_per_year(scenario, point) * ratio)[0])
        low, high = np.quantile(average * _ratio_of_the_range(scenario, option, drawn), [0.1, 0.9])
        difference = None
        if scenario.baseline is not None:
            difference = float(expected_difference_usd_per_year(scenario, option, point)[0])
        found[option.id] = SecurityLoss(
            TotalLoss(frequency, severity),
            TotalLoss(frequency * scenario.horizon_months / 12, severity),
            scenario.horizon_months,
            (float(low), float(high)),
            float(ratio[0]),
            difference,
            scenario.security.workload_share is not None,
            size_row(scenario, known).key,
        )
    return found, {**point.used, **drawn.used}


def _ratio_of_the_range(scenario: Scenario, option: Option, drawn: Inputs) -> Array:
    """`route_ratio`, but routes of which the same is known share their draws: no difference in range by chance alone."""
    if isinstance(option, HybridOption) and option.security_ratio is None:
        legs = [_ratio_of_the_range(scenario, scenario.option(leg), drawn) for leg in (option.base, option.overflow)]
        return np.asarray((legs[0] + legs[1]) / 2)
    if option.security_ratio is not None:
        return route_ratio(scenario, option, drawn)

    def spread(route: str) -> tuple[object, ...]:
        known = drawn.assumptions.parameter(f"security.route_ratio_{route}")
        return known.low, known.value, known.high

    plain = [o for o in scenario.options if o.security_ratio is None and not isinstance(o, HybridOption)]
    return route_ratio(scenario, next(o for o in plain if spread(o.route) == spread(option.route)), drawn)


def exceedance(total: TotalLoss) -> list[dict[str, float]]:
    """Chance that the total exceeds a sum, at sums spread evenly in logarithms from a hundredth of the median up."""
    if total.frequency == 0:
        return []
    top = max(total.quantile_usd(0.9999), total.severity.quantile_usd(0.99))
    sums = np.geomspace(total.severity.quantile_usd(0.01), top, SHOWN_PROBABILITIES)
    return [
        {"usd": float(usd), "probability": float(1 - share)}
        for usd, share in zip(sums, total.shares_up_to(sums), strict=True)
    ]
