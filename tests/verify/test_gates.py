"""`gate` as cases use it."""

from typing import Any

import pytest

from calculator.errors import InputError
from calculator.verify.calculations import calculate

API = {"route": "api", "provider": "openai", "model": "gpt-6-luna"}


def gate(**inputs: Any) -> Any:
    return calculate("gate", inputs, "case")


def test_a_hybrid_is_given_with_its_legs() -> None:
    own = {"id": "base", "route": "owned", "weights": "gpt-oss-120b", "gpu": "h200-sxm", "country": "DE"}
    mix = {"route": "hybrid", "base": "base", "overflow": "api"}
    options = [mix, own, {"id": "api", **API}]
    assert gate(rule="classification", option=options, data={"classification": "restricted"}) == "fail"
    assert gate(rule="licence", option=options) == "pass"


def test_readings_groups_and_hugging_face_ids() -> None:
    devstral = {"route": "owned", "weights": "mistralai/Devstral-2-123B-Instruct-2512", "gpu": "h200-sxm"}
    assert gate(rule="licence", option=devstral, organization={"annual_revenue_usd": 1e9}) == "fail"
    assert gate(rule="LIC", option=devstral) == "needs_evidence"
    assert gate(rule="LIC", option=devstral, reading="optimistic") == "pass"
    proof = [{"rule": "LIC-02", "outcome": "pass", "statement": "licence of 2026-05", "date": "2026-05-01"}]
    assert gate(rule="LIC", option=devstral, evidence=proof, as_of="2026-11-23") == "pass"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"option": API, "rule": "residenzy"}, r"gate: rule: unknown rule 'residenzy'; did you mean residency"),
        ({"option": {"route": "api", "provider": "openai"}}, r"gate: options\.0\.model: is missing"),
        ({"option": API, "data": {"colour": 1}}, r"gate: data\.colour: unknown key"),
        ({"option": API, "reading": "hopeful"}, r"reading: must be strict or optimistic"),
        ({"option": API, "organisation": {}}, "unknown input 'organisation'; did you mean organization"),
        ({"option": "luna"}, "option: must be an option"),
    ],
)
def test_bad_cases_say_what_to_mend(inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        gate(**inputs)
