"""Fixed scales: their definition, and where options stand."""

import pytest

from calculator.assumptions import load_assumptions
from calculator.governance.judging import judge
from calculator.governance.scales import CRITERIA, footprint_position, positions, steps
from calculator.options import FineTuning
from calculator.scenario import Scenario, parse_scenario

TEXT = """
title: t
as_of: 2026-11-23
start: 2027-02
workloads: [{name: w, requests_per_month: 1000, input_tokens: 100, output_tokens: 100}]
options:
  - {id: luna, route: api, provider: openai, model: gpt-6-luna}
  - {id: old, route: api, provider: openai, model: gpt-4.1}
  - {id: host, route: hosted, provider: fireworks, model: deepseek-v4-flash}
  - {id: rented, route: rented, weights: gpt-oss-120b, gpu: h100-sxm}
  - {id: owned, route: owned, weights: gpt-oss-120b, gpu: h100-sxm}
  - {id: capped, route: owned, weights: minimax-m3, gpu: h100-sxm}
  - {id: mix, route: hybrid, base: rented, overflow: host}
"""
KNOWN = load_assumptions()


def scenario(text: str = TEXT) -> Scenario:
    return parse_scenario(text)


@pytest.mark.parametrize("criterion", [c for c in CRITERIA if c != "footprint"])
def test_worths_of_a_scale_sum_to_one(criterion: str) -> None:
    worths = [r.number("worth") for r in KNOWN.rows("priorities").values() if r.text("criterion") == criterion]
    assert sum(worths) == pytest.approx(1) and min(worths) > 0


def test_every_statement_has_its_fact() -> None:
    assert len(steps(scenario(), scenario().option("luna"), KNOWN)) == len(KNOWN.rows("priorities"))


def test_control_rises_with_what_is_in_own_hands() -> None:
    s = scenario()
    at = {o.id: positions(s, o, KNOWN) for o in s.options}
    assert [at[n]["control_and_audit"] for n in ("luna", "host", "rented", "owned")] == [0, 0.25, 0.75, 1]
    assert at["luna"]["customization_depth"] == 0 and at["owned"]["customization_depth"] == 1
    assert 0 < at["host"]["customization_depth"] < 1
    assert at["capped"]["strategic_flexibility"] < at["owned"]["strategic_flexibility"] == 1


def test_a_hybrid_stands_no_higher_than_either_leg() -> None:
    s = scenario()
    mix, legs = positions(s, s.option("mix"), KNOWN), [positions(s, s.option(o), KNOWN) for o in ("rented", "host")]
    for criterion, place in mix.items():
        assert place <= min(leg[criterion] for leg in legs)


def test_training_ends_at_the_announced_day() -> None:
    before = scenario(TEXT.replace("2027-02", "2026-12"))
    assert positions(before, before.option("old"), KNOWN)["customization_depth"] == 0.25
    after = scenario()
    assert positions(after, after.option("old"), KNOWN)["customization_depth"] == 0


def test_other_options_move_nothing() -> None:
    s = scenario()
    fewer = s.model_copy(update={"options": s.options[:4]})
    for option in fewer.options:
        assert positions(fewer, option, KNOWN) == positions(s, option, KNOWN)


def test_footprint_is_measured_on_a_log_scale() -> None:
    places = [footprint_position(KNOWN, kg) for kg in (100, 3, 0.3, 0.03, 0.003, 0)]
    assert places == pytest.approx([0, 0, 1 / 3, 2 / 3, 1, 1])
    assert "footprint" not in positions(scenario(), scenario().option("luna"), KNOWN)
    assert positions(scenario(), scenario().option("luna"), KNOWN, 0.3)["footprint"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("option", "start", "repeats", "outcome"),
    [
        ("old", "2026-12", 0, "pass"),
        ("old", "2026-12", 2, "fail"),
        ("old", "2027-02", 0, "fail"),
        ("luna", "2026-12", 0, "needs_evidence"),
        ("host", "2027-02", 4, "pass"),
        ("owned", "2027-02", 4, None),
    ],
)
def test_a_planned_fine_tune_must_be_on_offer(option: str, start: str, repeats: float, outcome: str | None) -> None:
    s = scenario(TEXT.replace("2027-02", start))
    plan = FineTuning(training_tokens=1e7, engineer_weeks=4, repeats_per_year=repeats)
    gates = {g.rule: g.outcome for g in judge(s, s.option(option).model_copy(update={"fine_tuning": plan}), KNOWN)}
    assert gates.get("CUST-01") == outcome
    assert "CUST-01" not in {g.rule for g in judge(s, s.option(option), KNOWN)}
