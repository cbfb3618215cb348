"""Payback, IRR, and the views by fiscal year."""

import json

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.flows import present_value
from calculator.costs.measures import VIEW_COLUMNS, irr_per_year, payback_month
from calculator.costs.owned import residual_share
from calculator.costs.tax import depreciation_usd
from calculator.evaluate import evaluate
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from

DEFAULT = "assumptions/scenarios/support-assistant.yaml"


def scenario(**changes: object) -> Scenario:
    return scenario_from({**scenario_data(load_scenario(DEFAULT)), **changes})


def test_payback_is_the_month_from_which_savings_stay_ahead() -> None:
    assert payback_month(np.array([-100.0, 60, 60, -30, 60])) == 4
    assert payback_month(np.array([-100.0, 60, 30])) is None
    assert payback_month(np.array([5.0, 5])) == 0


def test_irr_of_a_loan() -> None:
    monthly = 0.01
    payment = 1000 * monthly / (1 - (1 + monthly) ** -24)
    assert irr_per_year(np.array([-1000.0] + [payment] * 24)) == pytest.approx(1.01**12 - 1)
    assert irr_per_year(np.array([-1.0, 3, -2.5])) is None
    assert irr_per_year(np.array([-10.0, 1, 1])) is None


def test_depreciation_writes_off_once() -> None:
    written, book = depreciation_usd(np.array([[120.0, 0, 0, 60, 0]]), 1)
    assert written[0].tolist() == [0, 10, 10, 10, 15]
    assert written.sum() + book[0] == pytest.approx(180)


def test_views_agree_with_the_flows_and_with_each_other() -> None:
    result = evaluate(scenario(fiscal_year_start_month=7), load_assumptions(), draws=2).as_dict()
    for option in result["options"]:
        views = option["money"]["views"]
        cash = sum(v["cash_usd"] for v in views)
        assert cash == pytest.approx(sum(option["monthly_cost_usd"]))
        assert sum(v["profit_and_loss_usd"] for v in views) == pytest.approx(cash)
        assert sum(v["capex_usd"] + v["opex_usd"] + v["disposal_usd"] for v in views) == pytest.approx(cash)
        assert [v["fiscal_year"] for v in views] == ["FY2027", "FY2028", "FY2029", "FY2030"]
        assert set(views[0]) == {"fiscal_year", *VIEW_COLUMNS}
    json.dumps(result)


def test_price_of_a_good_answer_carries_the_failures() -> None:
    data = scenario_data(load_scenario(DEFAULT))
    success = {"success": {"rate": 0.8, "failure_usd": 0.5}}
    data["options"] = [{**o, **(success if o["id"] == "luna" else {})} for o in data["options"]]
    option = evaluate(scenario_from(data), load_assumptions(), draws=2).option("luna")
    found = option.measures.values
    assert found["usd_per_successful_request"] == pytest.approx((found["usd_per_request"] + 0.2 * 0.5) / 0.8)
    tokens = found["usd_per_million_input_tokens"] * 1155 + found["usd_per_million_output_tokens"] * 211
    assert tokens / 1e6 == pytest.approx(found["usd_per_request"])


def test_after_tax_cost_of_running_costs_is_the_share_that_is_left() -> None:
    known = load_assumptions()
    before = evaluate(scenario(), known, draws=2)
    after = evaluate(scenario(tax={"rate": 0.3, "depreciation_years": 5, "irrecoverable_vat": 0.0}), known, draws=2)
    assert after.option("luna").npv_base_usd == pytest.approx(0.7 * before.option("luna").npv_base_usd)
    owned = before.option("owned-h200"), after.option("owned-h200")
    assert owned[1].npv_base_usd > 0.7 * owned[0].npv_base_usd  # servers are deducted later than paid
    undiscounted = [float(o.base.flows.total[0].sum()) for o in owned]
    assert undiscounted[1] == pytest.approx(0.7 * undiscounted[0])
    lines = after.option("owned-h200").cost_lines_usd
    assert sum(lines.values()) == pytest.approx(after.option("owned-h200").npv_base_usd)
    assert float(present_value(owned[1].base.flows.total, 0.08)[0]) == pytest.approx(owned[1].npv_base_usd)


def test_used_servers_lose_the_same_share_every_year() -> None:
    """A tenth after five years: 36.9 % a year, so a month-old server is worth 96.2 %, a three-year-old one a quarter."""
    left = residual_share(np.array([0.0, 1, 12, 36, 60, 72]), 60, np.array([0.1, 0.0]))
    assert left[0] == pytest.approx([1, 0.9624, 0.631, 0.2512, 0.1, 0.1], abs=5e-5)
    assert left[1].tolist() == [1, 0, 0, 0, 0, 0]
    yearly = left[0, 2] / left[0, 0]
    assert left[0, 4] == pytest.approx(yearly**5)


def test_stranded_servers_are_valued_as_those_sold_at_the_end() -> None:
    """Cancelling at the horizon's end loses the forced-sale share of just what the orderly sale credits there."""
    option = evaluate(scenario(), load_assumptions(), draws=2).as_dict()["options"]
    owned = next(o for o in option if o["id"] == "owned-h200")
    sold = -owned["cost_lines_monthly_usd"]["residual_value"][-1]
    installation = 25_000 * 0.1 ** (36 / 60)
    assert owned["money"]["stranded_usd"][-1] == pytest.approx(0.4 * (sold + installation))
    written = sum(v["depreciation_usd"] for v in owned["money"]["views"])
    assert written == pytest.approx(0.6 * sum(owned["cost_lines_monthly_usd"]["hardware"]))  # books stay straight-line
