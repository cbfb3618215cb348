"""JSON Schema of what `size --json` prints."""

from __future__ import annotations

from typing import Any

from calculator.schemas.parts import MONEY, array, record


def size_schema() -> dict[str, Any]:
    """The result that `size --json` prints; memory in GiB over a replica, figures of `layouts` at base values."""
    text, number, whole = {"type": "string"}, {"type": "number"}, {"type": "integer"}
    each = ("tokens_per_second_per_replica", "requests_per_second_per_replica", "batch", "tpot_ms", "ttft_ms")
    layout: dict[str, Any] = {
        **dict.fromkeys(("gpu", "precision", "price_source"), text),
        **dict.fromkeys(
            ("tp", "nodes_per_replica", "gpus_per_replica", "replicas", "spare_replicas", "gpus", "paid_gpus", "nodes"),
            whole,
        ),
        **dict.fromkeys((*each, "utilization_limit", "utilization"), number),
        **dict.fromkeys(("usd_per_gpu_hour", "usd_per_month"), MONEY),
        "released": {"type": "boolean"},
        "experts_spread": {"type": "boolean"},
    }
    span = record(dict.fromkeys(("low", "base", "high"), number))
    best = {
        **layout,
        "precision_formats": record({k: {"type": "string"} for k in ("weights", "compute", "kv")}),
        "memory_gib": record(dict.fromkeys(("total", "usable", "weights", "kv", "reserve", "free"), number)),
        "fits_because": {"type": "string"},
        "tokens_per_second_range": span,
        "ttft_range_ms": span,
        "binds": {"enum": ["memory", "tpot", "ttft", "compute", "bandwidth"]},
        "curve": array(record(dict.fromkeys(("batch", "tokens_per_second", "tpot_ms"), number))),
        "usd_per_million_tokens": MONEY,
        "notes": array({"type": "string"}),
    }
    rejected = {
        "gpu": {"type": "string"},
        "tp": {"type": "integer"},
        "nodes_per_replica": {"type": "integer"},
        "experts_spread": {"type": "boolean"},
        "precision": {"type": "string"},
        "fits": {"type": "boolean"},
        "reason": {"type": "string"},
    }
    model = {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "total_parameters_billion": number,
        "active_parameters_billion": number,
        "checkpoint_precision": {"type": "string"},
        "context_tokens": {"type": ["integer", "null"]},
        "kv_cache_bytes_per_token": number,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result of llm-adoption size --json",
        **record(
            {
                "schema": {"const": 1},
                "question": {"type": "object"},
                "model": record(model),
                "best": record(best),
                "layouts": array(record(layout)),
                "layouts_that_serve": {"type": "integer"},
                "rejected": array(record(rejected)),
                "calibration": {"type": ["object", "null"]},
                "second_opinion": {"type": ["object", "null"]},
                "notes": array({"type": "string"}),
            }
        ),
    }
