"""Speed by prompt length, KV cache by attention, units, peak speed, bursts."""

import math

import pytest

from calculator.assumptions import load_assumptions
from calculator.costs.finance import usd_per_million_tokens
from calculator.verify.calculations import kv_cache_bytes_per_token, kv_cache_gib, output_tokens_per_second, weights_gib
from tests.peers_errors.scene import RENTED, WORKLOAD, answer, line, option


def test_one_speed_does_not_serve_every_prompt_length() -> None:
    """4,000 in and 500 out yields 3 to 5 times fewer output tokens a second than 1,000 and 1,000."""
    shape = {"weights": "llama-3.1-70b", "gpu": "h100-sxm", "n_gpus": 4, "tp": 4, "precision": "fp8", "concurrency": 512}
    short, long = (output_tokens_per_second(isl=i, osl=o, **shape) for i, o in ((1000, 1000), (4000, 500)))
    assert 2.5 < short / long < 6
    # a calculator that keeps the first speed plans so many times too few GPUs
    assert math.ceil(short / long) >= 3


def test_the_gqa_formula_is_not_for_every_model() -> None:
    """2 x layers x KV heads x head size x bytes is 57 times too much for MLA, and keeps growing where windows slide."""
    naive = 2 * 61 * 128 * 128 * 2
    assert kv_cache_bytes_per_token("deepseek-v3", "bf16") == 70_272
    assert naive / 70_272 > 50
    gemma = load_assumptions().row("models", "gemma-4-31b")
    assert gemma.text("attention", "gqa") != "gqa"
    short, long = (kv_cache_gib("gemma-4-31b", tokens, "bf16") for tokens in (1_000, 128_000))
    assert long / short < 128 * 0.5


def test_gib_are_not_gb() -> None:
    parameters = 8_030_261_248  # Llama-3.1-8B
    assert weights_gib("llama-3.1-8b", "bf16") == pytest.approx(parameters * 2 / 2**30, rel=3e-3)
    wrong = parameters * 2 / 1e9
    assert wrong / weights_gib("llama-3.1-8b", "bf16") == pytest.approx(1.0737, abs=3e-3)
    # at the edge it decides: 16 GB of weights and 22 GB of cache are 35.4 GiB, and fit 36 GiB
    assert 16e9 / 2**30 + 22e9 / 2**30 < 36 < 16 + 22


def test_peak_speed_around_the_clock_is_not_a_fleets_cost() -> None:
    """MLPerf's best minute in every hour of the month: 0.11 USD a million; serving people costs many times that."""
    assert usd_per_million_tokens(12.08, 30_576) == pytest.approx(0.1097, rel=1e-3)
    result = answer([RENTED], {"traffic": {"profile": "office_hours", "burst_ratio": 2}})
    sizing, gpus = option(result, "rented")["sizing"], option(result, "rented")["gpus"]["peak"]
    best = usd_per_million_tokens(gpus * 1.5, sizing["tokens_per_second_per_replica"] * sizing["replicas_peak"])
    output = sum(result["tokens_by_month"]) * 200 / 1200
    real = line(result, "rented", "compute").sum() / output * 1e6
    assert real > 3 * best
    assert sizing["utilization_first_month"] < load_assumptions().number("serving.utilization_limit")


def test_hourly_means_hide_bursts() -> None:
    """A fleet for the mean minute of the busiest hour is too small for the peak minute."""
    volume = {"requests_per_month": {"low": 4e7, "base": 4e7, "high": 4e7}}
    replicas = [
        option(answer([RENTED], {**volume, "traffic": {**WORKLOAD["traffic"], "burst_ratio": ratio}}), "rented")["sizing"][
            "replicas_first_month"
        ]
        for ratio in (1, 3)
    ]
    assert replicas[1] == pytest.approx(3 * replicas[0], abs=3) and replicas[1] > replicas[0]
