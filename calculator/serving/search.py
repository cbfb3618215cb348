"""Every layout of a model: GPU × placement × precision, evaluated at once, configurations in the place of draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.serving.architecture import GIB, Architecture
from calculator.serving.capacity import replica_capacity
from calculator.serving.coefficients import Coefficients, base
from calculator.serving.gpu import Gpu
from calculator.serving.layout import Work
from calculator.serving.memory import Memory, weights_gib_per_gpu
from calculator.serving.placement import Placement, allowed_tp, placed_gpu, placements
from calculator.serving.precision import BITS, SAME_AS, Precision, resolve_precision
from calculator.serving.queueing import ttft_seconds, utilization_at_ttft

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """One layout and what a replica of it serves, at base values."""

    gpu_id: str
    gpu: Gpu
    placement: Placement
    precision: Precision
    reason: str
    """Why it does not fit or misses the target; empty where it serves."""
    fits: bool
    requests_per_second: float
    """Of a replica at full use."""
    output_tokens_per_second: float
    batch: float
    """Sequences of the replica that run at once."""
    tpot_ms: float
    ttft_ms: float
    """At the planned utilization, waits included."""
    utilization_limit: float
    """Share of the full rate that is planned for."""

    @property
    def usable(self) -> bool:
        return not self.reason

    @property
    def words(self) -> str:
        return f"{self.placement.words(self.gpu_id)} in {self.precision.weights}"


@dataclass(frozen=True)
class Terms:
    """What a search asks of every layout."""

    utilization_limit: float
    ttft_ms: float | None = None
    """With it the planned utilization falls until the time to first token, waits included, holds."""
    pipeline_efficiency: float = 1.0
    throughput_ratio: float = 1.0
    """Measured over modelled speed."""


Place = tuple[str, Gpu, Placement]


def precisions_to_try(architecture: Architecture) -> tuple[str, ...]:
    """The checkpoint's own format, and every coarser one that it can be quantized to."""
    own = SAME_AS.get(architecture.checkpoint_precision, architecture.checkpoint_precision)
    coarser = [f for f in ("fp8", "int8", "int4", "fp4") if BITS[f] < BITS[own]]
    return (own, *coarser)


def search(
    architecture: Architecture,
    gpus: Mapping[str, Gpu],
    precisions: Iterable[object],
    work: Work,
    coefficients: Coefficients,
    terms: Terms,
    tp: int | None = None,
) -> list[Candidate]:
    """Every layout on every GPU, those that serve and those that do not, in no order.

    `precisions` as `resolve_precision` takes them; `tp` fixes the GPUs of a node. Replicas over several nodes
    are tried where the largest of one node does not hold the model.
    """
    places: list[Place] = []
    for gpu_id, gpu in gpus.items():
        sizes = allowed_tp(architecture, gpu) if tp is None else (tp,) if tp <= gpu.gpus_per_node else ()
        places += [(gpu_id, gpu, p) for p in placements(architecture, gpu, tp)] if sizes else []
    found = []
    for wanted in precisions:
        groups: dict[tuple[str, str, str], list[tuple[Place, Precision]]] = {}
        resolved = {gpu_id: resolve_precision(wanted, gpu, architecture) for gpu_id, gpu in gpus.items()}
        for place in places:
            precision = resolved[place[0]]
            groups.setdefault((precision.weights, precision.compute, precision.kv), []).append((place, precision))
        for group in groups.values():
            found += _evaluated(architecture, group, work, coefficients, terms)
    return found


