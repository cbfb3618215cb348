"""How many requests a second one replica serves within the latency target."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.serving.architecture import Architecture
from calculator.serving.coefficients import Coefficients, base, column
from calculator.serving.deployment import deployment
from calculator.serving.gpu import Gpu
from calculator.serving.memory import Memory, check_parallelism, kv_room_bytes, memory
from calculator.serving.precision import Precision
from calculator.serving.speed import cycle_seconds, decode_step, kv_bytes_read, prefill_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Size = int | NDArray[np.int64]

GRID_STEP = 2**0.125
"""Ratio between neighbouring batches that are tried."""
WORTH = 1.01
"""A limit binds where lifting it would raise the rate by more than this factor."""


@dataclass(frozen=True)
class CurvePoint:
    """A replica at one batch, at base values."""

    batch: float
    requests_per_second: float
    tokens_per_second: float
    """Output tokens."""
    tpot_ms: float

    def as_dict(self) -> dict[str, float]:
        return {"batch": self.batch, "tokens_per_second": self.tokens_per_second, "tpot_ms": self.tpot_ms}


@dataclass(frozen=True)
class Capacity:
    """What one replica serves of one workload.

    Arrays are over draws, (draws,); the first draw speaks for all in `binds`, `memory`, `curve` and `reason`.
    """

    fits: bool
    """Whether weights, reserve and one sequence find room (in most draws)."""
    meets_tpot: bool
    """Whether the time per output token holds, at least with one sequence at a time (in most draws)."""
    reason: str
    """Why it does not fit or is too slow; empty where all is well."""
    requests_per_second: Array
    """At full use; a fleet is planned below that. 0 where it does not fit."""
    output_tokens_per_second: Array
    batch: Array
    """Sequences that run at once."""
    tpot_ms: Array
    ttft_ms: Array
    """Prefill and one step, without queueing; known within a factor of two."""
    prefill_share: Array
    """Of a replica's working time, what prompts take; the rest goes to answers. Overlap is shared in proportion."""
    binds: str
    """What keeps the rate from being higher: memory | tpot | compute | bandwidth."""
    memory: Memory
    curve: tuple[CurvePoint, ...]

    @property
    def usable(self) -> bool:
        return self.fits and self.meets_tpot


@dataclass(frozen=True)
class _SteadyState:
    """A replica at given batches; seconds, (draws, batches)."""

    cycle: Array
    """In which every sequence of the batch is answered."""
    first_token: Array
    prefill_share: Array
    """Of the work of a cycle, in seconds before overlap."""
    compute_share: Array
    """Of the cycle, spent on arithmetic: prefill and the matrix products of decode."""


@dataclass(frozen=True)
class _Replica:
    architecture: Architecture
    gpu: Gpu
    tp: Size
    precision: Precision
    attention_dp: Size
    c: Coefficients
    """As columns."""

    def sequences(self, tokens: Array) -> Array:
        """Sequences of so many tokens that find room in the KV cache, (draws, 1); below 1 where none does."""
        room = kv_room_bytes(self.architecture, self.gpu, self.tp, self.precision, self.c, self.attention_dp)
        kv_bytes = self.precision.kv_bytes
        each = self.architecture.kv_bytes_per_sequence(tokens, kv_bytes, self.tp, self.attention_dp)
        return np.asarray(np.floor(room / each))

    def steady_state(
        self, prompt: Array, answer: Array, cached: Array, batch: Array, throughput_ratio: Array | float
    ) -> _SteadyState:
        """At full batches; decode sees the mean context of a request, prompt + answer/2."""
        model, tp, precision, c = self.architecture, self.tp, self.precision, self.c
        d = deployment(model, self.gpu, tp, precision, self.attention_dp, np.greater(self.attention_dp, 1))
        context = prompt + answer / 2
        kv = kv_bytes_read(model, tp, precision, context, self.attention_dp)
        step = decode_step(d, batch, context, kv, c)
        new = prompt * (1 - cached)
        flops = model.attention_flops(prompt, prompt - new)
        prefill, arithmetic = prefill_step(d, new, flops, batch / answer, c)
        decode = step.seconds
        cycle = cycle_seconds(decode, prefill, batch, answer, c.overlap_share)
        speed = column(throughput_ratio) * column(self.gpu.platform_efficiency)
        return _SteadyState(
            cycle=cycle / speed,
            first_token=(prefill[:, :1] + decode[:, :1]) / speed,
            prefill_share=batch * prefill / (batch * prefill + answer * decode),
            compute_share=np.minimum((answer * step.arithmetic + batch * arithmetic) / cycle, 1.0),
        )


@lru_cache(maxsize=64)
def batch_grid(largest: int) -> Array:
    """Batches that are tried: about eight to a doubling, 1 … largest, ascending."""
    steps = np.arange(int(np.ceil(np.log(largest) / np.log(GRID_STEP))) + 1)
    grid = np.unique(np.append(np.minimum(np.round(GRID_STEP**steps), largest), largest))
    grid.setflags(write=False)
    return np.asarray(grid)


