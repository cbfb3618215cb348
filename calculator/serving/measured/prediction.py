"""Measurements as arrays, and what the model says of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.serving.coefficients import Coefficients
from calculator.serving.deployment import Deployment, deployment
from calculator.serving.measured.cases import Case
from calculator.serving.measured.measurement import STATIC_BATCH
from calculator.serving.memory import kv_room_bytes
from calculator.serving.speed import cycle_seconds, decode_step, kv_bytes_read, prefill_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MILLI = 1e-3


class Table:
    """Measurements as arrays, one entry a case."""

    def __init__(self, cases: Sequence[Case], inputs: TableInputs) -> None:
        self.cases = tuple(cases)
        self.inputs = inputs

    @staticmethod
    def of(cases: Sequence[Case], c: Coefficients) -> Table:
        """`c` decides how much memory the cache has; fitting does not change it."""
        return Table(cases, TableInputs.of(cases, c))

    def __len__(self) -> int:
        return len(self.cases)

    def select(self, mask: Any) -> Table:
        """The cases where the mask holds."""
        chosen = np.flatnonzero(mask)
        return Table([self.cases[i] for i in chosen], self.inputs.take(chosen))

    @cached_property
    def measured(self) -> Array:
        """Output tokens a second."""
        return np.array([c.measurement.output_tokens_per_s for c in self.cases])

    def column(self, name: str) -> Any:
        """A field of the measurements as an array of objects."""
        return np.array([getattr(c.measurement, name) for c in self.cases], dtype=object)


@dataclass(frozen=True)
class TableInputs:
    """What the formulas take, arrays (cases,)."""

    deployment: Deployment
    isl: Array
    osl: Array
    concurrency: Array
    """Of a replica; infinite where as many as fit."""
    room_bytes: Array
    """On a GPU, for the cache."""
    held_bytes: Array
    """Cache of a whole request on each GPU of the replica, bytes."""
    kv_bytes: Array
    """Cache of a request halfway through its answer, on each GPU that holds it."""
    attention_flops: Array
    replicas: Array
    together: Array
    """1 where all prompts of a batch are computed first, together."""
    efficiency: Array
    """Of the platform."""

    @staticmethod
    def of(cases: Sequence[Case], c: Coefficients) -> TableInputs:
        known: dict[Any, tuple[Any, ...]] = {}
        rows = []
        for case in cases:
            m, a, n, dp = case.measurement, case.architecture, case.layout.gpus, case.layout.attention_dp
            isl, osl = float(m.isl or 0), max(float(m.osl or 1), 1.0)
            key = (m.model, m.gpu, case.layout, case.precision, m.engine_family, isl, osl)
            if key not in known:
                known[key] = (
                    deployment(a, case.gpu, n, case.precision, dp, case.layout.expert_parallel, m.engine_family),
                    float(kv_room_bytes(a, case.gpu, n, case.precision, c)),
                    float(a.kv_bytes_per_sequence(isl + osl, case.precision.kv_bytes, n, dp)),
                    float(kv_bytes_read(a, n, case.precision, isl + osl / 2, dp)),
                    float(a.attention_flops(isl)),
                )
            load = np.inf if m.concurrency is None else m.concurrency / case.layout.replicas
            rows.append((*known[key], isl, osl, load))
        d, room, held, kv, flops, prompts, answers, concurrency = zip(*rows, strict=True)
        return TableInputs(
            deployment=Deployment.stack(d),
            isl=np.array(prompts),
            osl=np.array(answers),
            concurrency=np.array(concurrency),
            room_bytes=np.array(room),
            held_bytes=np.array(held),
            kv_bytes=np.array(kv),
            attention_flops=np.array(flops),
            replicas=np.array([float(case.layout.replicas) for case in cases]),
            together=np.array([float(case.measurement.load == STATIC_BATCH) for case in cases]),
            efficiency=np.array([float(np.asarray(case.gpu.platform_efficiency).flat[0]) for case in cases]),
        )

    def take(self, chosen: Any) -> TableInputs:
        d = Deployment(**{k: v[chosen] for k, v in vars(self.deployment).items()})
        return TableInputs(d, *(v[chosen] for k, v in vars(self).items() if k != "deployment"))


@dataclass(frozen=True)
class Predicted:
    """What the model says of each case."""

    tokens_per_second: Array
    tpot_ms: Array
    """After the first token."""
    batch: Array


def predict(table: Table, c: Coefficients, concurrency: Array | None = None) -> Predicted:
    """Output tokens a second and time per output token of each case, as `replica_capacity` computes them.

    `concurrency` (cases,) in place of the measured one. A replica runs what its cache holds of it.
    """
    x, d = table.inputs, table.inputs.deployment
    load = x.concurrency if concurrency is None else concurrency / x.replicas
    fits = np.maximum(np.floor(x.room_bytes / x.held_bytes), 1.0)
    batch = np.minimum(np.minimum(load, fits), np.where(np.isinf(load), c.max_sequences_offline * d.attention_dp, np.inf))
    step = decode_step(d, batch, x.isl + x.osl / 2, x.kv_bytes, c)
    prompts = np.where(x.together > 0, batch, batch / x.osl)
    prefill, _ = prefill_step(d, x.isl, x.attention_flops, prompts, c)
    cycle = cycle_seconds(step.seconds, prefill, batch, x.osl, np.where(x.together > 0, 0.0, c.overlap_share)) / x.efficiency
    after_first = np.maximum(cycle - prefill / x.efficiency, step.seconds) / x.osl
    return Predicted(x.replicas * batch * x.osl / cycle, after_first / MILLI, batch)