def _evaluated(
    architecture: Architecture, group: Sequence[tuple[Place, Precision]], work: Work, c: Coefficients, terms: Terms
) -> list[Candidate]:
    """Layouts of one precision with their figures; multi-node ones only where one node does not do."""
    precision = group[0][1]
    room = _Room.of(architecture, [place for place, _ in group], precision, work, c)
    fits = room.fits.tolist()
    in_one = {place[0] for (place, _), held in zip(group, fits, strict=True) if held and place[2].nodes == 1}
    kept = [i for i, (place, _) in enumerate(group) if place[2].nodes == 1 or place[0] not in in_one]
    places = [group[i][0] for i in kept]
    share = base(c.memory_utilization)
    gpu = Gpu.stack([placed_gpu(g, architecture, p, precision.weights, share) for _, g, p in places])
    together, dp = (np.array([[getattr(p, n)] for _, _, p in places]) for n in ("together", "attention_dp"))
    stages = np.array([float(p.stages) for _, _, p in places])
    served = replica_capacity(
        architecture, gpu, together, precision, work.isl, work.osl, work.cached_share, work.tpot_ms, c,
        terms.throughput_ratio, attention_dp=dp,
    )  # fmt: skip
    # a full batch is answered in osl x TPOT; `served.requests_per_second` is 0 where most configurations do not fit
    osl = max(base(work.osl), 1.0)
    pipeline = np.where(stages > 1, stages * terms.pipeline_efficiency, 1.0)
    rate = served.batch / (osl * served.tpot_ms / 1e3) * pipeline
    first, sequences = served.ttft_ms / 1e3, served.batch * stages
    residence = first + osl * served.tpot_ms / 1e3
    limit = np.full(stages.shape, terms.utilization_limit)
    if terms.ttft_ms is not None:
        held = utilization_at_ttft(terms.ttft_ms / 1e3, rate, sequences, first, residence, stages)
        limit = np.minimum(limit, held)
    wait = ttft_seconds(limit, rate, sequences, first, residence, stages)
    return [
        Candidate(
            gpu_id=place[0],
            gpu=place[1],
            placement=place[2],
            precision=group[kept[i]][1],
            reason=_too_slow(work, float(served.tpot_ms[i]), float(first[i]), terms.ttft_ms, float(limit[i]))
            if fits[kept[i]]
            else room.memory(kept[i]).reason,
            fits=fits[kept[i]],
            requests_per_second=float(rate[i]),
            output_tokens_per_second=float(rate[i] * osl),
            batch=float(sequences[i]),
            tpot_ms=float(served.tpot_ms[i]),
            ttft_ms=float(wait[i]) * 1e3,
            utilization_limit=float(limit[i]),
        )
        for i, place in enumerate(places)
    ]


@dataclass(frozen=True)
class _Room:
    """Whether one sequence fits each layout; GiB of each GPU, (layouts,)."""

    total: Array
    usable: Array
    weights: Array
    sequence: Array
    reserve: float
    gpus: list[int]

    @staticmethod
    def of(architecture: Architecture, places: Sequence[Place], precision: Precision, work: Work, c: Coefficients) -> _Room:
        total = np.array([g.memory_gib for _, g, _ in places])
        together, dp, stages = (
            np.array([getattr(p, n) for _, _, p in places]) for n in ("together", "attention_dp", "stages")
        )
        tokens = base(work.isl) + base(work.osl)
        # data-parallel attention holds a whole sequence on one GPU
        each = architecture.kv_bytes_per_sequence(np.full(total.shape, tokens), precision.kv_bytes, together, dp) * dp
        return _Room(
            total=total,
            usable=total * base(c.memory_utilization),
            weights=weights_gib_per_gpu(architecture, precision.weights, together, dp, stages),
            sequence=each / stages / GIB,
            reserve=base(c.reserve_gib),
            gpus=[p.gpus for _, _, p in places],
        )

    @property
    def fits(self) -> Array:
        return np.asarray(self.weights + self.sequence + self.reserve <= self.usable)

    def memory(self, i: int) -> Memory:
        total, usable, weights, kv = (float(a[i]) for a in (self.total, self.usable, self.weights, self.sequence))
        return Memory(total, usable, weights, self.reserve, kv, self.gpus[i])


def _too_slow(work: Work, tpot_ms: float, first_token_seconds: float, ttft_ms: float | None, limit: float) -> str:
    if tpot_ms > work.tpot_ms:
        return f"one sequence at a time takes {tpot_ms:.1f} ms per output token, {work.tpot_ms:g} ms are allowed"
    if ttft_ms is not None and limit <= 0:
        return f"the first token takes {first_token_seconds * 1e3:.0f} ms on an idle replica, {ttft_ms:g} ms are allowed"
    return ""


def smallest_that_fits(candidates: Iterable[Candidate]) -> Candidate | None:
    """Of layouts that fit, the one with the least memory in all; None where none fits."""
    fitting = [c for c in candidates if c.fits]
    return min(fitting, key=lambda c: (c.placement.gpus * c.gpu.memory_gib, c.placement.gpus), default=None)
