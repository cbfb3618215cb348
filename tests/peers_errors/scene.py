"""One workload, a few options, an answer: what the tests of this folder share."""

from typing import Any

import numpy as np

from calculator.evaluate import evaluate_scenario
from calculator.scenario import scenario_from

API = {
    "id": "api",
    "route": "api",
    "provider": "google",
    "endpoint": "vertex",
    "model": "gemini-3.5-flash-lite",
    "region": "eu",
}
RENTED = {
    "id": "rented",
    "route": "rented",
    "weights": "gemma-4-31b",
    "gpu": "h100-sxm",
    "provider": "nebius",
    "commitment": "reserved_1y",
    "precision": "fp8",
    "tensor_parallel": 1,
    "spare_replicas": 0,
    "contract": {"usd_per_gpu_hour": 1.5},
}
OWNED = {
    "id": "owned",
    "route": "owned",
    "weights": "gemma-4-31b",
    "gpu": "h200-sxm",
    "country": "DE",
    "precision": "fp8",
    "tensor_parallel": 1,
    "spare_replicas": 0,
}
WORKLOAD = {
    "name": "chat",
    "requests_per_month": {"low": 1e6, "base": 1e6, "high": 1e6},
    "input_tokens": {"mean": {"low": 1000, "base": 1000, "high": 1000}},
    "output_tokens": {"low": 200, "base": 200, "high": 200},
    "traffic": {"profile": "always_on", "burst_ratio": 1},
}


def answer(options: list[dict[str, Any]], workload: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The result of a scenario of 12 months without discounting, unless told otherwise."""
    data = {
        "title": "a case",
        "as_of": "2026-11-23",
        "start": "2027-01",
        "horizon_months": 12,
        "discount_rate": 0.0,
        "workloads": [{**WORKLOAD, **(workload or {})}],
        "options": options,
        **more,
    }
    return evaluate_scenario(scenario_from(data), draws=64).as_dict()


def option(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(o for o in result["options"] if o["id"] == name)


def line(result: dict[str, Any], name: str, line: str) -> Any:
    """One cost line by month, the present first; zeros where there is none."""
    months = result["horizon_months"] + 1
    return np.array(option(result, name)["cost_lines_monthly_usd"].get(line, [0.0] * months))
