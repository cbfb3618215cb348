"""A GPU as far as serving depends on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Row
from calculator.serving.architecture import GIB

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GIGA = 1e9
TERA = 1e12


@dataclass(frozen=True)
class Gpu:
    """One GPU and its place in a node."""

    name: str
    memory_gib: float
    memory_bandwidth_gb_per_s: float
    bf16_dense_tflops: float
    link_gb_per_s: float
    """Between GPUs of a node, one direction."""
    gpus_per_node: int
    inter_node_gb_per_s: float | None = None
    """Between nodes for each GPU, one direction; None where it is not known."""
    fp8_dense_tflops: float | None = None
    int8_dense_tflops: float | None = None
    fp4_dense_tflops: float | None = None
    platform_efficiency: Array | float = 1.0
    """Speed over what the formulas give for NVIDIA GPUs with the same data sheet."""

    @property
    def memory_bytes(self) -> float:
        """GiB, not GB: an 80 GiB card has 85.9e9 bytes."""
        return self.memory_gib * GIB

    @property
    def bytes_per_second(self) -> float:
        """Peak memory bandwidth."""
        return self.memory_bandwidth_gb_per_s * GIGA

    @property
    def link_bytes_per_second(self) -> float:
        """Peak bandwidth to the other GPUs of the node, one direction."""
        return self.link_gb_per_s * GIGA

    def dense_tflops(self, number_format: str) -> float | None:
        """Peak dense speed in a number format, or None where the chip has no units for it."""
        return {
            "bf16": self.bf16_dense_tflops,
            "fp8": self.fp8_dense_tflops,
            "int8": self.int8_dense_tflops,
            "fp4": self.fp4_dense_tflops,
        }.get(number_format)

    @staticmethod
    def stack(gpus: Sequence[Gpu]) -> Gpu:
        """Several GPUs as one whose figures are columns (GPUs, 1), for functions that broadcast.

        An arithmetic that one of them lacks is absent from the stack.
        """

        def column(name: str) -> Any:
            values = [getattr(g, name) for g in gpus]
            if any(v is None for v in values):
                return None
            return np.array([np.asarray(v).flat[0] for v in values], dtype=float).reshape(-1, 1)

        return Gpu(", ".join(dict.fromkeys(g.name for g in gpus)), **{n: column(n) for n in STACKED})

    @staticmethod
    def from_row(row: Row, cell: Callable[[Row, str], Array] | None = None) -> Gpu:
        """A row of topic `gpus`.

        `cell` (`Inputs.cell`) remembers what was read and gives the platform's efficiency in draws; without
        it base values are taken. InputError where the row lacks a needed column.
        """

        def number(column: str) -> float:
            return row.number(column) if cell is None else float(np.asarray(cell(row, column)).flat[0])

        def optional(column: str) -> float | None:
            return number(column) if column in row else None

        efficiency: Array | float = 1.0
        if "platform_efficiency" in row:
            efficiency = row.number("platform_efficiency") if cell is None else cell(row, "platform_efficiency")
        return Gpu(
            name=row.text("name", row.key),
            memory_gib=number("memory_gib"),
            memory_bandwidth_gb_per_s=number("memory_bandwidth_gb_per_s"),
            bf16_dense_tflops=number("bf16_dense_tflops"),
            fp8_dense_tflops=optional("fp8_dense_tflops"),
            int8_dense_tflops=optional("int8_dense_tflops"),
            fp4_dense_tflops=optional("fp4_dense_tflops"),
            link_gb_per_s=number("link_gb_per_s"),
            inter_node_gb_per_s=optional("inter_node_gb_per_s"),
            gpus_per_node=int(number("gpus_per_node")),
            platform_efficiency=efficiency,
        )


STACKED = tuple(f.name for f in fields(Gpu) if f.name != "name")
