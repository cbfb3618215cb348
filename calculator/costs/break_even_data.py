"""Break-evens as plain data (`break-even --json`): volumes as requests and tokens a month at the start, seasons aside."""

from __future__ import annotations

from typing import Any

import numpy as np

from calculator.costs.break_even import BreakEven, is_with_its_leg
from calculator.costs.by_volume import CostByVolume
from calculator.demand import demands, month_labels
from calculator.quantities import base


def at_the_start(costs: CostByVolume) -> tuple[float, float]:
    """Requests and tokens a month at the scenario's start, seasons aside, all workloads together."""
    point = costs.inputs(np.ones(1))
    load = demands(costs.scenario, point)
    requests = sum(base(w.requests_per_month) for w in costs.scenario.workloads)
    tokens = sum(
        base(w.requests_per_month) * float(d.input_tokens[0] + d.output_tokens[0])
        for w, d in zip(costs.scenario.workloads, load, strict=True)
    )
    return requests, tokens


def as_dict(found: BreakEven, costs: CostByVolume) -> dict[str, Any]:
    """Plain data of one pair; volumes as requests and tokens a month at the start, seasons aside."""
    requests, tokens = at_the_start(costs)
    labels = month_labels(costs.scenario.start, costs.scenario.horizon_months)
    month, used = found.month, found.utilization
    stays = found.stays_cheaper_from
    reasons = {}
    if not found.crossings:
        reasons["requests_per_month"] = found.binds
    if month.month is None:
        reasons["month"] = "cumulative cost stays higher within the horizon"
    if used is None:
        reasons["utilization"] = "a mix has no utilization of its own"
    elif used.needed is None:
        reasons["utilization"] = f"{found.alternative} charges nothing by volume here"
    return {
        "self_hosted": found.self_hosted,
        "alternative": found.alternative,
        "alternative_is_its_leg": is_with_its_leg(costs.scenario.options, (found.self_hosted, found.alternative)),
        "outcome": found.kind,
        "requests_per_month": found.crossings[0].at * requests if found.crossings else None,
        "stays_cheaper_from_requests_per_month": None if stays is None else stays * requests,
        "crossings": [
            {
                "requests_per_month": c.at * requests,
                "tokens_per_month": c.at * tokens,
                "self_hosted_becomes": "cheaper" if c.first_becomes_cheaper else "dearer",
                "at": "step" if c.is_step else "slope",
                "merged": c.merged,
                "below": _side(c.below * requests, c.first_below, c.second_below),
                "above": _side(c.above * requests, c.first_above, c.second_above),
            }
            for c in found.crossings
        ],
        "ratio_at_scenario_volume": found.ratio_at_scenario,
        "ratio_tends_to": found.ratio_without_limit,
        "binds": found.binds,
        "month": None
        if month.month is None
        else {
            "number": month.month,
            "label": "start" if month.month == 0 else labels[month.month - 1],
            "self_hosted_usd": month.self_hosted_usd,
            "alternative_usd": month.alternative_usd,
        },
        "month_crossings": list(month.crossings),
        "utilization": None
        if used is None or used.needed is None
        else {"planned": used.planned, "reachable": used.reachable, "needed": used.needed},
        "null_reasons": reasons,
    }


def _side(requests: float, own_usd: float, other_usd: float) -> dict[str, float]:
    return {"requests_per_month": requests, "self_hosted_npv_usd": own_usd, "alternative_npv_usd": other_usd}
