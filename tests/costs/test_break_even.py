"""Break-even of whole scenarios: what is reported is a crossing, by a calculation of its own."""

import json
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.costs.break_even import grid, month_crossing
from calculator.costs.by_volume import CostByVolume, base_ladder
from calculator.costs.crossings import ALLOWANCE
from calculator.costs.flows import present_value
from calculator.costs.routes import Decided, cost_option
from calculator.decision.simulation import prepare
from calculator.demand import demands
from calculator.inputs import Inputs
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from calculator.volumes import break_even_answer, break_even_pairs, map_answer
from calculator.wages import with_wages

SCENARIOS = assumptions_folder() / "scenarios"
DEFAULT = "support-assistant"


@cache
def scenario(name: str = DEFAULT) -> Scenario:
    return load_scenario(SCENARIOS / f"{name}.yaml")


def at_volume(s: Scenario, requests: float) -> Scenario:
    """The same scenario with other requests in its first month; one workload."""
    data = scenario_data(s)
    data["workloads"][0]["requests_per_month"] = requests
    return scenario_from(data)


@cache
def settled(name: str) -> Decided:
    """Layouts as the scenario's own volume asks for them."""
    return prepare(scenario(name), load_assumptions()).decided


def npv(s: Scenario, option: str, layouts_of: str) -> float:
    point = Inputs(with_wages(s, load_assumptions().with_overrides(s.assumptions)))
    decided = Decided(sizings=settled(layouts_of).sizings)
    outcome = cost_option(s, s.option(option), demands(s, point), point, decided)
    return float(present_value(outcome.flows.total, s.discount_rate)[0])


@pytest.mark.parametrize("name", ["support-assistant", "document-retrieval"])
def test_every_crossing_of_rented_and_owned_is_one(name: str) -> None:
    s = scenario(name)
    pairs = [p for p in break_even_pairs(s) if p["crossings"] and s.option(p["self_hosted"]).route != "hybrid"]
    assert pairs
    for pair in pairs[:4]:
        for crossing in (pair["crossings"][0], pair["crossings"][-1]):
            costs = []
            for side in ("below", "above"):
                there = at_volume(s, crossing[side]["requests_per_month"])
                own, other = (npv(there, pair[key], name) for key in ("self_hosted", "alternative"))
                assert own == pytest.approx(crossing[side]["self_hosted_npv_usd"], rel=1e-9)
                assert other == pytest.approx(crossing[side]["alternative_npv_usd"], rel=1e-9)
                costs.append(own <= other)
            assert costs == [crossing["self_hosted_becomes"] == "dearer", crossing["self_hosted_becomes"] == "cheaper"]


def test_a_mix_is_costed_with_its_best_base_on_both_sides() -> None:
    s = scenario("document-retrieval")
    pair = next(p for p in break_even_pairs(s) if p["self_hosted"] == "mix" and p["alternative"] == "flash-lite")
    first = pair["requests_per_month"]
    for factor, cheaper in ((0.97, False), (1.03, True)):
        there = at_volume(s, first * factor)
        assert (npv(there, "mix", "document-retrieval") <= npv(there, "flash-lite", "document-retrieval")) is cheaper


def test_never_states_its_margin() -> None:
    s = scenario()
    pair = next(p for p in break_even_pairs(s) if p["self_hosted"] == "rented-h100" and p["alternative"] == "luna")
    assert pair["outcome"] == "never"
    assert pair["requests_per_month"] is None and pair["null_reasons"]["requests_per_month"] == pair["binds"]
    there = at_volume(s, 3e11)
    ratio = npv(there, "rented-h100", DEFAULT) / npv(there, "luna", DEFAULT)
    assert pair["ratio_tends_to"] == pytest.approx(ratio, rel=1e-3) and ratio > 1


def test_order_of_options_does_not_matter() -> None:
    s = scenario("document-retrieval")
    turned = scenario_from({**scenario_data(s), "options": scenario_data(s)["options"][::-1]})

    def key(p: dict[str, Any]) -> tuple[str, str]:
        return p["self_hosted"], p["alternative"]

    assert sorted(break_even_pairs(s), key=key) == sorted(break_even_pairs(turned), key=key)


def test_month_of_cumulative_bills() -> None:
    found = month_crossing(np.array([15000.0, *[20.0] * 300]), np.array([0.0, *[120.0] * 300]))
    assert (found.month, found.self_hosted_usd, found.alternative_usd) == (150, 18000, 18000)
    assert month_crossing(np.array([15000.0, *[120.0] * 300]), np.array([0.0, *[120.0] * 300])).month is None
    assert month_crossing(np.zeros(4), np.ones(4)).month == 0


def test_budget_is_spent_and_not_exceeded() -> None:
    s = scenario()
    budget = 60_000.0
    df = sum(1.08 ** (-t / 12) for t in range(1, 37))
    for option in break_even_answer(s, budget)["budget"]["options"]:
        volume = option["requests_per_month"]
        if volume is None or s.option(option["id"]).route == "hybrid":
            continue
        assert npv(at_volume(s, volume), option["id"], DEFAULT) <= budget * df * (1 + 1e-9)
        assert npv(at_volume(s, volume * 1.0001), option["id"], DEFAULT) > budget * df * (1 - 1e-9)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "calculator.cli", "break-even", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_command_prints_both_tables() -> None:
    done = run(str(SCENARIOS / "support-assistant.yaml"), "--budget-per-year", "600,000")
    assert done.returncode == 0, done.stderr
    assert "What $50K a month buys" in done.stdout
    assert "never" in done.stdout and "tends to" in done.stdout
    assert done.stderr == ""


