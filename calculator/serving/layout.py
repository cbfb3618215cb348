"""Which placement a replica runs with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.errors import InputError
from calculator.serving.architecture import Architecture
from calculator.serving.capacity import Capacity
from calculator.serving.coefficients import Coefficients, base
from calculator.serving.gpu import Gpu
from calculator.serving.placement import Placement, placed_capacity, placements
from calculator.serving.precision import Precision
from calculator.serving.queueing import planned_utilization

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Work:
    """Requests of one kind that a replica serves."""

    isl: Array | float
    osl: Array | float
    cached_share: Array | float = 0.0
    tpot_ms: float = np.inf
    requests_per_second: float = 1.0
    """Peak rate; the relative rates decide how several kinds weigh."""
    batch_work: bool = False
    ttft_ms: float | None = None
    """Time to first token that must hold, waits included; None where it does not bind."""


@dataclass(frozen=True)
class Runner:
    """A placement that serves, but was not taken."""

    placement: Placement
    more_gpus: float
    """Its GPUs for the work over those of the one that was taken."""
    load_ratio: float
    """The work in its replicas over the same in replicas of the one that was taken."""


@dataclass(frozen=True)
class Layout:
    """A choice of placement, with what a replica serves of each kind of work."""

    placement: Placement
    capacities: tuple[Capacity, ...]
    gpus_per_request_per_second: float
    """At full use, over the mix of work, at base values."""
    rejected: tuple[tuple[Placement, str], ...] = ()
    """Other placements and why they were not taken."""
    next_best: tuple[Runner, ...] = ()
    """Other placements that serve, the fewest GPUs first."""

    @property
    def tp(self) -> int:
        return self.placement.tp


def choose_layout(
    architecture: Architecture,
    gpu: Gpu,
    precision: Precision,
    work: Sequence[Work],
    coefficients: Coefficients,
    throughput_ratio: Array | float = 1.0,
    tp: int | None = None,
    gpus_needed: Callable[[int, float], float] | None = None,
    where: str = "tensor_parallel",
    pipeline_efficiency: float = 1.0,
) -> Layout:
    """The placement with the fewest GPUs for the work; `tp` fixes the GPUs of a node.

    Several kinds of work share a replica: the load in replicas is the sum of rate / capacity, which counts only
    as far as a binding time to first token allows. `gpus_needed(gpus, load)` may count whole replicas and spares;
    without it the ratio gpus x load decides. Ties go to the smaller replica. Replicas over several nodes are
    tried only where no size within a node fits. InputError where `tp` does not divide the heads or exceeds a
    node, or where nothing fits or is fast enough: it names what is missing at the largest size.
    """
    tried: list[tuple[float, float, Placement, tuple[Capacity, ...]]] = []
    rejected: list[tuple[Placement, str]] = []
    fits_a_node = False
    for place in placements(architecture, gpu, tp, where):
        if place.nodes > 1 and fits_a_node:
            continue
        capacities = tuple(
            placed_capacity(
                architecture,
                gpu,
                place,
                precision,
                w.isl,
                w.osl,
                w.cached_share,
                w.tpot_ms,
                coefficients,
                throughput_ratio,
                w.batch_work,
                pipeline_efficiency,
            )
            for w in work
        )
        fits_a_node = fits_a_node or all(c.fits for c in capacities)
        shares = [_share(w, c) for w, c in zip(work, capacities, strict=True)]
        unusable = next((c.reason for c in capacities if not c.usable), None) or next(
            (_too_late(w, c) for w, c, share in zip(work, capacities, shares, strict=True) if share <= 0), None
        )
        if unusable is not None:
            rejected.append((place, unusable))
            continue
        load = sum(
            w.requests_per_second / (base(c.requests_per_second) * share)
            for w, c, share in zip(work, capacities, shares, strict=True)
        )
        per_rate = place.gpus * load / sum(w.requests_per_second for w in work)
        tried.append((gpus_needed(place.gpus, load) if gpus_needed else per_rate, per_rate, place, capacities))
    if not tried:
        place, reason = rejected[-1]
        words = place.words(gpu.name)
        raise InputError(f"{where}: {architecture.name} in {precision.weights} on {words}: {reason}")
    tried.sort(key=lambda t: (t[0], t[1], t[2].gpus, t[2]))
    best, per_rate, place, capacities = tried[0]
    for gpus, relative, other, _ in tried[1:]:
        more = f"{gpus:g} GPUs instead of {best:g}" if gpus_needed else f"{relative / per_rate:.2f} x the GPUs"
        rejected.append((other, f"takes {more} for the same work"))
    runners = tuple(
        Runner(other, gpus / best, relative / per_rate * place.gpus / other.gpus) for gpus, relative, other, _ in tried[1:]
    )
    return Layout(place, capacities, per_rate, tuple(sorted(rejected)), runners)


def _share(work: Work, capacity: Capacity) -> float:
    """Of the full rate, what a time to first token leaves; 1 where none binds or nothing is served."""
    if work.ttft_ms is None or not capacity.usable:
        return 1.0
    osl = np.asarray([base(work.osl)])
    return float(planned_utilization(capacity, osl, np.ones(1), work.ttft_ms)[0])


def _too_late(work: Work, capacity: Capacity) -> str:
    return f"the first token takes {base(capacity.ttft_ms):.0f} ms on an idle replica, {work.ttft_ms:g} ms are allowed"
