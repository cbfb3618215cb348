"""Licence terms of a model version, over the horizon; the facts behind them are complete."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.checks import violations
from calculator.governance.licence_rules import crossing
from calculator.governance.subject import provider_row, released_row
from tests.governance.cases import KNOWN, altered, judged


def own(weights: str, **more: Any) -> dict[str, Any]:
    return {"route": "owned", "weights": weights, "gpu": "h200-sxm", **more}


def hosted(weights: str, provider: str = "fireworks") -> dict[str, Any]:
    return {"route": "hosted", "provider": provider, "model": weights, "weights": weights}


@pytest.mark.parametrize(
    ("option", "organization", "rule", "outcome"),
    [
        (own("devstral-2"), {"annual_revenue_usd": 2.4e8}, "LIC-02", "pass"),
        (own("devstral-2"), {"annual_revenue_usd": 2.41e8}, "LIC-02", "fail"),
        (own("Devstral-2-123B-Instruct-2512"), {"annual_revenue_usd": 1e9}, "LIC-02", "fail"),
        (hosted("devstral-2"), {"annual_revenue_usd": 1e9}, "LIC-02", "fail"),
        (hosted("devstral-2", "mistral"), {"annual_revenue_usd": 1e9}, "LIC-01", "pass"),
        (own("qwen2.5-72b"), {"monthly_active_users": 9e7, "annual_growth": 0.1}, "LIC-03", "fail"),
        (own("qwen2.5-72b"), {"monthly_active_users": 9e7}, "LIC-03", "pass"),
        (own("llama-3.3-70b"), {"monthly_active_users": 6.9e8, "annual_growth": 0.5}, "LIC-03", "pass"),
        (own("llama-3.3-70b"), {}, "LIC-03", "needs_evidence"),
        (own("llama-4-maverick"), {"countries": ["DE"]}, "LIC-04", "fail"),
        (own("llama-4-maverick"), {"countries": ["DE", "US"], "headquarters": "US"}, "LIC-04", "pass"),
        (own("llama-4-maverick"), {}, "LIC-04", "needs_evidence"),
        (hosted("llama-4-maverick"), {"countries": ["DE"]}, "LIC-04", "needs_evidence"),
        (own("hunyuan-large"), {"countries": ["KR"], "headquarters": "US"}, "LIC-04", "fail"),
        (own("minimax-m2.7"), {}, "LIC-01", "fail"),
        (hosted("minimax-m2.7"), {}, "LIC-01", "needs_evidence"),
        (own("codestral-22b"), {}, "LIC-01", "needs_evidence"),
        (own("mistral-large-4"), {}, "LIC-01", "needs_evidence"),
        (own("made-up-70b"), {}, "LIC-01", "needs_evidence"),
        (own("gpt-oss-120b"), {"resells_model": True, "redistributes_weights": True}, "LIC-05", "pass"),
        (own("gemma-3"), {"redistributes_weights": True}, "LIC-07", "needs_evidence"),
        (own("exaone-4.0-32b"), {"resells_model": True}, "LIC-05", "fail"),
        (own("qwen3.8-flash-next"), {"resells_model": True}, "LIC-05", "needs_evidence"),
        (own("kimi-k3"), {"annual_revenue_usd": 3e7, "resells_model": True}, "LIC-02", "fail"),
        (own("kimi-k3"), {"annual_revenue_usd": 1e7, "resells_model": True}, "LIC-02", "pass"),
        (hosted("minimax-m3"), {"product_revenue_usd": 3e7}, "LIC-02", "needs_evidence"),
    ],
)
def test_terms(option: dict[str, Any], organization: dict[str, Any], rule: str, outcome: str) -> None:
    assert judged(option, organization=organization)[rule].outcome == outcome


def test_a_growing_firm_crosses_a_cap_in_year_two_and_the_month_is_named() -> None:
    firm = {"annual_revenue_usd": 1.6e8, "annual_growth": 0.3}  # 240M a year after 18.5 months
    year = judged(own("devstral-2"), organization=firm, horizon_months=12)["LIC-02"]
    three = judged(own("devstral-2"), organization=firm, horizon_months=36)["LIC-02"]
    assert (year.outcome, three.outcome) == ("pass", "fail")
    assert "crossed in 2028-06" in three.statement


def test_near_a_cap_the_growth_that_would_cross_it_is_told() -> None:
    gate = judged(own("devstral-2"), organization={"annual_revenue_usd": 2e8}, horizon_months=36)["LIC-02"]
    assert gate.outcome == "pass" and "growth of 6% a year would cross it" in gate.statement


@given(today=st.floats(1, 1e9), growth=st.floats(-0.5, 2), cap=st.floats(1, 1e9), months=st.integers(0, 60))
def test_crossing_is_the_first_month_above_the_cap(today: float, growth: float, cap: float, months: int) -> None:
    when = crossing(today, growth, cap, months)
    figures = [today * (1 + growth) ** (m / 12) for m in range(months + 1)]
    assert when == next((m for m, figure in enumerate(figures) if figure > cap), None)


def test_fine_tuning_is_asked_for_where_the_option_fine_tunes() -> None:
    tuned = own("gpt-oss-120b", fine_tuning={"training_tokens": 1e7, "engineer_weeks": 4})
    assert judged(tuned)["LIC-06"].outcome == "pass"
    assert "LIC-06" not in judged(own("gpt-oss-120b"))


def test_a_model_of_the_size_table_and_of_the_release_table_has_one_licence() -> None:
    releases = KNOWN.rows("releases")
    for key, row in KNOWN.rows("models").items():
        if key in releases:
            assert row.text("licence") == releases[key].text("licence"), key


def test_every_release_names_a_licence_and_a_developer_that_exist() -> None:
    licences, developers = KNOWN.rows("licences"), KNOWN.rows("developers")
    for row in KNOWN.rows("releases").values():
        assert row.text("licence") in licences and row.text("developer") in developers, row.key
    assert len(KNOWN.rows("releases")) >= 44


def test_facts_cover_the_endpoints_with_source_date_and_grade() -> None:
    assert len(KNOWN.rows("providers")) >= 14
    asked = ("trains_by_default", "retention_days", "zero_retention", "processing_regions", "certifications", "baa")
    for row in KNOWN.rows("providers").values():
        for column in asked:
            p = row.parameter(column)
            assert p.source is not None and p.as_of and p.kind in ("published", "vendor", "secondary"), p.id
    assert violations(altered("providers", "openai"), date(2026, 12, 1)) == []


def test_every_provider_that_is_priced_or_rents_gpus_has_a_row() -> None:
    for row in KNOWN.rows("offers").values():
        assert provider_row(KNOWN, row.text("provider"), None) is not None, row.key
    for row in KNOWN.rows("gpu_rental").values():
        assert row.text("provider") == "market" or row.text("provider") in KNOWN.rows("gpu_hosts"), row.key


@pytest.mark.parametrize(
    ("name", "endpoint", "model", "key"),
    [
        ("bedrock", None, "claude-sonnet-5-5", "aws"),
        ("vertex", None, "gemini-3.8-flash", "google@vertex"),
        ("google", "vertex", "gemini-3.8-flash", "google@vertex"),
        ("azure-openai", "Global-Standard", "gpt-5.4", "azure@global"),
        ("azure", "DataZone", "gpt-5.4", "azure@data_zone"),
        ("azure", "regional", "claude-opus-5", "azure/claude"),
        ("nobody", None, "x", None),
    ],
)
def test_providers_answer_to_other_names(name: str, endpoint: str | None, model: str, key: str | None) -> None:
    row = provider_row(KNOWN, name, endpoint, model)
    assert (None if row is None else row.key) == key


@pytest.mark.parametrize("name", ["deepseek-ai/DeepSeek-V3.2", "Llama-3.2-90B-Vision-Instruct", "gemma-3-27b-it", "hy3"])
def test_models_answer_to_other_names(name: str) -> None:
    assert released_row(KNOWN, name) is not None
