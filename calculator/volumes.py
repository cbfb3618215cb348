"""Answers to questions about volume: where self-hosting pays, and what a budget buys. Plain data, the last few kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from calculator.assumptions import load_assumptions
from calculator.costs.break_even import HIGHEST, LOWEST, as_dict, break_evens, curves_of, first_month
from calculator.costs.budget import Affordable, affordable
from calculator.costs.by_volume import CostByVolume, cost_by_volume
from calculator.costs.crossings import Curves
from calculator.governance.judging import feasibility, judge
from calculator.scenario import Scenario, canonical_json, parse_scenario


def break_even_pairs(scenario: Scenario) -> list[dict[str, Any]]:
    """`break_even[]` of a scenario: every self-hosted option against every one that is paid by the token."""
    return list(_study(canonical_json(scenario)).pairs)


def break_even_answer(scenario: Scenario, budget_usd_per_month: float | None = None) -> dict[str, Any]:
    """Everything that `break-even` prints; the schema is `llm-adoption schema break-even`."""
    study = _study(canonical_json(scenario))
    requests, tokens = first_month(study.costs)
    budget = None
    if budget_usd_per_month is not None:
        fits = affordable(study.costs, study.curves, budget_usd_per_month)
        options = [_affordable(f, requests, tokens, budget_usd_per_month) for f in fits]
        budget = {"usd_per_month": budget_usd_per_month, "options": options}
    return {
        "schema": 1,
        "title": scenario.title,
        "horizon_months": scenario.horizon_months,
        "requests_per_month": requests,
        "tokens_per_month": tokens,
        "searched_requests_per_month": [LOWEST * requests, HIGHEST * requests],
        "break_even": list(study.pairs),
        "budget": budget,
    }


class _Study:
    """A scenario's cost curves and pairs."""

    def __init__(self, scenario: Scenario) -> None:
        self.costs: CostByVolume = cost_by_volume(scenario, load_assumptions().with_overrides(scenario.assumptions))
        self.curves: Curves = curves_of(self.costs, scenario.options)
        gates = {o.id: feasibility(judge(scenario, o, self.costs.known)) for o in scenario.options}
        self.pairs: Sequence[dict[str, Any]] = [
            {**as_dict(b, self.costs), "allowed": {gates[b.self_hosted], gates[b.alternative]} == {"pass"}}
            for b in break_evens(self.costs, self.curves)
        ]


@lru_cache(maxsize=4)
def _study(text: str) -> _Study:
    return _Study(parse_scenario(text))


def _affordable(found: Affordable, requests: float, tokens: float, budget: float) -> dict[str, Any]:
    reasons = {}
    if found.multiple is None:
        reasons["requests_per_month"] = (
            f"with next to no use it costs ${found.level_usd_per_month:,.0f} a month, above ${budget:,.0f}"
        )
    elif found.multiple >= HIGHEST:
        reasons["requests_per_month"] = "the largest volume tried still fits"
    some = found.multiple is not None and found.multiple < HIGHEST
    return {
        "id": found.option,
        "requests_per_month": found.multiple * requests if some and found.multiple else None,
        "tokens_per_month": found.multiple * tokens if some and found.multiple else None,
        "level_usd_per_month": found.level_usd_per_month,
        "up_front_usd": found.up_front_usd,
        "dearest_month_usd": found.dearest_month_usd,
        "null_reasons": reasons,
    }
