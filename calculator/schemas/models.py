"""The schema of `llm-adoption models --json`."""

from __future__ import annotations

from typing import Any

from calculator.schemas.parts import MONEY, TEXT, array, record


def open_model_schema() -> dict[str, Any]:
    """One open model for a workload; null where it is not known."""
    number = {"type": ["number", "null"]}
    return record(
        {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "developer": {"type": "string"},
            "base_model": {**TEXT, "description": "what it was made from"},
            "derivation": {**TEXT, "description": "fine-tune, distillation, merge or quantized"},
            "merged_with": array({"type": "string"}),
            "total_parameters_billion": number,
            "active_parameters_billion": number,
            "context_tokens": number,
            "licence": TEXT,
            "released": TEXT,
            "arena_text": number,
            "gpqa_diamond": number,
            "kv_bytes_per_token": number,
            "gpus": {"type": ["integer", "null"], "description": "for the workload's first month at its peak"},
            "why": {"type": "string", "description": "why there are no GPUs; empty where there are"},
            "usd_per_million_tokens": {**MONEY, "description": "list price of the mean request at the cheapest host"},
            "cheapest_host": TEXT,
            "hosts": {"type": "integer"},
            "rented_usd_per_million_tokens": {
                **MONEY,
                "description": "rent of the GPUs alone, on demand, over the first month",
            },
            "cheapest_route": {**TEXT, "description": "hosted or rented, by the two prices"},
            "kwh_per_million_output_tokens": number,
        }
    )


def models_of_workload_schema() -> dict[str, Any]:
    """A table of them, and what they are sized for."""
    return record({"gpu": {"type": "string"}, "workload": {"type": "string"}, "models": array(open_model_schema())})


def open_models_schema() -> dict[str, Any]:
    """The same as a document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Open models",
        **models_of_workload_schema(),
    }
