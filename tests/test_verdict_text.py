"""What the verdict says, in words that hold."""

from typing import Any

import pytest

from calculator.assumptions import load_assumptions
from calculator.evaluate import evaluate
from calculator.result import Result
from calculator.scenario import scenario_from

KNOWN = load_assumptions()
LUNA = {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna", "reasoning_effort": "low"}
SOL = {**LUNA, "id": "sol", "model": "gpt-6-sol"}


def result(draws: int, *options: dict[str, Any], **blocks: Any) -> Result:
    workload = {"name": "w", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}
    top = {"title": "t", "as_of": "2026-11-23", "start": "2027-01", "horizon_months": 12, "workloads": [workload]}
    return evaluate(scenario_from({**top, "options": list(options), **blocks}), KNOWN, draws)


@pytest.mark.parametrize("draws", [1, 16])
def test_few_draws_are_said_to_be_too_few(draws: int) -> None:
    found = result(draws, LUNA, SOL)
    data = found.as_dict()
    assert data["verdict"]["winner"] == "luna" and data["verdict"]["confidence"] is None
    assert data["null_reasons"]["confidence"] in found.text and f"{draws} draw" in found.text
    assert "more than" not in found.text


def test_a_chance_is_no_surer_than_its_draws() -> None:
    assert "(confidence more than 95 %)" in result(64, LUNA, SOL).text
    assert "(confidence more than 99 %)" in result(1024, LUNA, SOL).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"max_retention_days": 0}, "more than luna, which runs today and needs evidence for DATA-03."),
        ({"allowed_jurisdictions": ["CN"]}, None),
        ({"residency": ["US"]}, "more than luna, which runs today and fails DATA-04."),
    ],
)
def test_leaving_a_cheaper_baseline_that_is_not_allowed_says_what_it_costs(data: dict[str, Any], said: str | None) -> None:
    today = {**LUNA, "region": "eu"}
    found = result(64, today, {**SOL, "region": "us", "zero_retention": True}, baseline="luna", data=data)
    assert (said is None) == ("which runs today" not in found.text)
    if said is not None:
        assert found.verdict.leader == "sol" and found.text.endswith(said)


def test_an_allowed_or_dearer_baseline_is_not_lamented() -> None:
    assert "which runs today" not in result(64, LUNA, SOL, baseline="luna").text
    dear = result(64, {**SOL, "region": "eu"}, {**LUNA, "region": "us"}, baseline="sol", data={"residency": ["US"]})
    assert dear.verdict.leader == "luna" and "which runs today" not in dear.text


def test_one_rule_turns_out_and_one_month_is_one() -> None:
    found = result(64, LUNA, {**SOL, "zero_retention": True}, data={"max_retention_days": 0}, horizon_months=1)
    assert "if DATA-03 turns out well" in " ".join(found.reasons)
    assert "over 1 month" in found.text and "1 months" not in found.text


def test_every_option_of_the_sentence_has_its_name_and_its_id() -> None:
    named = {**LUNA, "region": "eu", "name": "GPT-6 Luna at OpenAI"}
    sol = {**SOL, "region": "us", "name": "GPT-6 Sol"}
    found = result(64, named, sol, baseline="luna", data={"residency": ["US"]})
    assert found.text.startswith("Choose GPT-6 Sol (sol, the proprietary API): ")
    assert found.text.endswith("more than GPT-6 Luna at OpenAI (luna), which runs today and fails DATA-04.")


def test_the_price_of_a_rule_is_about_and_at_todays_alternatives() -> None:
    found = result(64, LUNA, {**SOL, "zero_retention": True}, data={"max_retention_days": 0})
    (price,) = [r for r in found.reasons if r.startswith("Price of DATA-03")]
    assert "luna would save about $" in price and price.endswith(", at today's alternatives.")
