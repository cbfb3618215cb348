"""Guard models: a small model that reads every request and answer of a workload beside the large one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from calculator.inputs import Inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from calculator.demand import Demand

    Array = NDArray[np.float64]


class Factors(Protocol):
    """An option's tokens over the workload's reference tokens, (draws,)."""

    @property
    def input(self) -> Array: ...
    @property
    def output(self) -> Array: ...


@dataclass(frozen=True)
class _AsItIs:
    input: Array
    output: Array


AS_IT_IS: Factors = _AsItIs(np.ones(1), np.ones(1))
"""Tokens of a guard model are already its own."""


def guarded(workloads: Sequence[int], demands: Sequence[Demand], factors: Factors, inputs: Inputs) -> list[Demand]:
    """The load of a guard model: it reads prompt and answer, and writes a verdict.

    Counted in the tokens of the model that it guards. The answer's wait for it is not modelled.
    """
    verdict = inputs.number("serving.guard_output_tokens")
    return [_guarded(demands[i], factors, verdict) for i in workloads]


def _guarded(demand: Demand, factors: Factors, verdict: Array) -> Demand:
    slo = demand.workload.slo.model_copy(update={"ttft_binding": False})
    workload = demand.workload.model_copy(update={"slo": slo, "guard_model": None})
    return replace(
        demand,
        workload=workload,
        input_tokens=demand.input_tokens * factors.input + demand.output_tokens * factors.output,
        output_tokens=verdict,
        cached_share=np.zeros(1),
    )
