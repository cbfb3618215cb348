"""Emissions of what an option serves: fleets by their GPUs, the rest by tokens, a mix by its legs; and their price."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.fleet import FleetLoad, Load
from calculator.costs.flows import Flows
from calculator.costs.overflow import Overflow
from calculator.costs.ready import guard_gpus_at_work
from calculator.costs.served import Served
from calculator.footprint import Footprint, kg_per_gpu, kg_per_output_token, option_footprint
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption, OwnedOption, RentedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

UNKNOWN = "the carbon price is not charged: nobody publishes or estimates the size of a model that it uses"
KG_PER_TONNE = 1000


def served_by_plan(option: RentedOption | OwnedOption, load: FleetLoad, standing: Array, inputs: Inputs) -> Served:
    """A fleet by its plan: `standing` GPUs, averaged over the week; guard models stand and work beside the model."""
    limit = inputs.number("serving.utilization_limit")
    busy = (load.average + load.batch) * load.use_of_limit * limit[:, None] * load.sizing.gpus_per_replica
    busy = busy + guard_gpus_at_work(option, load, np.zeros(1), limit)
    return Served(option, option.weights, gpus=standing, used=_share(busy, standing), input_share=load.prefill_share)


def served_by_fleet(
    option: RentedOption | OwnedOption,
    load: Load,
    own: FleetLoad,
    gpus: Array,
    gpus_average: Array,
    inputs: Inputs,
    less: Overflow | None = None,
) -> Served:
    """A fleet that carries `load` without what it leaves over (`less`); reserved and own GPUs stand around the clock.

    `own` is the whole load in its replicas.
    """
    limit = inputs.number("serving.utilization_limit")
    carried = load.average + load.batch
    if less is not None:
        carried = carried - less.average - less.batch
    always = isinstance(option, OwnedOption) or option.commitment.startswith("reserved")
    standing = gpus if always else np.minimum(gpus_average, gpus)
    busy = carried * limit[:, None] * own.sizing.gpus_per_replica
    busy = busy + guard_gpus_at_work(option, load, np.zeros(1), limit)
    return Served(option, option.weights, gpus=standing, used=_share(busy, standing), input_share=own.prefill_share)


def _share(busy: Array, standing: Array) -> Array:
    shape = np.broadcast_shapes(busy.shape, standing.shape)
    return np.clip(np.divide(busy, standing, out=np.zeros(shape), where=standing > 0), 0, 1)


def _output_tokens(served: Served) -> Array:
    """Billed output, hidden reasoning included, (draws, months)."""
    assert served.factors is not None
    shares = served.share_of_requests or [np.ones((1, 1)) for _ in served.demands]
    parts = [d.requests * share * d.output_tokens[:, None] for d, share in zip(served.demands, shares, strict=True)]
    return np.asarray(sum(parts[1:], parts[0]) * served.factors.output[:, None])


def _weights(served: Served) -> str | None:
    return served.model if isinstance(served.option, HostedOption) else None


def footprint_of(parts: Sequence[Served], known: Assumptions) -> Footprint | None:
    """At base values, all parts together; None where one cannot be told."""
    found = []
    for part in parts:
        if part.gpus is not None and part.used is not None:
            gpus, used = np.broadcast_arrays(part.gpus[0], part.used[0])
            one = option_footprint(part.option, known, gpus=gpus, used=used)
        else:
            one = option_footprint(part.option, known, weights=_weights(part), output_tokens=_output_tokens(part)[0])
        if one is None:
            return None
        found.append(one)
    return reduce(add, found) if found else None


def market_based_kg(parts: Sequence[Served], scenario: Scenario, known: Assumptions) -> float | None:
    """kgCO2e over the horizon at base values with contracted electricity for own servers; None where there is none."""
    market = scenario.footprint.market_kgco2e_per_kwh
    if market is None or not any(isinstance(p.option, OwnedOption) for p in parts):
        return None
    months = [_kg(part, market, known) for part in parts]
    return None if any(m is None for m in months) else float(sum(m[0].sum() for m in months if m is not None))


def _kg(part: Served, market: float | None, known: Assumptions) -> Array | None:
    """kgCO2e by month, (draws, months), at base factors."""
    if part.gpus is not None and part.used is not None:
        assert isinstance(part.option, RentedOption | OwnedOption)
        idle, busy, made = kg_per_gpu(part.option, known, market if isinstance(part.option, OwnedOption) else None)
        return np.asarray(part.gpus * (idle + (busy - idle) * part.used + made))
    assert isinstance(part.option, ApiOption | HostedOption)
    each = kg_per_output_token(part.option, _weights(part), known)
    return None if each is None else _output_tokens(part) * each


def add_carbon(flows: Flows, scenario: Scenario, parts: Sequence[Served], inputs: Inputs) -> tuple[str, ...]:
    """Emissions at the scenario's price a tonne as the line `carbon`; volumes vary over draws, emission factors do not."""
    price = scenario.footprint.carbon_usd_per_tonne
    usd = inputs.given("footprint.carbon_usd_per_tonne", price)
    if not usd.any():
        return ()
    months = [_kg(part, scenario.footprint.market_kgco2e_per_kwh, inputs.assumptions) for part in parts]
    if any(m is None for m in months):
        return (UNKNOWN,)
    for kg in months:
        flows.add_monthly("carbon", np.asarray(kg) * usd[:, None] / KG_PER_TONNE)
    return ()