def replica_capacity(
    architecture: Architecture,
    gpu: Gpu,
    tp: Size,
    precision: Precision,
    isl: Array | float,
    osl: Array | float,
    cached_share: Array | float,
    tpot_ms: float,
    coefficients: Coefficients,
    throughput_ratio: Array | float = 1.0,
    batch_work: bool = False,
    attention_dp: Size = 1,
) -> Capacity:
    """The most requests a second that a replica of `tp` GPUs serves, by the best batch.

    `isl`, `osl`, `cached_share`, `throughput_ratio` and the coefficients are numbers or arrays (draws,);
    shapes (1,) and (draws,) mix. The batch is limited by memory (KV cache is held for isl + osl, cached
    prefixes included), by the scheduler's largest batch and, unless `batch_work`, by `tpot_ms`: the mean time
    per output token, prefills of others included. In steady state requests/s = B / cycle and TPOT =
    cycle / osl, with `cycle_seconds` of speed.py. `throughput_ratio` (measured over modelled) and the
    platform's efficiency speed all of it up or down. A draw with no room for a sequence, or too slow for the
    target, runs one at a time.

    Raises InputError where `tp` does not divide the heads or exceeds a node.
    """
    check_parallelism(architecture, gpu, tp)
    replica = _Replica(architecture, gpu, tp, precision, attention_dp, coefficients.columns())
    prompt, answer, cached = column(isl), np.maximum(column(osl), 1.0), column(cached_share)

    sequences = replica.sequences(prompt + answer)
    largest = np.clip(sequences, 1, replica.c.max_sequences)
    batch = np.minimum(batch_grid(int(np.max(largest))), largest)
    steady = replica.steady_state(prompt, answer, cached, batch, throughput_ratio)
    rate, tpot = np.broadcast_arrays(batch / steady.cycle, steady.cycle / answer * 1e3)

    allowed = np.ones_like(tpot, dtype=bool) if batch_work else tpot <= tpot_ms
    choice = np.argmax(np.where(allowed, rate, 0.0), axis=1)
    fits = bool(np.median(sequences) >= 1)
    meets = bool(np.median(_at(allowed, choice)) > 0)
    served = _at(rate, choice) if fits else np.zeros(choice.size)
    running = _at(batch, choice)
    sequences_held = base(running) if fits else 1.0
    tokens_held = base(prompt + answer)
    held = memory(architecture, gpu, tp, precision, tokens_held, sequences_held, coefficients, attention_dp)
    curve = _curve(batch[0], rate[0], tpot[0], base(answer))
    return Capacity(
        fits=fits,
        meets_tpot=meets,
        reason=held.reason if not fits else "" if meets else _too_slow(curve[0], tpot_ms),
        requests_per_second=served,
        output_tokens_per_second=served * answer[:, 0],
        batch=running,
        tpot_ms=_at(tpot, choice),
        ttft_ms=np.array(np.broadcast_to(steady.first_token[:, 0], choice.size)) * 1e3,
        prefill_share=_at(np.broadcast_to(steady.prefill_share, rate.shape), choice),
        binds=_binds(curve, int(choice[0]), allowed[0], base(sequences), steady.compute_share[0]),
        memory=held,
        curve=curve,
    )


def output_tokens_per_second(
    architecture: Architecture,
    gpu: Gpu,
    tp: Size,
    precision: Precision,
    isl: float,
    osl: float,
    concurrency: float,
    coefficients: Coefficients,
    throughput_ratio: float = 1.0,
    attention_dp: Size = 1,
) -> float:
    """Output tokens/s of a replica that always holds `concurrency` requests, or as many as memory allows.

    At base values, nothing cached. 0 where the model does not fit; InputError as for `replica_capacity`.
    """
    check_parallelism(architecture, gpu, tp)
    replica = _Replica(architecture, gpu, tp, precision, attention_dp, coefficients.columns())
    prompt, answer = column(isl), np.maximum(column(osl), 1.0)
    batch = np.minimum(replica.sequences(prompt + answer), concurrency)
    if base(batch) <= 0:
        return 0.0
    steady = replica.steady_state(prompt, answer, column(0.0), batch, throughput_ratio)
    return base(batch * answer / steady.cycle)


def _at(values: Any, choice: Any) -> Array:
    """The chosen column of each draw, (draws,); one row serves all draws."""
    rows = np.arange(choice.size) if values.shape[0] > 1 else np.zeros(choice.size, dtype=int)
    return np.asarray(values[rows, choice], dtype=float)


def _curve(batch: Array, rate: Array, tpot: Array, osl: float) -> tuple[CurvePoint, ...]:
    """One draw at each distinct batch."""
    distinct, first = np.unique(batch, return_index=True)
    rows = zip(distinct.tolist(), rate[first].tolist(), tpot[first].tolist(), strict=True)
    return tuple(CurvePoint(b, r, r * osl, t) for b, r, t in rows)


def _too_slow(alone: CurvePoint, tpot_ms: float) -> str:
    return f"one sequence at a time takes {alone.tpot_ms:.1f} ms per output token, {tpot_ms:g} ms are allowed"


def _binds(curve: tuple[CurvePoint, ...], choice: int, allowed: Any, sequences: float, compute_share: Array) -> str:
    """What keeps one draw's rate from being higher.

    TPOT or memory where more sequences would serve noticeably more; else whichever of arithmetic and memory
    traffic (with overheads) takes more of the time.
    """
    here = curve[min(choice, len(curve) - 1)]
    if choice + 1 < len(curve):
        more = curve[choice + 1].requests_per_second > here.requests_per_second * WORTH
        if more and not allowed[choice + 1]:
            return "tpot"
    elif here.batch >= sequences and _still_rises(curve):
        return "memory"
    return "compute" if compute_share[min(choice, compute_share.size - 1)] > 0.5 else "bandwidth"


def _still_rises(curve: tuple[CurvePoint, ...]) -> bool:
    """Whether a doubling of the batch brought noticeably more, up to the largest."""
    last = curve[-1]
    half = max((p for p in curve if p.batch <= last.batch / 2), key=lambda p: p.batch, default=None)
    return half is None or last.requests_per_second > half.requests_per_second * WORTH
