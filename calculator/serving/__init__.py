"""A model on GPUs: memory, speed, capacity within the latency target, layout, fleet."""

from calculator.serving.architecture import Architecture, model_row, modelling_gap
from calculator.serving.capacity import Capacity, CurvePoint, output_tokens_per_second, replica_capacity
from calculator.serving.coefficients import Coefficients
from calculator.serving.gpu import Gpu
from calculator.serving.layout import Layout, Work, choose_layout
from calculator.serving.memory import (
    Memory,
    kv_cache_bytes_per_token,
    kv_cache_gib,
    kv_cache_tokens,
    memory,
    weights_gib,
)
from calculator.serving.precision import Precision, resolve_precision
from calculator.serving.sizing import Sizing, at_placement, capacity_of, size_option
from calculator.serving.sizing_data import sizing_dict
from calculator.serving.speed import decode_step_seconds, prefill_seconds

__all__ = [
    "Architecture",
    "Capacity",
    "Coefficients",
    "CurvePoint",
    "Gpu",
    "Layout",
    "Memory",
    "Precision",
    "Sizing",
    "Work",
    "at_placement",
    "capacity_of",
    "choose_layout",
    "decode_step_seconds",
    "kv_cache_bytes_per_token",
    "kv_cache_gib",
    "kv_cache_tokens",
    "memory",
    "model_row",
    "modelling_gap",
    "output_tokens_per_second",
    "prefill_seconds",
    "replica_capacity",
    "resolve_precision",
    "size_option",
    "sizing_dict",
    "weights_gib",
]