def test_json_keeps_its_schema() -> None:
    done = run(str(SCENARIOS / "support-assistant.yaml"), "--json", "--budget-per-month", "1")
    answer = json.loads(done.stdout)
    from calculator.schemas import break_even_schema

    schema = break_even_schema()
    assert set(schema["required"]) == set(answer)
    for pair in answer["break_even"]:
        assert set(pair) == set(schema["properties"]["break_even"]["items"]["required"])
        assert (pair["month"] is None) == ("month" in pair["null_reasons"])
        assert (pair["utilization"] is None) == ("utilization" in pair["null_reasons"])
    assert all(o["requests_per_month"] is None and o["null_reasons"] for o in answer["budget"]["options"])


@pytest.mark.parametrize("text", ["0", "-5", "nan", "inf", "much", "1e99"])
def test_a_budget_must_be_an_amount(text: str) -> None:
    done = run(str(SCENARIOS / "support-assistant.yaml"), f"--budget-per-month={text}")
    assert done.returncode == 2
    assert done.stderr.startswith("error: --budget-per-month") and done.stderr.count("\n") == 1


def test_nothing_to_compare_is_said(tmp_path: Any) -> None:
    data = scenario_data(scenario())
    data["options"] = data["options"][:2]
    path = tmp_path / "s.json"
    path.write_text(json.dumps(data))
    done = run(str(path))
    assert done.returncode == 0
    assert "No pair to compare" in done.stdout


def test_map_names_the_cheapest_of_what_is_allowed() -> None:
    s = scenario("bank-documents")
    found = map_answer(s, "gpu_rental.spot_spare_share", (0.0, 1.0), 3)
    assert found["values"] == [0.0, 0.5, 1.0]
    assert len(found["cheapest"]) == 3 and all(len(row) == len(found["requests_per_month"]) for row in found["cheapest"])
    # where the number is not at its base, the scenario with that override must say the same
    there = at_volume(s, found["requests_per_month"][8])
    data = {**scenario_data(there), "assumptions": {"gpu_rental.spot_spare_share": 1.0}}
    costs = {o: npv(scenario_from(data), o, "bank-documents") for o in found["options"]}
    assert costs[found["cheapest"][2][8]] <= min(costs.values()) * 1.005
    assert found["cheapest"][0] != found["cheapest"][2] or found["lead"][0] != found["lead"][2]


def test_map_varies_what_is_read_once_for_all_draws() -> None:
    found = map_answer(scenario("bank-documents"), "servers.life_years", (2, 8), 2)
    assert found["lead"][0] != found["lead"][1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("staffing.self_host_operation_fte", "did you mean staffing.self_host_operations_fte"),
        ("gpus.l4.memory_gib", "no option of this scenario rests on it"),
        ("workloads.chat.requests_per_month", "volume is the other axis"),
        ("serving.utilization_limit=0.9:0.5", "with A"),
        ("serving.utilization_limit=a:b", "with A"),
        ("serving.utilization_limit=0.5:0.9:1000", "N from 2"),
        ("serving.utilization_limit=0.5:inf", "with A"),
        ("", "unknown number"),
    ],
)
def test_a_map_over_nonsense_is_one_line(text: str, message: str) -> None:
    done = run(str(SCENARIOS / "support-assistant.yaml"), "--map", text)
    assert done.returncode == 2
    assert message in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["support-assistant", "document-retrieval", "bank-documents"])
def test_cost_hardly_falls_as_volume_grows(name: str) -> None:
    """The search for crossings rests on it."""
    costing = prepare(scenario(name), load_assumptions())
    costs = CostByVolume(costing.scenario, costing.known, costing.decided)
    for option in costing.scenario.options:
        usd = costs.explore(option, grid())
        assert (np.diff(usd) >= -ALLOWANCE * usd[1:]).all(), option.id


def test_a_mix_takes_the_best_of_the_bases_tried() -> None:
    costing = prepare(scenario("document-retrieval"), load_assumptions())
    costs = CostByVolume(costing.scenario, costing.known, costing.decided)
    mix = costing.scenario.option("mix")
    best = float(costs.npv_usd(mix, np.ones(1))[0])
    assert best <= float(present_value(costing.base["mix"].flows.total, costing.scenario.discount_rate)[0]) * 1.002
    assert base_ladder(3) == [0, 1, 2, 3] and base_ladder(400)[-1] >= 400
    assert base_ladder(9, 8) == [0, 8, 16]  # whole servers: what is paid for is used


def test_a_month_without_any_request_is_costed() -> None:
    data = scenario_data(scenario())
    data["workloads"][0]["traffic"]["seasons"] = [1, 0, *[1] * 10]
    pairs = break_even_pairs(scenario_from(data))
    assert pairs and all(np.isfinite(p["ratio_at_scenario_volume"]) for p in pairs)
