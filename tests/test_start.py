"""Five answers give a scenario that can be answered."""

from datetime import date

import pytest

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.quantities import base
from calculator.sharing import presets
from calculator.start import Answers, begun_from, start_scenario, use_cases

KNOWN = load_assumptions()
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("use_case", sorted(use_cases(KNOWN)))
@pytest.mark.parametrize(
    ("classification", "residency"), [("internal", ()), ("confidential", ("EU",)), ("restricted", ("DE",))]
)
def test_every_use_case_is_answered(use_case: str, classification: str, residency: tuple[str, ...]) -> None:
    answers = Answers(use_case=use_case, amount=2e6, classification=classification, residency=residency)  # type: ignore[arg-type]
    scenario = start_scenario(answers, TODAY, KNOWN)
    result = evaluate(scenario, KNOWN, draws=16)
    assert scenario.start == "2027-01"
    assert {o.route for o in result.options} >= {"owned", "hybrid"}
    assert any(g.outcome == "pass" for o in result.options for g in o.gates)


def test_confined_data_stay_on_own_servers() -> None:
    result = evaluate(start_scenario(Answers(use_case="support", amount=1e6, classification="air_gapped"), TODAY), KNOWN, 16)
    leader = result.verdict.leader
    assert leader is not None
    assert result.option(leader).route == "owned"


def test_users_become_requests() -> None:
    workload = start_scenario(Answers(use_case="coding", amount=2000, unit="users"), TODAY).workloads[0]
    per_user = KNOWN.number("use_cases.coding.requests_per_user_month")
    assert base(workload.requests_per_month) == pytest.approx(2000 * per_user)


def test_what_runs_today_is_the_baseline() -> None:
    known = start_scenario(Answers(use_case="support", amount=1e6, today="openai/gpt-6-luna"), TODAY)
    assert known.baseline == "luna"
    added = start_scenario(Answers(use_case="support", amount=1e6, today="groq/gpt-oss-120b"), TODAY)
    assert added.baseline == "today"
    assert added.option("today").route == "hosted"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (Answers(use_case="suport", amount=1), "did you mean support"),
        (Answers(use_case="support", amount=1, today="openai/gpt-6-lunar"), "openai/gpt-6-luna"),
    ],
)
def test_unknown_names_say_what_was_meant(answers: Answers, message: str) -> None:
    with pytest.raises(InputError, match=message):
        start_scenario(answers, TODAY)


def test_the_first_answer_is_found_again_from_the_scenario_alone() -> None:
    answers = Answers(
        use_case="coding", amount=250_000, classification="confidential", residency=("EU",), today="openai/gpt-6-luna"
    )
    first = start_scenario(answers, date(2026, 11, 23))
    changed = first.model_copy(update={"discount_rate": 0.11})
    assert begun_from(changed) == first
    assert begun_from(presets()["coding-assistant"]) is None
    assert begun_from(presets()["support-assistant"]) is None


@pytest.mark.parametrize("use_case", sorted(use_cases(KNOWN)))
def test_sensitive_classes_differ_in_no_default_of_retention(use_case: str) -> None:
    def days(classification: str) -> int | None:
        answers = Answers.model_validate({"use_case": use_case, "amount": 1e6, "classification": classification})
        return start_scenario(answers, TODAY, KNOWN).data.max_retention_days

    assert days("public") is days("internal") is None
    assert days("confidential") == days("restricted") == days("air_gapped") is not None


@pytest.mark.parametrize("use_case", sorted(use_cases(KNOWN)))
@pytest.mark.parametrize("classification", ["internal", "restricted"])
def test_every_option_says_what_it_is(use_case: str, classification: str) -> None:
    answers = Answers.model_validate({"use_case": use_case, "amount": 1e6, "classification": classification})
    names = [option.name for option in start_scenario(answers, TODAY, KNOWN).options]
    assert all(name and len(name) <= 60 for name in names)
    assert len(set(names)) == len(names)
