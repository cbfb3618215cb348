"""Levelised prices of input and output: they add up to the whole cost, and follow what makes a fleet larger."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.routes import Decided, cost_option
from calculator.demand import demands
from calculator.evaluate import evaluate
from calculator.inputs import Inputs
from calculator.scenario import Scenario, scenario_from

KNOWN = load_assumptions()
OPTIONS: list[dict[str, Any]] = [
    {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna"},
    {"id": "units", "route": "api", "provider": "azure", "model": "gpt-5-mini", "tier": "provisioned"},
    {"id": "rent", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "nebius", "precision": "fp8"},
    {"id": "own", "route": "owned", "weights": "gemma-4-31b", "gpu": "rtx-pro-6000", "precision": "fp8"},
    {"id": "mix", "route": "hybrid", "base": "own", "overflow": "luna", "base_replicas": 2},
    {"id": "fleets", "route": "hybrid", "base": "own", "overflow": "rent", "base_replicas": 2},
]
INPUT, OUTPUT = "usd_per_million_input_tokens", "usd_per_million_output_tokens"


def scenario(tokens_in: float = 1155, tokens_out: float = 211, batch: float = 0) -> Scenario:
    workload = {"name": "w", "requests_per_month": 3e6, "input_tokens": tokens_in, "output_tokens": tokens_out,
                "batch_share": batch}  # fmt: skip
    data = {"title": "test", "as_of": "2026-11-23", "start": "2027-06", "horizon_months": 24, "workloads": [workload]}
    return scenario_from({**data, "options": OPTIONS})


@cache
def found(tokens_in: float = 1155, tokens_out: float = 211, batch: float = 0) -> dict[str, Any]:
    answer: dict[str, Any] = evaluate(scenario(tokens_in, tokens_out, batch), KNOWN, 2).as_dict()
    return answer


def pv_millions(answer: dict[str, Any], tokens: float) -> float:
    return tokens * sum(n / 1.08 ** ((t + 1) / 12) for t, n in enumerate(answer["requests_by_month"])) / 1e6


@pytest.mark.parametrize("batch", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("option", [o["id"] for o in OPTIONS])
def test_input_and_output_add_up_to_the_cost(option: str, batch: float) -> None:
    answer = found(batch=batch)
    one = next(o for o in answer["options"] if o["id"] == option)
    whole = one["money"][INPUT] * pv_millions(answer, 1155) + one["money"][OUTPUT] * pv_millions(answer, 211)
    assert whole == pytest.approx(one["npv_usd"]["base"])
    assert one["money"][INPUT] < one["usd_per_million_tokens"] < one["money"][OUTPUT]


@pytest.mark.parametrize("option", ["rent", "own"])
def test_longer_prompts_take_a_larger_share_of_a_fleet(option: str) -> None:
    shares = []
    for tokens_in in (300.0, 1155.0, 6000.0):
        s = scenario(tokens_in)
        point = Inputs(KNOWN)
        load = cost_option(s, s.option(option), demands(s, point), point, Decided()).load
        assert load is not None
        shares.append(load.prefill_share)
    assert 0 < shares[0] < shares[1] < shares[2] < 1


def test_a_fleet_is_split_by_the_time_of_its_replicas() -> None:
    s, point = scenario(), Inputs(KNOWN)
    outcome = cost_option(s, s.option("rent"), demands(s, point), point, Decided())
    assert outcome.load is not None
    share = outcome.load.prefill_share
    one = next(o for o in found()["options"] if o["id"] == "rent")
    assert one["money"][INPUT] == pytest.approx(one["npv_usd"]["base"] * share / pv_millions(found(), 1155), rel=1e-6)
    batch, capacity = outcome.load.capacities[0].batch[0], outcome.load.capacities[0]
    answering = 211 * capacity.tpot_ms[0] / 1e3  # a cycle: the prompts of a batch and its answers, overlap hidden
    assert capacity.prefill_share[0] * answering < batch * capacity.ttft_ms[0] / 1e3


def test_a_mix_of_two_fleets_lies_between_them() -> None:
    s, point = scenario(), Inputs(KNOWN)
    served = cost_option(s, s.option("fleets"), demands(s, point), point, Decided()).served
    shares = [part.input_share for part in served]
    assert len(shares) == 2 and None not in shares
    one = next(o for o in found()["options"] if o["id"] == "fleets")
    mixed = one["money"][INPUT] * pv_millions(found(), 1155) / one["npv_usd"]["base"]
    assert min(s for s in shares if s) <= mixed <= max(s for s in shares if s)
    assert all(np.sum(part.gpus[0]) > 0 for part in served if part.gpus is not None)
