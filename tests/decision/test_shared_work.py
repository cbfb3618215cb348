"""An API against a host at few requests: what both need alike must not decide, and little money is said to be little."""

from __future__ import annotations

from typing import Any

import pytest

from calculator.assumptions import load_assumptions
from calculator.evaluate import evaluate
from calculator.result import Result
from calculator.scenario import scenario_from

DATA: dict[str, Any] = {
    "title": "Start-up",
    "as_of": "2026-11-23",
    "start": "2027-01",
    "horizon_months": 24,
    "workloads": [{"name": "w", "requests_per_month": 20000, "input_tokens": 1000, "output_tokens": 300}],
    "options": [
        {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna", "reasoning_effort": "low"},
        {
            "id": "oss-together", "route": "hosted", "provider": "together", "model": "gpt-oss-120b",
            "weights": "gpt-oss-120b", "reasoning_effort": "low",
        },
    ],
}  # fmt: skip


def startup(**updates: Any) -> Result:
    return evaluate(scenario_from({**DATA, **updates}), load_assumptions(), 1024)


@pytest.fixture(scope="module")
def found() -> Result:
    return startup()


def test_work_that_both_need_moves_no_gap(found: Result) -> None:
    assert found.analysis.bars
    shared = ("staffing.api", "staffing.hosted", "lifecycle.audit", "lifecycle.exit", "switching.set_up")
    assert not [bar.input for bar in found.analysis.bars if bar.input.startswith(shared)]


def test_no_staffing_study_is_advised(found: Result) -> None:
    information = found.analysis.information
    assert information is not None
    assert [s for s in information.studies if s.id == "staffing_plan" and s.advice != "not worth it"] == []


def test_a_host_s_own_figure_counts_again() -> None:
    own = startup(assumptions={"staffing.hosted_operations_fte": {"low": 0.05, "base": 0.1, "high": 0.3}})
    assert own.analysis.bars and own.analysis.bars[0].input.startswith("staffing.")
