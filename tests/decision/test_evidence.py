"""What an open question is worth: up to what the option behind it would save."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calculator import charts
from calculator.assumptions import load_assumptions
from calculator.decision.evidence import evidence
from calculator.decision.verdict import Candidate
from calculator.evaluate import evaluate
from calculator.result import Result
from calculator.scenario import scenario_from

KNOWN = load_assumptions()
LUNA = {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna", "reasoning_effort": "low"}
SOL = {**LUNA, "id": "sol", "model": "gpt-6-sol", "zero_retention": True}


def option(name: str, usd: float, *rules: str, fails: bool = False) -> Candidate:
    strict = "fail" if fails else "needs_evidence" if rules else "pass"
    cost = usd + np.linspace(-1, 1, 64)
    return Candidate(name, "api", name, strict, "fail" if fails else "pass", frozenset(rules), cost)


def result(*options: dict[str, Any], draws: int = 256, **blocks: Any) -> Result:
    workload = {"name": "w", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}
    top = {"title": "t", "as_of": "2026-11-23", "start": "2027-01", "horizon_months": 12, "workloads": [workload]}
    return evaluate(scenario_from({**top, "options": list(options), **blocks}), KNOWN, draws)


def test_evidence_is_worth_what_the_option_would_save() -> None:
    all_options = [
        option("passes", 100_000),
        option("open", 40_000, "PERF-01"),
        option("better", 30_000, "DATA-02", "DATA-04"),
        option("dear", 120_000, "DATA-02"),
        option("out", 10_000, "DATA-04", fails=True),
    ]
    found = evidence(KNOWN, all_options, "passes")
    assert [(e.option, e.rules) for e in found] == [("better", ("DATA-02", "DATA-04")), ("open", ("PERF-01",))]
    assert [e.worth and e.worth.usd for e in found] == pytest.approx([70_000, 60_000])
    vendor = KNOWN.row("studies", "vendor_answer").number("cost_usd")
    assert found[0].cost_usd == vendor  # one question to one vendor, however many rules
    assert found[0].least_chance == pytest.approx(vendor / 70_000)
    assert evidence(KNOWN, all_options[::-1], "passes") == found


def test_little_saving_is_not_worth_asking_for_and_an_unknown_cost_stays_unknown() -> None:
    small, licence = evidence(
        KNOWN, [option("passes", 10_000), option("small", 9_000, "DATA-02"), option("licence", 9_500, "LIC-02")], "passes"
    )
    assert small.advice == "not worth it"
    assert (licence.cost_usd, licence.months, licence.least_chance) == (None, None, None)
    assert licence.as_dict()["null_reasons"]["cost_usd"]


def test_where_nothing_passes_evidence_is_what_lets_an_option_in() -> None:
    (found,) = evidence(KNOWN, [option("a", 10, "DATA-02"), option("b", 20, "DATA-04")], None)
    assert (found.option, found.worth, found.advice) == ("a", None, "do it")


def test_advice_never_contradicts_a_conditional_winner() -> None:
    found = result(LUNA, {**LUNA, "id": "twin"}, SOL, data={"max_retention_days": 0})
    data = found.as_dict()
    assert data["verdict"]["conditional_winner"] == "luna"
    assert {s["option"] for s in data["decision"]["information"]["studies"] if s["kind"] == "evidence"} == {"luna", "twin"}
    said = " ".join(data["decision"]["text"]["what_to_find_out"])
    assert "No single study could change the choice" not in said and "DATA-03 of luna, is worth up to" in said
    studies = data["decision"]["information"]["studies"]
    asked = next(s for s in studies if s["option"] == "luna")
    assert asked["rules"] == ["DATA-03"] and asked["worth_usd"] > 0 and asked["advice"] == "depends on the chance"
    names = [record["study"] for record in charts.studies(data)[1]]
    assert len(set(names)) == len(studies) and any(name.startswith("luna: asking the vendor") for name in names)
    worth = [s["worth_usd"] for s in studies]
    assert worth == sorted(worth, reverse=True)


def test_without_open_questions_nothing_is_asked() -> None:
    found = result(LUNA, {**SOL, "zero_retention": False})
    assert found.analysis.evidence == ()
