"""Provisioned throughput: units bought by the month for the peak, what exceeds them as pay-as-you-go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Row
from calculator.costs.overflow import overflow_mean
from calculator.costs.price_path import TokenOption
from calculator.demand import WEEK_HOURS, Demand, hour_levels
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import Provisioned as Agreed
from calculator.serving.guard import Factors
from calculator.wording import whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Provisioned:
    """What a unit costs and carries, and how many are bought."""

    usd_per_unit_month: Array
    input_tokens_per_minute: float
    """That one unit carries."""
    output_weight: float
    cached_weight: float
    minimum: int
    increment: int
    units: int | None
    """Stated by the user; those that the peak needs where None."""
    hours_per_month: float
    notes: tuple[str, ...]

    def bill(self, demands: Sequence[Demand], factors: Factors, shares: Sequence[Array]) -> tuple[Array, list[Array]]:
        """Rent of the units, (draws, months), and by workload the share of interactive requests that they leave over.

        Work in batch is not served from provisioned throughput. Within an hour load is uniform around its mean.
        """
        weights, hours, _ = hour_levels(demands)
        mean, peak, parts = np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), []
        for number, (demand, share) in enumerate(zip(demands, shares, strict=True)):
            rate = demand.interactive_requests_per_second(self.hours_per_month) * share * 60
            part = (rate * self._tokens(demand, factors)[:, None] / self.input_tokens_per_minute)[:, :, None]
            part = part * weights[number]
            parts.append(part)
            mean = mean + part
            peak = peak + part * demand.burst_ratio[:, None, None]
        units = self.needed(peak.max(axis=2)) if self.units is None else np.full((1, mean.shape[1]), float(self.units))
        over = overflow_mean(mean, peak, units[:, :, None])
        over = np.divide(over, mean, out=np.zeros_like(over), where=mean > 0)
        left = []
        for part, share in zip(parts, shares, strict=True):
            total = part @ hours / WEEK_HOURS
            gone = (part * over) @ hours / WEEK_HOURS
            left.append(share * np.divide(gone, total, out=np.zeros_like(gone), where=total > 0))
        return units * self.usd_per_unit_month[:, None], left

    def needed(self, peak: Array) -> Array:
        """Units for a load of `peak`: whole steps above the minimum; none where there is no load."""
        steps = np.ceil(np.maximum(peak - self.minimum, 0) / self.increment - 1e-9)
        return np.where(peak > 0, self.minimum + steps * self.increment, 0.0)

    def _tokens(self, demand: Demand, factors: Factors) -> Array:
        """Input tokens that a mean request counts as, (draws,)."""
        return np.asarray(self._from_input(demand, factors) + demand.output_tokens * factors.output * self.output_weight)

    def _from_input(self, demand: Demand, factors: Factors) -> Array:
        cached = demand.cached_share * (1 - self.cached_weight)
        return np.asarray(demand.input_tokens * factors.input * (1 - cached))

    def input_share(self, demands: Sequence[Demand], factors: Factors) -> float:
        """Of the units' load, what input makes, at base values over the horizon."""
        requests = [float(d.requests[0].sum()) for d in demands]
        into = sum(n * float(self._from_input(d, factors)[0]) for n, d in zip(requests, demands, strict=True))
        return into / sum(n * float(self._tokens(d, factors)[0]) for n, d in zip(requests, demands, strict=True))


def provisioned(option: TokenOption, inputs: Inputs) -> Provisioned:
    """The option's units: as the contract states, else as published; InputError where neither is known."""
    agreed, where = option.contract.provisioned, f"options.{option.id}"
    row = inputs.assumptions.rows("provisioned").get(f"{option.provider}/{option.model}")
    endpoint = option.endpoint or "global"
    price = _price(option, endpoint, agreed, row, inputs)
    throughput = agreed.input_tokens_per_minute_per_unit
    if throughput is None:
        if row is None:
            raise _unknown(option, inputs)
        throughput = row.number("input_tokens_per_minute")
    regional = "regional_" if endpoint == "regional" else ""
    sources = "as agreed" if row is None else f"published {row.parameter('input_tokens_per_minute').as_of}"
    return Provisioned(
        usd_per_unit_month=price,
        input_tokens_per_minute=throughput,
        output_weight=_stated(agreed.output_token_weight, row, "output_token_weight", f"{where}.contract.provisioned"),
        cached_weight=_stated(agreed.cached_token_weight, row, "cached_token_weight", f"{where}.contract.provisioned"),
        minimum=int(agreed.minimum_units or (row.number(f"{regional}minimum_units", 1.0) if row else 1)),
        increment=int(agreed.increment_units or (row.number(f"{regional}increment_units", 1.0) if row else 1)),
        units=agreed.units,
        hours_per_month=inputs.base_number("demand.hours_per_month"),
        notes=(
            f"provisioned units carry {whole(throughput)} input tokens a minute each ({sources}), bought by the month "
            "for the peak; what exceeds them is billed as pay-as-you-go",
        ),
    )


def _price(option: TokenOption, endpoint: str, agreed: Agreed, row: Row | None, inputs: Inputs) -> Array:
    if agreed.usd_per_unit_month is not None:
        name = f"options.{option.id}.contract.provisioned.usd_per_unit_month"
        return inputs.given(name, agreed.usd_per_unit_month)
    name = f"provisioned.{option.provider}_{endpoint}_usd_per_unit_month"
    if row is None or name not in inputs.assumptions.ids("provisioned"):
        raise _unknown(option, inputs)
    return inputs.number(name)


def _stated(given: float | None, row: Row | None, column: str, where: str) -> float:
    if given is not None:
        return given
    if row is None:
        raise InputError(f"{where}.{column}: no published figure for this model; state what was agreed")
    return row.number(column)


def _unknown(option: TokenOption, inputs: Inputs) -> InputError:
    rows = inputs.assumptions.rows("provisioned").values()
    mine = sorted(r.text("model") for r in rows if r.text("provider") == option.provider)
    why = f"provisioned.unknown_{option.provider}"
    hint = f"published for {', '.join(mine)}" if mine else f"none is known for {option.provider}"
    if why in inputs.assumptions.ids("provisioned"):
        hint = str(inputs.assumptions.parameter(why).value)
    return InputError(
        f"options.{option.id}.tier: no price of provisioned throughput is known for {option.provider}/{option.model} "
        f"({hint}); set contract.provisioned to your quote, or tier: standard"
    )
