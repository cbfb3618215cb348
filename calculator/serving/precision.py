"""Number formats of weights, arithmetic and KV cache, as a GPU can run them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculator.errors import InputError
from calculator.serving.architecture import Architecture
from calculator.serving.gpu import Gpu

BLOCK_SCALED = {"fp4": 8 / 16, "int4": 16 / 128}
"""Bits of scale a weight: fp4 has 8 bits for 16 weights (NVFP4), int4 16 bits for 128 (GPTQ, AWQ)."""
BITS = {"bf16": 16.0, "fp8": 8.0, "int8": 8.0, "fp4": 4.0, "int4": 4.0}
COMPUTE_OF = {"bf16": "bf16", "fp8": "fp8", "int8": "int8", "fp4": "fp4", "int4": "bf16"}
"""Arithmetic that weights of a format are served with; 4-bit integers are expanded to 16 bit."""
SAME_AS = {"mxfp4": "fp4", "nvfp4": "fp4", "fp16": "bf16", "w4a16": "int4", "awq": "int4", "gptq": "int4"}


@dataclass(frozen=True)
class Precision:
    """Formats that are really used, and what had to give."""

    weights: str
    compute: str
    kv: str
    notes: tuple[str, ...] = ()

    @property
    def kv_bytes(self) -> float:
        """Bytes of one cached number."""
        return BITS[self.kv] / 8

    def as_dict(self) -> dict[str, str]:
        return {"weights": self.weights, "compute": self.compute, "kv": self.kv}


def bytes_per_weight(number_format: str) -> float:
    """Bytes a parameter takes with its share of block scales."""
    return (BITS[number_format] + BLOCK_SCALED.get(number_format, 0.0)) / 8


def resolve_precision(wanted: Any, gpu: Gpu, architecture: Architecture, where: str = "precision") -> Precision:
    """The formats that serve a model on a GPU.

    `wanted` is None (the checkpoint's own), a weights format, or an object with any of `weights`, `compute`,
    `kv`. Arithmetic follows the weights; a format for which the chip has no units falls back to 16 bit and a
    note says so. The KV cache is 16 bit unless asked for. InputError for a format that is not known.
    """
    if wanted is None or isinstance(wanted, str):
        asked = {"weights": wanted, "compute": None, "kv": None}
    else:
        asked = {part: getattr(wanted, part, None) for part in ("weights", "compute", "kv")}
    weights = _known(asked["weights"] or architecture.checkpoint_precision, f"{where}.weights", BITS)
    compute = _known(asked["compute"] or COMPUTE_OF[weights], f"{where}.compute", set(COMPUTE_OF.values()))
    kv = _known(asked["kv"] or "bf16", f"{where}.kv", {"bf16", "fp8"})
    notes = []
    if gpu.dense_tflops(compute) is None:
        notes.append(f"{gpu.name} has no {compute} units: {weights} weights are computed in bf16")
        compute = "bf16"
    elif weights == "int4" and compute == "bf16":
        notes.append("int4 weights are computed in bf16")
    return Precision(weights, compute, kv, tuple(notes))


def _known(name: str, where: str, known: Any) -> str:
    name = SAME_AS.get(name, name)
    if name not in known:
        raise InputError(f"{where}: unknown number format {name!r}; choose one of {', '.join(sorted(known))}")
    return name
