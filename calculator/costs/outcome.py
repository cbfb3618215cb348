"""One option, costed: what is settled once, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calculator.costs.fleet import FleetLoad
from calculator.costs.flows import Flows
from calculator.costs.legs import Leg
from calculator.costs.served import Served
from calculator.costs.tokens import TokenFactors
from calculator.inputs import Inputs
from calculator.options import HostedOption, HybridOption, Option, SizedOption
from calculator.scenario import Scenario
from calculator.serving import Sizing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass
class Decided:
    """What is settled in advance and then held in every draw: layouts, and the size of hybrids' bases."""

    sizings: dict[str, Sizing] = field(default_factory=dict)
    base_replicas: dict[str, int] = field(default_factory=dict)
    base_curves: dict[str, dict[int, float]] = field(default_factory=dict)
    base_peaks: dict[str, float] = field(default_factory=dict)
    """Peak load, in replicas, for which an optimal base was settled that follows the load of a draw; 0 where it is held."""


@dataclass
class Outcome:
    """One option, costed."""

    flows: Flows
    factors: TokenFactors
    gpus: Array | None = None
    """GPUs by month, (draws, months); None where there are none."""
    replicas: Array | None = None
    utilization: Array | None = None
    load: FleetLoad | None = None
    notes: tuple[str, ...] = ()
    price_source: object = None
    legs: tuple[Leg, ...] = ()
    """The options that carry the load, itself where it is no mix."""
    served: tuple[Served, ...] = ()
    fte: Array | None = None
    """Engineers who keep it running, (draws, months)."""


def model_of(scenario: Scenario, option: Option, inputs: Inputs) -> str:
    """What is served: the weights' id, or the proprietary model's; several for a hybrid of several models."""
    if isinstance(option, HybridOption):
        legs = [model_of(scenario, scenario.option(leg), inputs) for leg in option.legs]
        return " + ".join(dict.fromkeys(legs))
    if isinstance(option, SizedOption):
        return option.weights
    if isinstance(option, HostedOption):
        return option.weights or offered_weights(option, inputs) or option.model
    return option.model


def offered_weights(option: HostedOption, inputs: Inputs) -> str | None:
    """The weights behind a hosted offer, where the offer says so."""
    row = inputs.assumptions.rows("offers").get(f"{option.provider}/{option.model}")
    return row.text("weights", None) if row is not None else None
