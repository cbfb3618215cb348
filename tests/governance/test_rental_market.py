"""A rented option that names no host: whom its price is a range over, and who is left out."""

from typing import Any

import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.rented import rental_price
from calculator.evaluate import evaluate
from calculator.governance.gate import feasibility
from calculator.governance.judging import judge, market_of
from calculator.inputs import Inputs
from calculator.options import RentedOption
from calculator.scenario import Scenario, scenario_from

KNOWN = load_assumptions()


def scenario(evidence: tuple[dict[str, str], ...] = (), **data: Any) -> Scenario:
    option = {
        "id": "rent",
        "route": "rented",
        "weights": "gemma-4-31b",
        "gpu": "h100-sxm",
        "region": "eu",
        "precision": "fp8",
    }
    return scenario_from(
        {
            "title": "test",
            "as_of": "2026-11-23",
            "start": "2027-01",
            "horizon_months": 12,
            "workloads": [{"name": "chat", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}],
            "options": [option],
            "data": data,
            "evidence": evidence,
        }
    )


def rent(s: Scenario) -> RentedOption:
    option = s.option("rent")
    assert isinstance(option, RentedOption)
    return option


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"certifications": ["soc2", "iso27001"]},
        {"excluded_jurisdictions": ["US"]},
        {"health_data": True, "residency": ["EU"]},
    ],
)
def test_the_range_runs_over_hosts_that_do_best_by_the_rules(data: dict[str, Any]) -> None:
    s = scenario(**data)
    market = market_of(s, rent(s), KNOWN)
    assert market is not None and market.hosts
    standing = {
        host: feasibility(judge(s, rent(s).model_copy(update={"provider": host}), KNOWN))
        for host in (*market.hosts, *market.left_out)
        if market.left_out.get(host) != "no GPUs in eu"
    }
    rank = ["pass", "needs_evidence", "fail"].index
    worst_in = max(rank(standing[host]) for host in market.hosts)
    assert all(rank(standing[host]) > worst_in for host in standing if host in market.left_out)
    assert rank(feasibility(judge(s, rent(s), KNOWN))) == worst_in


def test_certificates_leave_hosts_out_and_raise_the_price() -> None:
    free, bound = scenario(), scenario(certifications=["soc2", "iso27001"])
    cheap, dear = (float(rental_price(s, rent(s), Inputs(KNOWN)).usd_per_gpu_hour[0]) for s in (free, bound))
    market = market_of(bound, rent(bound), KNOWN)
    assert market is not None and market.left_out["nebius"] == "needs evidence for DATA-07"
    offers = [
        r for r in KNOWN.rows("gpu_rental").values() if r.text("gpu") == "h100-sxm" and r.text("provider") in market.hosts
    ]
    prices = [r.number("usd_per_gpu_hour") for r in offers if r.text("commitment") == "on_demand"]
    assert min(prices) <= dear <= max(prices)
    assert dear > cheap
    words = " ".join(rental_price(bound, rent(bound), Inputs(KNOWN)).notes)
    assert f"{len(market.hosts)} of {market.total} hosts" in words and "nebius" in words and "DATA-07" in words


def test_evidence_on_a_host_lets_it_back_in() -> None:
    proof = {"provider": "nebius", "rule": "DATA-07", "outcome": "pass", "date": "2026-10-01", "statement": "SOC 2 report"}
    s = scenario(evidence=(proof,), certifications=["soc2"])
    market = market_of(s, rent(s), KNOWN)
    assert market is not None and "nebius" in market.hosts


def test_where_nobody_passes_the_rule_fails_and_the_price_is_that_of_all() -> None:
    s = scenario(allowed_providers=["somebody-else"])
    assert {g.rule: g.outcome for g in judge(s, rent(s), KNOWN)}["ORIG-03"] == "fail"
    everybody, market = market_of(scenario(), rent(s), KNOWN), market_of(s, rent(s), KNOWN)
    assert market is not None and everybody is not None and set(market.hosts) == set(everybody.hosts)


def test_the_answer_lists_them_and_prices_the_rule() -> None:
    s = scenario(certifications=["soc2", "iso27001"])
    found = evaluate(s, KNOWN, 64).as_dict()
    listed = found["options"][0]["rental_market"]
    assert listed["hosts"] and {"host": "nebius", "why": "needs evidence for DATA-07"} in listed["left_out"]
    assert found["rule_prices_usd"]["DATA-07"]["saving_usd"] > 0


def test_a_named_host_has_no_market() -> None:
    s = scenario()
    assert market_of(s, rent(s).model_copy(update={"provider": "nebius"}), KNOWN) is None


def test_the_host_of_a_contract_is_not_guessed() -> None:
    s = scenario(certifications=["soc2"])
    contract = rent(s).contract.model_copy(update={"usd_per_gpu_hour": 2.0})
    option = rent(s).model_copy(update={"contract": contract})
    assert market_of(s, option, KNOWN) is None
    assert {g.rule: g.outcome for g in judge(s, option, KNOWN)}["DATA-07"] == "needs_evidence"
