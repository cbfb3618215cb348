"""Security losses of options: proportional to exposure, the same for every route until evidence says otherwise."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.assumptions import as_date, load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.governance.advisories import advisories, patch_events
from calculator.governance.security import expected_loss_usd_per_year, lognormal_mean, route_ratio, security_losses
from calculator.inputs import Inputs
from calculator.scenario import Scenario, parse_scenario

KNOWN = load_assumptions()
TEXT = """
title: t
as_of: 2026-11-23
start: 2027-01
baseline: luna
organization: {{annual_revenue_usd: {revenue}}}
security: {security}
workloads: [{{name: w, requests_per_month: 1000000, input_tokens: 1000, output_tokens: 200}}]
options:
  - {{id: luna, route: api, provider: openai, model: gpt-6-luna}}
  - {{id: host, route: hosted, provider: fireworks, model: deepseek-v4-flash}}
  - {{id: rented, route: rented, weights: gpt-oss-120b, gpu: h100-sxm{more}}}
  - {{id: owned, route: owned, weights: gpt-oss-120b, gpu: h100-sxm}}
  - {{id: mix, route: hybrid, base: rented, overflow: luna}}
"""


def scenario(security: str = "{}", revenue: float = 2e9, more: str = "") -> Scenario:
    return parse_scenario(TEXT.format(security=security, revenue=revenue, more=more))


def losses(s: Scenario) -> dict[str, Any]:
    return {name: loss.as_dict() for name, loss in security_losses(s, KNOWN)[0].items()}


def test_no_route_is_claimed_to_be_safer() -> None:
    found = losses(scenario())
    assert len({x["expected"] for x in found.values()}) == 1
    assert all(x["route_ratio"] == 1 and x["difference_to_baseline_usd_per_year"] == 0 for x in found.values())
    draws = Inputs(KNOWN, draws=4096, seed=3)
    for option in scenario().options:
        ratio = route_ratio(scenario(), option, draws)
        assert ratio.std() > 0.2
        assert ratio.mean() == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("route", ["api", "hosted", "rented", "owned"])
def test_mean_of_the_ratio_before_it_is_divided_out(route: str) -> None:
    parameter = KNOWN.parameter(f"security.route_ratio_{route}")
    u = (np.arange(200_000) + 0.5) / 200_000
    from calculator.distributions import lognormal_ppf_p10_p90

    drawn = lognormal_ppf_p10_p90(u, parameter.low or 0, parameter.number, parameter.high or 0)
    assert drawn.mean() == pytest.approx(lognormal_mean(parameter), rel=1e-4)


@given(st.floats(0.001, 0.4), st.floats(1.01, 2.4))
@settings(max_examples=20, deadline=None)
def test_loss_is_proportional_to_the_stated_share(share: float, times: float) -> None:
    less = losses(scenario(f"{{workload_share: {share}}}"))["luna"]
    more = losses(scenario(f"{{workload_share: {share * times}}}"))["luna"]
    assert more["expected"] == pytest.approx(less["expected"] * times)
    assert more["probability_of_any"] > less["probability_of_any"]
    assert more["horizon"]["p99"] >= less["horizon"]["p99"] * (1 - 1e-3)
    assert less["workload_share_is_stated"]


@given(st.floats(1e6, 1e11), st.floats(1.1, 100))
@settings(max_examples=20, deadline=None)
def test_larger_organizations_never_lose_less(revenue: float, times: float) -> None:
    small, large = (losses(scenario(revenue=x))["luna"]["expected"] for x in (revenue, revenue * times))
    assert large >= small


def test_a_horizon_holds_its_years() -> None:
    found = losses(scenario())["luna"]
    assert found["horizon"]["expected"] == pytest.approx(3 * found["expected"])
    assert found["horizon"]["probability_of_any"] == pytest.approx(1 - (1 - found["probability_of_any"]) ** 3)
    curve = found["exceedance"]
    assert all(a["probability"] >= b["probability"] for a, b in pairwise(curve))
    assert curve[0]["probability"] <= found["horizon"]["probability_of_any"] + 1e-12


def test_a_cap_lowers_the_loss() -> None:
    free, capped = (losses(scenario(x))["luna"] for x in ("{}", "{loss_cap_usd: 5000000}"))
    assert capped["loss_of_an_incident"]["cap"] == 5e6
    assert capped["expected"] < free["expected"]


def test_own_statistics_replace_the_published_ones() -> None:
    text = "{incidents_per_year: 0.2, workload_share: 0.5, loss_median_usd: 1000, loss_p95_usd: 1000, control_ratio: 1}"
    found = losses(scenario(text))["luna"]
    assert found["incidents_per_year"] == pytest.approx(0.1)
    assert found["expected"] == pytest.approx(100)


def test_only_evidence_and_a_switch_bring_it_into_the_cost() -> None:
    own = ", security_ratio: 3"
    beside = evaluate(scenario("{workload_share: 1}", more=own), KNOWN, 64)
    inside = evaluate(scenario("{workload_share: 1, in_cost: true}", more=own), KNOWN, 64)
    gap = inside.option("rented").npv_base_usd - beside.option("rented").npv_base_usd
    assert "security" not in beside.option("rented").cost_lines_usd
    assert gap == pytest.approx(inside.option("rented").cost_lines_usd["security"]) and gap > 0
    assert inside.option("luna").npv_base_usd == beside.option("luna").npv_base_usd
    assert inside.option("owned").cost_lines_usd["security"] == 0
    yearly = inside.option("rented").security.difference_usd_per_year
    assert yearly == pytest.approx(2 * inside.option("luna").security.year.expected_usd)


def test_base_figures_are_the_same_as_the_draws_at_base_values() -> None:
    s = scenario()
    point = expected_loss_usd_per_year(s, s.option("owned"), Inputs(KNOWN))
    assert float(point[0]) == pytest.approx(losses(s)["owned"]["expected"])


@pytest.mark.parametrize(
    ("security", "says"),
    [
        ("{loss_median_usd: 5}", "loss_p95_usd come together"),
        ("{loss_median_usd: 5, loss_p95_usd: 4}", "must not be above"),
        ("{workload_share: 1.2}", "at most 1"),
        ("{share: 1}", "unknown key"),
    ],
)
def test_bad_input(security: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        scenario(security)


def test_the_switch_needs_a_baseline() -> None:
    with pytest.raises(InputError, match="needs a baseline"):
        parse_scenario(TEXT.format(security="{in_cost: true}", revenue=1e9, more="").replace("baseline: luna", ""))


@pytest.mark.parametrize("stack", sorted(KNOWN.rows("patching")))
def test_patch_events_are_those_of_the_record(stack: str) -> None:
    row = KNOWN.row("patching", stack)
    on = as_date(row.parameter("events_per_year").as_of)
    assert row.number("events_per_year") == patch_events(KNOWN, stack, on)
    assert len(advisories(KNOWN, stack, on)) >= patch_events(KNOWN, stack, on)


def test_patching_is_for_own_stacks_only() -> None:
    result = evaluate(scenario(), KNOWN, 64)
    lines = {o.id: o.cost_lines_usd.get("patching", 0.0) for o in result.options}
    assert lines["luna"] == lines["host"] == 0
    assert lines["owned"] > 0 and lines["rented"] == pytest.approx(lines["owned"])
    two_sites = scenario().model_copy(
        update={"options": tuple(o.model_copy(update={"sites": 2}) if o.id == "owned" else o for o in scenario().options)}
    )
    assert evaluate(two_sites, KNOWN, 64).option("owned").cost_lines_usd["patching"] == pytest.approx(2 * lines["owned"])
