"""Regions, guard models, staging, sites and a binding first token, from the scenario to the bill."""

from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.decision.simulation import prepare
from calculator.errors import InputError
from calculator.evaluate import evaluate_scenario
from calculator.scenario import Scenario, scenario_from
from calculator.wording import figure


def scenario(workload: dict[str, Any] | None = None, **option: Any) -> Scenario:
    data = {
        "schema": 1,
        "title": "Fleet",
        "as_of": "2026-11-23",
        "start": "2027-01",
        "horizon_months": 12,
        "workloads": [
            {"name": "chat", "requests_per_month": 3e6, "input_tokens": 1155, "output_tokens": 211, **(workload or {})}
        ],
        "options": [
            {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna"},
            {"id": "own", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "precision": "fp8", **option},
        ],
    }
    return scenario_from(data)


def result(workload: dict[str, Any] | None = None, **option: Any) -> dict[str, Any]:
    answer = evaluate_scenario(scenario(workload, **option), draws=16).as_dict()
    found: dict[str, Any] = next(o for o in answer["options"] if o["id"] == "own")
    return found


SHARES = [{"region": "eu", "share": 0.6}, {"region": "us", "share": 0.4}]


def test_each_adds_gpus() -> None:
    plain = result()["gpus"]["peak"]
    assert result({"residency_shares": SHARES})["gpus"]["peak"] > plain
    guarded = result({"guard_model": "llama-guard-3-8b"})
    assert guarded["gpus"]["peak"] >= plain
    assert guarded["npv_usd"]["base"] >= result()["npv_usd"]["base"]
    assert guarded["sizing"]["guards"][0]["weights"] == "llama-guard-3-8b"
    assert result(staging_replicas=40)["gpus"]["peak"] >= 40
    assert result(sites=2)["gpus"]["peak"] == 2 * plain


@pytest.mark.parametrize("sites", [1, 2])
def test_more_work_never_takes_less_power(sites: int) -> None:
    """A step to one more replica adds idle GPUs; it makes none of the others less busy, guards included."""
    servers = {"route": "owned", "gpu": "h200-sxm", "site": "colocation", "country": "DE", "sites": sites}
    power = []
    for requests in np.geomspace(2.5e6, 1.5e7, 80):
        guarded = {"requests_per_month": float(requests), "guard_model": "gpt-oss-safeguard-20b"}
        own = prepare(scenario(guarded, **servers), load_assumptions()).base["own"]
        power.append(float(own.flows.lines["power"].sum()))
    assert np.all(np.diff(power) > 0)


def test_a_binding_first_token_costs_more() -> None:
    loose = result({"traffic": {"burst_ratio": 4}, "requests_per_month": 3e7})
    late = loose["sizing"]["ttft_peak_ms"]
    slo = {"ttft_ms": late * 0.7, "ttft_binding": True}
    tight = result({"traffic": {"burst_ratio": 4}, "requests_per_month": 3e7, "slo": slo})
    assert tight["sizing"]["ttft_peak_ms"] <= late * 0.7
    with pytest.raises(InputError, match="idle replica"):
        result({"slo": {"ttft_ms": 0.5, "ttft_binding": True}})


@pytest.mark.parametrize(
    ("workload", "words"),
    [
        ({"guard_model": "llama-guard-9"}, "guard_model"),
        ({"residency_shares": [{"region": "eu", "share": 0.6}]}, "add up to 1"),
        ({"residency_shares": [{"region": "eu", "share": 0.5}] * 2}, "may stand once"),
    ],
)
def test_bad_fleets_get_one_line(workload: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        result(workload)


def test_a_first_token_later_than_its_target_is_said_with_both_figures() -> None:
    """The target is shown, not bound to: the note gives the modelled time, that of long prompts at least in proportion."""
    tight = {"slo": {"ttft_ms": 10, "tpot_ms": 60}, "input_tokens": {"mean": 8000, "p95": 24000}}
    outcome = prepare(scenario(tight), load_assumptions()).base["own"]
    assert outcome.load is not None
    peak = outcome.load.ttft_peak_ms[0]
    (note,) = [n for n in outcome.notes if "first token" in n]
    assert peak > 10 and f"{figure(peak, 2)} ms at the peak" in note and "the target is 10 ms" in note
    longer = peak + 2 * float(outcome.load.capacities[0].ttft_ms[0])  # three times the mean
    assert f"95th percentile after at least {figure(longer, 2)} ms" in note
    easy = {**tight, "slo": {"ttft_ms": 600_000, "tpot_ms": 60}}
    assert not any("first token" in n for n in prepare(scenario(easy), load_assumptions()).base["own"].notes)
