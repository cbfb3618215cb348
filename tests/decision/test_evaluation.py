"""What must hold of an evaluated scenario whatever its figures are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.decision.simulation import CancelledError, prepare, simulate
from calculator.evaluate import evaluate
from calculator.result import Result
from calculator.scenario import Scenario, scenario_data, scenario_from


def changed(scenario: Scenario, **updates: Any) -> Scenario:
    return scenario_from({**scenario_data(scenario), **updates})


def with_options(scenario: Scenario, options: list[dict[str, Any]]) -> Scenario:
    return changed(scenario, options=options)


@pytest.fixture(scope="module")
def small(scenario: Scenario) -> Scenario:
    """The three leading options of three routes."""
    keep = ("flash-lite", "qwen-burst", "qwen-owned")
    data = scenario_data(scenario)
    return with_options(changed(scenario, baseline="flash-lite"), [o for o in data["options"] if o["id"] in keep])


def test_probabilities_sum_to_one(result: Result) -> None:
    assert sum(result.probability_cheapest.values()) == pytest.approx(1)
    assert sum(result.probability_by_route.values()) == pytest.approx(1)
    assert sum(result.probability_by_weights.values()) == pytest.approx(1)
    for option in result.options:
        ranks = result.analysis.acceptability and result.analysis.acceptability.of(option.id)
        if ranks is not None:
            assert sum(ranks) == pytest.approx(1)


def test_worth_of_information_is_bounded(result: Result) -> None:
    worth = result.analysis.information
    assert worth is not None
    assert worth.evpi.usd > 0
    for one in [*worth.by_input.values(), *(s.worth for s in worth.studies)]:
        assert 0 <= one.usd <= worth.evpi.usd


def test_regret_and_differences_agree(result: Result) -> None:
    """Expected regret is the mean positive part of the difference to the best alternative; the least is the EVPI."""
    standings, worth = result.analysis.standings, result.analysis.information
    assert worth is not None
    assert min(s.expected_regret_usd for s in standings.values()) == pytest.approx(worth.evpi.usd)
    for standing in standings.values():
        assert standing.expected_regret_usd >= max(0.0, standing.mean_difference_usd)
        assert np.all(np.diff(standing.difference_usd) >= 0)


def test_inputs_without_width_give_the_base_case_exactly(small: Scenario) -> None:
    known = load_assumptions()
    costing = prepare(small, known)
    moving = ("workloads.", "lifetimes.")  # lifetimes of models are drawn from curves that no override replaces
    exact = {name: spread[1] for name, spread in costing.inputs.uncertain.items() if not name.startswith(moving)}
    sizes = ("requests_per_month", "input_tokens", "output_tokens", "annual_growth")
    workload = dict(scenario_data(small)["workloads"][0])
    for name in sizes:
        base = costing.inputs.asked[f"workloads.{workload['name']}.{name}"]
        workload[name] = {"low": base, "base": base, "high": base}
    pinned = changed(small, assumptions=exact, workloads=[workload])
    assert all(name.startswith("lifetimes.") for name in prepare(pinned, known).inputs.uncertain)
    answer = evaluate(pinned, known, 64)
    for name in ("qwen-burst", "qwen-owned"):
        assert np.all(answer.option(name).npv_draws_usd == answer.option(name).npv_base_usd)


def test_a_near_copy_changes_neither_verdict_nor_confidence(small: Scenario) -> None:
    data = scenario_data(small)["options"]
    copies = [{**next(o for o in data if o["id"] == "qwen-burst"), "id": f"z-copy-{k}"} for k in range(3)]
    before, after = (evaluate(with_options(small, options), load_assumptions(), 256) for options in (data, data + copies))
    assert (after.verdict.leader, after.verdict.confidence) == (before.verdict.leader, before.verdict.confidence)
    assert after.probability_by_route == pytest.approx(before.probability_by_route)
    for option in before.options:
        assert np.array_equal(after.option(option.id).npv_draws_usd, option.npv_draws_usd)


def test_an_added_option_leaves_every_other_figure_as_it_was(scenario: Scenario, small: Scenario) -> None:
    large = changed(scenario, baseline=small.baseline)
    before, after = (evaluate(s, load_assumptions(), 256) for s in (small, large))
    for option in before.options:
        assert np.array_equal(after.option(option.id).npv_draws_usd, option.npv_draws_usd), option.id


def test_the_order_of_options_does_not_matter(small: Scenario) -> None:
    options = scenario_data(small)["options"]
    one, other = (evaluate(with_options(small, o), load_assumptions(), 256) for o in (options, options[::-1]))
    assert one.verdict == other.verdict
    for option in one.options:
        assert np.array_equal(option.npv_draws_usd, other.option(option.id).npv_draws_usd)


def test_parts_of_a_simulation_add_up_to_the_whole(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    costing = prepare(small, load_assumptions())
    whole = simulate(costing, 256)
    monkeypatch.setattr("calculator.decision.simulation.PART", 64)
    parts = simulate(costing, 256)
    for name, usd in whole.npv_usd.items():
        assert parts.npv_usd[name] == pytest.approx(usd, rel=1e-12)


def test_progress_is_told_and_may_cancel(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calculator.decision.simulation.PART", 64)
    costing, seen = prepare(small, load_assumptions()), []
    simulate(costing, 256, lambda done, total: seen.append((done, total)))
    assert seen == [(64, 256), (128, 256), (192, 256), (256, 256)]
    with pytest.raises(CancelledError):
        simulate(costing, 256, lambda done, total: done < 128)


def test_draws_agree_within_the_stated_error_in_19_of_20_seeds(small: Scenario) -> None:
    """Fewer draws here than a user's, so that the test is quick; the estimator is the same."""
    known, agree = load_assumptions(), 0
    tight = evaluate(changed(small, seed=1), known, 8192)
    for seed in range(100, 120):
        rough = evaluate(changed(small, seed=seed), known, 512)
        pairs = [(rough.option(o.id), o) for o in tight.options]
        agree += all(
            abs(a.npv_draws_usd.mean() - b.npv_draws_usd.mean()) <= np.hypot(a.npv_error_usd or 0, b.npv_error_usd or 0)
            for a, b in pairs
        )
    assert agree >= 19


def test_priorities_change_the_winner_but_not_the_money(small: Scenario) -> None:
    plain = evaluate(small, load_assumptions(), 256)
    valued = evaluate(changed(small, priorities={"control_and_audit": 1e8}), load_assumptions(), 256)
    assert valued.verdict.leader == "qwen-owned"
    assert valued.verdict.cheapest == plain.verdict.cheapest
    assert valued.probability_cheapest == plain.probability_cheapest
    assert valued.option("qwen-owned").preference_usd == pytest.approx(1e8)
    assert "priorities" in valued.text
