"""A month's bill is what running costs: one-off payments stay in the totals alone."""

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.flows import Flows
from calculator.costs.recurring import ONE_OFF, recurring_bill_usd
from calculator.costs.tax import add_tax
from calculator.decision.simulation import prepare
from calculator.scenario import Tax, scenario_from


def flows_of_option(assumptions: dict[str, float], **option: str) -> Flows:
    load = {"name": "chat", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}
    data: dict[str, Any] = {"title": "t", "as_of": "2026-11-23", "start": "2027-01", "horizon_months": 24}
    scenario = scenario_from({**data, "workloads": [load], "options": [{"id": "a", **option}], "assumptions": assumptions})
    return prepare(scenario, load_assumptions()).base["a"].flows


def flows_of(months: int = 14, **monthly: float) -> Flows:
    flows = Flows(months)
    for line, usd in monthly.items():
        flows.add_monthly(line, np.full((1, months), usd))
    return flows


def test_one_off_payments_in_a_month_are_not_its_bill() -> None:
    flows = flows_of(api_output=100, people=50)
    before = recurring_bill_usd(flows)
    for line in ONE_OFF:
        flows.add_at(line, 1, np.array([1000.0]))
        flows.add_at(line, 14, np.array([500.0]))
    np.testing.assert_allclose(recurring_bill_usd(flows), before)
    np.testing.assert_allclose(before, 150)


def test_a_monthly_minimum_is_part_of_the_bill_and_a_years_settlement_is_not() -> None:
    flows = flows_of(api_output=100)
    flows.add_monthly("commitment", np.full((1, 14), 40.0))
    flows.add_at("commitment", 12, np.array([900.0]))
    flows.add_at("commitment", 14, np.array([300.0]))
    np.testing.assert_allclose(recurring_bill_usd(flows), 140)


def test_vat_is_that_on_what_runs() -> None:
    flows = flows_of(power=100, people=50, refresh=30)
    flows.add_at("hardware", 3, np.array([6000.0]))
    add_tax(flows, Tax(rate=0.3, depreciation_years=3, irrecoverable_vat=0.19))
    np.testing.assert_allclose(recurring_bill_usd(flows), 100 * 1.19 + 50)


def test_an_own_fleets_bill_is_without_servers_and_the_totals_have_them() -> None:
    flows = flows_of_option({}, route="owned", weights="gemma-4-31b", gpu="h200-sxm", site="colocation", country="DE")
    bill = recurring_bill_usd(flows)
    once = sum(float(flows.lines[line].sum()) for line in ONE_OFF if line in flows.lines)
    assert flows.lines["hardware"].sum() > bill.sum() / 10
    assert flows.total.sum() - bill.sum() == pytest.approx(once)


def test_a_flat_load_at_flat_prices_has_a_flat_bill() -> None:
    """Though a withdrawal may fall into any month, and its expected cost with it."""
    still = {
        "staffing.wage_escalation_per_year": 0,
        "economy.api_price_drift_per_year": 0,
        "price_steps.pass_through_share": 0,
    }
    flows = flows_of_option(still, route="api", provider="openai", model="gpt-6-luna")
    bill = recurring_bill_usd(flows)
    assert flows.lines["forced_migration"][0, 1:].max() > 100
    np.testing.assert_allclose(bill, bill[0])
