"""An API against a host at few requests: what both need alike must not decide, and little money is said to be little."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from calculator.assumptions import load_assumptions
from calculator.attribution import attribution
from calculator.charts import attribution_title
from calculator.charts.uncertainty.information import plans_title
from calculator.evaluate import evaluate
from calculator.report import report_pdf
from calculator.result import Result
from calculator.scenario import dump_scenario, scenario_from

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


def test_where_tokens_are_little_money_the_reasons_say_so(found: Result) -> None:
    (said,) = [r for r in found.reasons if r.startswith("Tokens are ")]
    assert "cost hardly decides this, quality and effort do" in said
    for option in found.options:
        lines, months = option.base.flows.lines, found.scenario.horizon_months
        tokens = sum(float(usd.sum()) for line, usd in lines.items() if line.startswith("api_")) / months
        assert f"${tokens:.2f} of " in said and f"with {option.id}" in said


def test_where_tokens_are_most_of_the_money_nothing_of_the_kind_is_said() -> None:
    busy = startup(workloads=[{**DATA["workloads"][0], "requests_per_month": 2e8}])
    assert not [r for r in busy.reasons if r.startswith("Tokens are ")]


def test_nobody_moves_from_what_does_not_run(found: Result) -> None:
    timing = found.analysis.timing
    assert timing is not None and not timing.runs_today
    for said in (*found.as_dict()["decision"]["text"]["when"], plans_title(timing.as_dict())):
        assert "oss-together over luna" in said and "move" not in said and "moving from" not in said
    running = startup(baseline="luna")
    assert "moving from luna to oss-together" in " ".join(running.as_dict()["decision"]["text"]["when"])


def test_a_leader_that_is_too_close_is_ahead_and_not_advised(found: Result) -> None:
    assert found.verdict.too_close and found.verdict.leader == "luna"
    text = report_text(found)
    assert "ahead, too close to call" in text and "advised" not in text
    sides = attribution(found.scenario, startup(discount_rate=0.05).scenario, 256)
    assert sides["choice"]["advised"] is False
    assert attribution_title(sides).startswith("The option ahead costs ")


def test_a_winner_is_advised() -> None:
    busy = [{**DATA["workloads"][0], "requests_per_month": 2e8}]
    one, other = (startup(workloads=busy, discount_rate=rate) for rate in (0.05, 0.1))
    assert one.verdict.winner is not None
    assert "the advised option in bold" in report_text(one)
    sides = attribution(one.scenario, other.scenario, 256)
    assert sides["choice"]["advised"] is True
    assert attribution_title(sides).startswith("What is advised costs ")


def report_text(found: Result) -> str:
    pages = PdfReader(io.BytesIO(report_pdf(found.as_dict(), dump_scenario(found.scenario), "executive"))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
