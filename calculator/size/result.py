"""An answer as plain data (`size --json`)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from calculator.assumptions import Assumptions
from calculator.serving.coefficients import base
from calculator.serving.second_opinion import SecondOpinion
from calculator.serving.sizing import place_notes
from calculator.size.answer import Answer, Sized, capacity_range, released_precision, replica_memory

SHOWN_LAYOUTS = 12


def as_dict(answer: Answer, known: Assumptions, opinion: SecondOpinion | None = None) -> dict[str, Any]:
    """Plain data, JSON types only; the schema is `llm-adoption schema size`."""
    architecture = answer.architecture
    return {
        "schema": 1,
        "question": asdict(answer.question),
        "model": {
            "id": answer.model_id,
            "name": architecture.name,
            "total_parameters_billion": architecture.total_parameters / 1e9,
            "active_parameters_billion": architecture.active_parameters / 1e9,
            "checkpoint_precision": released_precision(architecture),
            "context_tokens": architecture.context_tokens,
            "kv_cache_bytes_per_token": architecture.kv_bytes_per_token(2.0),
        },
        "best": _best(answer, known),
        "layouts": [_layout(answer, s) for s in answer.layouts[:SHOWN_LAYOUTS]],
        "layouts_that_serve": len(answer.layouts),
        "rejected": [
            {
                "gpu": c.gpu_id,
                "tp": c.placement.tp,
                "nodes_per_replica": c.placement.nodes,
                "experts_spread": c.placement.attention_dp > 1,
                "precision": c.precision.weights,
                "fits": c.fits,
                "reason": c.reason,
            }
            for c in answer.rejected
        ],
        "calibration": None if answer.calibration is None else answer.calibration.as_dict(),
        "second_opinion": None if opinion is None else opinion.as_dict(),
        "notes": list(answer.notes),
    }


def _best(answer: Answer, known: Assumptions) -> dict[str, Any]:
    """The cheapest layout with its memory, its range and its curve."""
    question, sized = answer.question, answer.best
    layout = sized.layout
    capacity = capacity_range(sized, answer, known)
    room = replica_memory(sized, question, answer.architecture, known)
    speeds = capacity.output_tokens_per_second
    ratio = known.parameter("serving.ttft_ratio")
    gpus = layout.placement.gpus
    return {
        **_layout(answer, sized),
        "precision_formats": layout.precision.as_dict(),
        "memory_gib": {
            "total": room.total_gib * gpus,
            "usable": room.usable_gib * gpus,
            "weights": room.weights_gib * gpus,
            "kv": room.kv_gib * gpus,
            "reserve": room.reserve_gib * gpus,
            "free": (room.total_gib - room.needed_gib) * gpus,
        },
        "fits_because": (
            f"each GPU holds {room.weights_gib:.1f} GiB of weights, {room.kv_gib:.1f} GiB of KV cache and "
            f"{room.reserve_gib:.1f} GiB of reserve in {room.usable_gib:.1f} of {room.total_gib:.0f} GiB"
        ),
        "tokens_per_second_range": {"low": float(speeds[1]), "base": float(speeds[0]), "high": float(speeds[2])},
        "ttft_range_ms": {
            "low": layout.ttft_ms * (ratio.low or 1),
            "base": layout.ttft_ms,
            "high": layout.ttft_ms * (ratio.high or 1),
        },
        "binds": _binds(sized, answer, capacity.binds),
        "curve": [point.as_dict() for point in capacity.curve],
        "usd_per_million_tokens": _usd_per_million(sized, answer, known),
        "notes": _notes(sized, answer),
    }


def _layout(answer: Answer, sized: Sized) -> dict[str, Any]:
    layout = sized.layout
    full = layout.requests_per_second * (sized.replicas + sized.spare)
    return {
        "gpu": layout.gpu_id,
        "tp": layout.placement.tp,
        "nodes_per_replica": layout.placement.nodes,
        "experts_spread": layout.placement.attention_dp > 1,
        "gpus_per_replica": layout.placement.gpus,
        "precision": layout.precision.weights,
        "released": layout.precision.weights == released_precision(answer.architecture),
        "tokens_per_second_per_replica": layout.output_tokens_per_second,
        "requests_per_second_per_replica": layout.requests_per_second,
        "batch": layout.batch,
        "tpot_ms": layout.tpot_ms,
        "ttft_ms": layout.ttft_ms,
        "utilization_limit": layout.utilization_limit,
        "replicas": sized.replicas,
        "spare_replicas": sized.spare,
        "gpus": sized.gpus,
        "paid_gpus": sized.paid_gpus,
        "nodes": sized.nodes,
        "utilization": answer.question.rate / full,
        "usd_per_gpu_hour": sized.usd_per_gpu_hour,
        "price_source": sized.price_source,
        "usd_per_month": sized.usd_per_month,
    }


def _binds(sized: Sized, answer: Answer, speed: str) -> str:
    """What keeps the planned rate from being higher."""
    if answer.question.ttft_ms is not None and sized.layout.utilization_limit < _limit_without_ttft(answer):
        return "ttft"
    return speed


def _limit_without_ttft(answer: Answer) -> float:
    return max(s.layout.utilization_limit for s in answer.layouts)


def _usd_per_million(sized: Sized, answer: Answer, known: Assumptions) -> float | None:
    """At the asked rate around the clock, over input and output tokens."""
    if sized.usd_per_month is None:
        return None
    question = answer.question
    tokens = question.rate * (question.isl + question.osl) * 3600 * known.number("demand.hours_per_month")
    return sized.usd_per_month / tokens * 1e6


def _notes(sized: Sized, answer: Answer) -> list[str]:
    layout = sized.layout
    notes = list(layout.precision.notes)
    if layout.precision.weights != released_precision(answer.architecture):
        notes.append(
            f"{answer.architecture.name} is released in {released_precision(answer.architecture)}: "
            f"{layout.precision.weights} takes a quantized copy, whose quality is to be checked"
        )
    if base(layout.gpu.platform_efficiency) != 1:
        notes.append(f"speed on {layout.gpu.name} is scaled from NVIDIA measurements; few measurements back it")
    notes += place_notes(layout.placement)
    return notes
