"""What can be told at once: every option at base values, before its uncertainty is simulated."""

from __future__ import annotations

from typing import Any

from calculator.costs.mix import amounts_to
from calculator.costs.recurring import recurring_bill_usd
from calculator.decision.simulation import line_sum, pv_by_line
from calculator.evaluate import exchange_rate, prepared, pv_tokens
from calculator.governance.gate import feasibility
from calculator.governance.judging import judge
from calculator.scenario import Scenario


def point_figures(scenario: Scenario) -> dict[str, Any]:
    """Part of `compare`'s result under the same keys; what takes draws is None.

    Of `npv_usd` only `base` and, in the place of the mean, the same: options are ranked by it until draws are there.
    Raises InputError for what cannot be evaluated, naming the option.
    """
    costing = prepared(scenario)
    tokens = pv_tokens(costing)
    options = []
    for option in scenario.options:
        base = costing.base[option.id]
        npv = float(line_sum(pv_by_line(base, scenario.discount_rate))[0])
        monthly, bill = base.flows.total[0], recurring_bill_usd(base.flows)
        options.append(
            {
                "id": option.id,
                "name": option.name,
                "route": option.route,
                "same_as": amounts_to(option, costing.decided),
                "feasibility": feasibility(judge(scenario, option, costing.known)),
                "monthly_cost_usd": [float(x) for x in monthly],
                "first_month_cost_usd": float(bill[0]),
                "last_month_cost_usd": float(bill[-1]),
                "npv_usd": {"base": npv, "mean": npv, "p10": None, "p50": None, "p90": None},
                "usd_per_million_tokens": npv / tokens * 1e6,
                "probability_cheapest": None,
            }
        )
    return {
        "title": scenario.title,
        "currency": scenario.currency,
        "usd_exchange_rate": exchange_rate(scenario, costing.known),
        "options": options,
    }
