"""An option's layout and what a replica serves as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calculator.serving.capacity import Capacity
from calculator.serving.coefficients import base
from calculator.serving.layout import Work
from calculator.serving.sizing import Sizing


def sizing_dict(sizing: Sizing, capacities: Sequence[Capacity]) -> dict[str, Any]:
    """Plain data for result and page, at base values; memory over the whole replica, GiB.

    Headline figures are those of the first workload; `workloads` has all of them.
    """
    first = capacities[0]
    n, room = sizing.gpus_per_replica, first.memory
    return {
        "weights": sizing.weights,
        "gpu": sizing.gpu_id,
        "tp": sizing.tp,
        "nodes_per_replica": sizing.placement.nodes,
        "experts_spread": sizing.placement.attention_dp > 1,
        "gpus_per_replica": n,
        "memory_gib": room.total_gib * n,
        "weights_gib": room.weights_gib * n,
        "kv_gib": room.kv_gib * n,
        "reserve_gib": room.reserve_gib * n,
        "free_gib": (room.total_gib - room.needed_gib) * n,
        "precision": sizing.precision.as_dict(),
        **_figures(first),
        "curve": [point.as_dict() for point in first.curve],
        "workloads": [_figures(c) for c in capacities],
        "speed_range": {"low": sizing.speed_range[0], "high": sizing.speed_range[1]},
        "load": None if sizing.asked is None else _load(sizing.asked),
        "notes": list(sizing.notes),
        "calibration": None if sizing.calibration is None else sizing.calibration.as_dict(),
        "rejected_tp": [
            {"tp": place.tp, "nodes_per_replica": place.nodes, "layout": place.words(sizing.gpu_id), "reason": reason}
            for place, reason in sizing.rejected
        ],
    }


def _load(work: Work) -> dict[str, float | None]:
    return {
        "input_tokens": base(work.isl),
        "output_tokens": base(work.osl),
        "cached_share": base(work.cached_share),
        "peak_requests_per_second": work.requests_per_second,
        "tpot_ms": work.tpot_ms,
        "ttft_ms": work.ttft_ms,
    }


def _figures(capacity: Capacity) -> dict[str, Any]:
    return {
        "tokens_per_second_per_replica": float(capacity.output_tokens_per_second[0]),
        "requests_per_second_per_replica": float(capacity.requests_per_second[0]),
        "batch": int(capacity.batch[0]),
        "tpot_ms": float(capacity.tpot_ms[0]),
        "ttft_ms": float(capacity.ttft_ms[0]),
        "binds": capacity.binds,
    }
