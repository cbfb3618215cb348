"""What an option serves, by which its energy is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from calculator.options import Option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from calculator.costs.tokens import TokenFactors
    from calculator.demand import Demand

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Served:
    """What one option serves of the load, by which its energy is told: tokens, or GPUs that stand ready."""

    option: Option
    model: str
    demands: Sequence[Demand] = ()
    """Workloads that it serves, or a share of."""
    factors: TokenFactors | None = None
    share_of_requests: Sequence[Array] | None = None
    """Of each workload, (draws, months); all where None."""
    gpus: Array | None = None
    """GPUs that stand ready, averaged over the week, (draws, months); None where tokens are bought."""
    used: Array | None = None
    """Share of the time that they are busy."""
    input_share: float | None = None
    """What input causes: of the replicas' working time, of a provisioned unit's load, or of the list price of a request."""

    def of(self, demands: Sequence[Demand], factors: TokenFactors, share_of_requests: Sequence[Array] | None) -> Served:
        """The same, with whose requests it serves."""
        return replace(self, demands=demands, factors=factors, share_of_requests=share_of_requests)
