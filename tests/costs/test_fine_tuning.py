"""Fine-tunes: people dominate, repeats cost the training again, proprietary tokens get dearer."""

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.fine_tuning import training_gpu_hours
from calculator.evaluate import evaluate
from calculator.inputs import Inputs
from calculator.scenario import Scenario, parse_scenario

KNOWN = load_assumptions()
PLAN = "fine_tuning: {{training_tokens: {tokens}, engineer_weeks: 4, repeats_per_year: {repeats}}}"
TEXT = """
title: t
as_of: 2026-11-23
start: 2026-12
horizon_months: 12
workloads: [{{name: w, requests_per_month: 1000000, input_tokens: 1000, output_tokens: 200}}]
options:
  - {{id: api, route: api, provider: openai, model: gpt-4.1, {plan}}}
  - {{id: host, route: hosted, provider: together, model: gpt-oss-120b, {plan}}}
  - {{id: own, route: rented, weights: gpt-oss-120b, gpu: h100-sxm, {plan}}}
  - {{id: plain, route: rented, weights: gpt-oss-120b, gpu: h100-sxm}}
  - {{id: mix, route: hybrid, base: own, overflow: host}}
"""


def scenario(tokens: float = 2e7, repeats: float = 0) -> Scenario:
    return parse_scenario(TEXT.format(plan=PLAN.format(tokens=tokens, repeats=repeats)))


def lines(s: Scenario) -> dict[str, float]:
    return {o.id: o.cost_lines_usd.get("fine_tuning", 0.0) for o in evaluate(s, KNOWN, 64).options}


def test_people_dominate_the_cost_of_a_small_tune() -> None:
    found = lines(scenario())
    weeks = 4 * KNOWN.number("staffing.salary_usd_per_year") * KNOWN.number("staffing.loading_factor") / 52
    assert found["plain"] == 0
    assert weeks < found["own"] < 1.05 * weeks
    assert weeks < found["host"] < 1.05 * weeks


def test_a_hybrid_tunes_the_same_weights_once() -> None:
    found = lines(scenario())
    legs = sorted([found["own"], found["host"]])
    assert legs[0] * (1 - 1e-9) <= found["mix"] <= legs[1] * (1 + 1e-9)


def test_repeats_cost_less_than_the_first_and_add_up() -> None:
    once, twice, thrice = (lines(scenario(repeats=n)) for n in (0, 1, 2))
    for name in ("api", "host", "own"):
        again = twice[name] - once[name]
        assert 0 < again < once[name]
        assert thrice[name] - twice[name] == pytest.approx(again)


def test_more_training_tokens_cost_more() -> None:
    less, more = lines(scenario(1e7)), lines(scenario(1e9))
    assert all(more[name] > less[name] for name in ("api", "host", "own", "mix"))


def test_the_premium_is_on_a_proprietary_api_only() -> None:
    result = evaluate(scenario(tokens=0), KNOWN, 64)
    api, host = result.option("api"), result.option("host")
    tokens = sum(usd for line, usd in api.cost_lines_usd.items() if line.startswith("api_"))
    premium = KNOWN.number("customization.api_inference_ratio") - 1
    assert api.cost_lines_usd["fine_tuning"] - host.cost_lines_usd["fine_tuning"] == pytest.approx(tokens * premium)


def test_gpu_hours_by_hand() -> None:
    """4 FLOP x 8.03 billion x 10 million tokens / (989.4e12 x 0.3) = 0.30 hours of an H100."""
    hours = training_gpu_hours("llama-3.1-8b", np.array([1e7]), Inputs(KNOWN))
    assert float(hours[0]) == pytest.approx(4 * 8.03e9 * 1e7 / (989e12 * 0.3) / 3600, rel=0.01)
