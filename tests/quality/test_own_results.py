"""Own results on the benchmark of a floor: they count where they tell, and say what is missing where they do not."""

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.evaluate import evaluate_scenario
from calculator.governance.gate import Gate
from calculator.governance.judging import judge
from calculator.quality.evaluation_files import parse_evaluations, with_evaluations
from calculator.quality.own_results import arena_score
from calculator.quality.scoring import option_quality
from calculator.quality.statistics import wilson_interval
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from tests.test_cli import DEFAULT

KNOWN = load_assumptions()


def scenario(benchmark: str, floor: float, rows: str = "") -> Scenario:
    data = scenario_data(load_scenario(DEFAULT))
    data["workloads"][0]["quality_floor"] = {"benchmark": benchmark, "score": floor}
    held = scenario_from(data)
    return with_evaluations(held, parse_evaluations(("model,task,score,n\n" + rows).encode())) if rows else held


def gate(held: Scenario, option: str = "luna") -> Gate:
    return next(g for g in judge(held, held.option(option), KNOWN) if g.rule == "PERF-01")


@pytest.mark.parametrize("task", ["gpqa_diamond", "GPQA Diamond", "gpqa-diamond"])
def test_results_on_the_floors_benchmark_count_however_its_name_is_written(task: str) -> None:
    """180 of 198: 86 to 94 %, by SciPy's Wilson interval too."""
    held = scenario("gpqa_diamond", 80, f"luna,{task},{180 / 198!r},198\n")
    found = gate(held)
    assert found.outcome == "pass" and found.own_evidence
    assert found.statement == "own results on GPQA Diamond: 180 of 198 right, 86 to 94 %, the floor is 80 %"
    shown = option_quality(held, held.option("luna"), KNOWN)
    assert shown is not None and shown.own and shown.meets_floor is True and shown.matches
    assert shown.score == pytest.approx(100 * 180 / 198)


def test_too_few_results_ask_for_more_where_nothing_is_published() -> None:
    found = gate(scenario("gpqa_diamond", 80, "luna,gpqa_diamond,0.83,100\n"))
    assert found.outcome == "needs_evidence" and "tasks would tell" in found.remedy


def test_results_on_other_tasks_do_not_speak_of_the_benchmark() -> None:
    found = gate(scenario("gpqa_diamond", 80, "luna,tickets,0.99,5000\n"))
    assert found.outcome == "needs_evidence" and "your own results as task gpqa_diamond" in found.remedy


def test_too_few_results_leave_a_published_score_standing() -> None:
    held = scenario("arena_text", 1430, "flash-lite,arena_text,0.5,20\n")
    found = gate(held, "flash-lite")
    assert found.outcome == "pass" and not found.own_evidence and found.statement.endswith("do not tell")
    shown = option_quality(held, held.option("flash-lite"), KNOWN)
    assert shown is not None and not shown.own and shown.meets_floor is True


def test_results_against_a_published_score_say_so() -> None:
    found = gate(scenario("arena_text", 1430, "flash-lite,Arena text,0.3,400\n"), "flash-lite")
    assert found.outcome == "fail" and found.own_evidence
    assert found.overrides is not None and "1455" in found.overrides


def test_arena_floors_are_comparisons_won_against_a_model_at_the_floor() -> None:
    """120 of 200 is 53 to 67 %: more than half for certain; 0.6 means 400 log10(0.6/0.4) = 70.4 points above."""
    held = scenario("arena_text", 1430, "luna,arena_text,0.6,200\n")
    assert gate(held).outcome == "pass"
    shown = option_quality(held, held.option("luna"), KNOWN)
    assert shown is not None and shown.score == pytest.approx(1430 + 400 * log10(0.6 / 0.4))
    assert shown.low is not None and shown.high is not None and 1430 < shown.low < shown.score < shown.high


def test_all_won_is_an_end_of_the_range_never_infinite() -> None:
    held = scenario("arena_text", 1430, "luna,arena_text,1,200\n")
    shown = option_quality(held, held.option("luna"), KNOWN)
    assert shown is not None and shown.meets_floor is True and shown.high is None
    assert shown.score == shown.low == arena_score(wilson_interval(200, 200)[0], 1430)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_two_models_differ_by_their_odds(a: float, b: float) -> None:
    """Elo's expectation turned around: 1/(1 + 10^((opponent - score)/400)) is the share won."""
    for share in (a, b):
        score = arena_score(share, 1400.0)
        assert score is not None and 1 / (1 + 10 ** ((1400 - score) / 400)) == pytest.approx(share)


def test_the_option_that_waited_for_evidence_may_win() -> None:
    before = evaluate_scenario(scenario("arena_text", 1430), 64)
    after = evaluate_scenario(scenario("arena_text", 1430, "luna,arena_text,0.6,200\n"), 64)
    assert before.verdict.conditional_winner == "luna" and before.verdict.winner != "luna"
    assert after.verdict.winner == "luna"
    luna = next(o for o in after.as_dict()["options"] if o["id"] == "luna")
    assert luna["quality"]["own_evaluation"] is True and luna["quality"]["benchmark"] == "Arena text"
