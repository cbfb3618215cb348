"""Requests that a router sends to a smaller model: how many, and how often the answers serve their purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.inputs import Inputs
from calculator.options import DifficultySuccess, HybridOption, Option
from calculator.quality.cascade import ByDifficulty, Router

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def small_share(option: HybridOption, inputs: Inputs) -> Array:
    """Share of the requests that the smaller model answers, (draws,); 0 without routing."""
    routing = option.routing
    if routing is None:
        return np.zeros(1)
    if routing.share is not None:
        return inputs.given(f"options.{option.id}.routing.share", routing.share)
    return np.asarray(1 - _router(option, inputs).large_share)


def router_usd_per_request(option: HybridOption, inputs: Inputs) -> Array:
    """What judging a request costs, (draws,)."""
    if option.routing is None or option.routing.difficulty is None:
        return np.zeros(1)
    name = f"{_where(option)}.router_usd_per_request"
    return inputs.given(name, option.routing.difficulty.router_usd_per_request)


def success_rate(option: Option, inputs: Inputs) -> tuple[Array, Array] | None:
    """Share of answers that serve their purpose and what a failure costs, (draws,) each; None where neither is given.

    The option's own figures stand; else, for a mix, those that follow from its router.
    """
    if option.success is not None:
        at = f"options.{option.id}.success"
        failure = inputs.given(f"{at}.failure_usd", option.success.failure_usd)
        return inputs.given(f"{at}.rate", option.success.rate), failure
    given = option.routing.difficulty if isinstance(option, HybridOption) and option.routing is not None else None
    if given is None or given.small_success is None or given.large_success is None:
        return None
    assert isinstance(option, HybridOption)
    where = _where(option)
    small, large = (
        _rates(f"{where}.{size}_success", rates, inputs)
        for size, rates in (("small", given.small_success), ("large", given.large_success))
    )
    failure = inputs.given(f"{where}.failure_usd", given.failure_usd)
    return np.asarray(_router(option, inputs).success(small, large)), failure


def _rates(name: str, rates: DifficultySuccess, inputs: Inputs) -> ByDifficulty[Array]:
    return ByDifficulty(inputs.given(f"{name}.easy", rates.easy), inputs.given(f"{name}.hard", rates.hard))


def _router(option: HybridOption, inputs: Inputs) -> Router[Array]:
    assert option.routing is not None and option.routing.difficulty is not None
    given, where = option.routing.difficulty, _where(option)
    return Router(
        inputs.given(f"{where}.hard_share", given.hard_share),
        inputs.given(f"{where}.missed", given.missed),
        inputs.given(f"{where}.false_alarms", given.false_alarms),
    )


def _where(option: HybridOption) -> str:
    return f"options.{option.id}.routing.difficulty"
