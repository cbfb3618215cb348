"""Whether a bridge carries the load for a while: then its operator sees the data, and every rule holds for it too."""

from __future__ import annotations

from calculator.assumptions import Assumptions
from calculator.demand import months_before_start
from calculator.distributions import pert_most
from calculator.options import Option, OwnedOption, SizedOption
from calculator.quantities import Range
from calculator.scenario import Scenario


def longest_lead_months(option: SizedOption, known: Assumptions) -> float:
    """Months from order to service in the latest case: the option's own, the server's, none for rented GPUs."""
    given = option.lead_time_months
    if given is not None:
        return _latest(given.low, given.base, given.high) if isinstance(given, Range) else float(given)
    row = known.rows("servers").get(option.gpu)
    if not isinstance(option, OwnedOption) or row is None or "lead_time_months" not in row:
        return 0.0
    lead = row.parameter("lead_time_months")
    return lead.number if lead.low is None or lead.high is None else _latest(lead.low, lead.number, lead.high)


def _latest(low: float, median: float, high: float) -> float:
    """The end of the distribution that a range stands for; its high end is the 90th percentile only."""
    return high if high <= low else pert_most(median, high)


def bridge_of(scenario: Scenario, option: Option, known: Assumptions) -> Option | None:
    """The option that carries the load until own capacity is there; None where there is none or nothing to wait for.

    The latest delivery counts: what only some deliveries need is still a use that a rule can forbid.
    """
    if not isinstance(option, SizedOption) or option.bridge is None:
        return None
    waits = longest_lead_months(option, known) > months_before_start(scenario) + 1e-9
    return scenario.option(option.bridge) if waits else None
