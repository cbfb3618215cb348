"""Gates change prices, and a rule that binds has a price."""

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.decision.verdict import Candidate, rule_prices
from calculator.evaluate import evaluate
from calculator.governance.price_effects import batch_refusal, lifted, repriced
from calculator.scenario import Scenario, scenario_from

KNOWN = load_assumptions()
LUNA = {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna", "zero_retention": True}
GEMINI = {"id": "gemini", "route": "api", "provider": "google", "endpoint": "vertex", "model": "gemini-3.5-flash-lite"}


def scenario(options: list[dict[str, Any]], batch: float = 1, **data: Any) -> Scenario:
    return scenario_from(
        {
            "title": "t",
            "as_of": "2026-11-23",
            "start": "2027-01",
            "horizon_months": 12,
            "data": data,
            "workloads": [
                {"name": "w", "requests_per_month": 1e6, "input_tokens": 4000, "output_tokens": 500, "batch_share": batch}
            ],
            "options": options,
        }
    )


def cost(s: Scenario, option: str) -> float:
    return evaluate(s, KNOWN, draws=1).option(option).npv_base_usd


def test_zero_retention_keeps_off_a_batch_endpoint_that_stores_files() -> None:
    free, bound = scenario([LUNA]), scenario([LUNA], max_retention_days=0)
    assert batch_refusal(free, free.options[0], KNOWN) is None  # type: ignore[arg-type]
    assert "files of a batch are kept 30 days" in str(batch_refusal(bound, bound.options[0], KNOWN))  # type: ignore[arg-type]
    interactive = scenario([LUNA], batch=0)
    assert cost(free, "luna") < cost(bound, "luna") == pytest.approx(cost(interactive, "luna"), rel=0.02)
    notes = evaluate(bound, KNOWN, draws=1).option("luna").base.notes
    assert any("standard prices are charged" in note for note in notes)


def test_a_batch_endpoint_that_leaves_files_with_the_customer_stays() -> None:
    free, bound = scenario([GEMINI]), scenario([GEMINI], max_retention_days=0)
    assert cost(free, "gemini") == cost(bound, "gemini")


def test_a_batch_that_is_processed_anywhere_is_not_used_where_a_region_is_required() -> None:
    azure = {"id": "a", "route": "api", "provider": "azure", "model": "gpt-5.4", "endpoint": "regional", "region": "eu"}
    s = scenario([azure], residency=["EU"])
    assert "processed anywhere" in str(batch_refusal(s, s.options[0], KNOWN))  # type: ignore[arg-type]


def test_lifting_zero_retention_brings_batch_back_and_is_priced() -> None:
    bound = scenario([LUNA, GEMINI], max_retention_days=0)
    result, free = evaluate(bound, KNOWN, draws=64), evaluate(scenario([LUNA, GEMINI]), KNOWN, draws=64)
    price = result.rule_prices["DATA-03"]
    saved = result.option("luna").npv_draws_usd.mean() - free.option("luna").npv_draws_usd.mean()
    assert price.best == "luna"
    assert price.saving_usd == pytest.approx(saved, rel=1e-6)
    assert "DATA-03" not in evaluate(scenario([LUNA], batch=0, max_retention_days=0), KNOWN, draws=64).rule_prices


def test_lifting_residency_gives_up_the_surcharge_of_the_region() -> None:
    bound = scenario([{**LUNA, "region": "eu"}], batch=0, residency=["EU"])
    assert repriced(bound, "DATA-04", KNOWN) == {"luna"}
    without = cost(lifted(bound, "DATA-04", KNOWN), "luna")
    assert cost(bound, "luna") > without
    price = evaluate(bound, KNOWN, draws=64).rule_prices["DATA-04"]
    assert price.saving_usd is not None and price.saving_usd > 0


def test_a_hybrid_over_a_repriced_leg_is_repriced() -> None:
    own = {"id": "own", "route": "owned", "weights": "gemma-4-31b", "gpu": "h200-sxm", "country": "DE", "precision": "fp8"}
    mix = {"id": "mix", "route": "hybrid", "base": "own", "overflow": "luna"}
    assert repriced(scenario([LUNA, own, mix], max_retention_days=0), "DATA-03", KNOWN) == {"luna", "mix"}


def candidate(name: str, usd: float, *failed: str) -> Candidate:
    outcome = "fail" if failed else "pass"
    return Candidate(name, "api", name, outcome, outcome, frozenset(failed), np.array([usd]))


def test_a_rule_has_a_price_where_it_alone_keeps_a_cheaper_option_out() -> None:
    options = [candidate("a", 100), candidate("b", 60, "R1"), candidate("c", 10, "R1", "R2"), candidate("d", 120, "R2")]
    prices = rule_prices(options)
    assert {rule: (p.best, p.saving_usd) for rule, p in prices.items()} == {"R1": ("b", 40.0)}
    assert rule_prices(options, {"R3": {"a": np.array([90.0])}})["R3"].saving_usd == pytest.approx(10)
    assert rule_prices(options, {"R1": {"b": np.array([30.0])}})["R1"].saving_usd == pytest.approx(70)


def test_where_nothing_passes_a_rule_price_names_what_would_be_allowed() -> None:
    price = rule_prices([candidate("b", 60, "R1")])["R1"]
    assert (price.best, price.saving_usd) == ("b", None)


def test_a_rule_that_nobody_set_has_no_price() -> None:
    free = scenario([{**LUNA, "region": "eu"}], batch=0)
    assert repriced(free, "DATA-04", KNOWN) == repriced(free, "DATA-03", KNOWN) == frozenset()
    assert evaluate(free, KNOWN, draws=64).rule_prices == {}


def test_what_a_bridge_costs_less_without_a_rule_counts_for_what_it_carries() -> None:
    own = {"id": "own", "route": "owned", "weights": "gemma-4-31b", "gpu": "h200-sxm", "bridge": "luna", "precision": "fp8"}
    assert repriced(scenario([LUNA, own], max_retention_days=0), "DATA-03", KNOWN) == {"luna", "own"}
