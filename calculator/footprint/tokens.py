"""Energy and embodied emissions of tokens that somebody else serves, by EcoLogits' regression.

EcoLogits (https://ecologits.ai, MPL-2.0) fits energy a token on the active parameters, on servers of eight GPUs at a batch
of 64; sizes of unpublished models are its guesses. It counts output tokens only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from calculator.assumptions import Assumptions
from calculator.footprint.interval import Interval
from calculator.options import ApiOption, HostedOption

SAMPLE_TOKENS = 1000
GUESSED_SIZE = "model-arch-not-released"
"""EcoLogits' warning where a model's size is a guess."""


@dataclass(frozen=True)
class TokenEnergy:
    """What one output token takes, the facility included."""

    kwh: Interval
    embodied_kg: Interval
    size_is_guessed: bool
    basis: str


def token_energy(option: ApiOption | HostedOption, weights: str | None, known: Assumptions) -> TokenEnergy | None:
    """Energy a token of an offer; None where neither the model nor its size is known."""
    if weights is not None and weights in known.rows("models"):
        row = known.rows("models")[weights]
        total = row.number("total_parameters_billion")
        active = row.number("active_parameters_billion", total)
        pue = Interval.of(known.parameter("footprint.pue_cloud"))
        return _computed((active, active), (total, total), (pue.low, pue.high), None, None, False, f"size of {weights}")
    site = known.rows("footprint").get(option.provider)
    if site is None:
        return None
    return _registered(site.text("ecologits_provider"), option.model)


@lru_cache(maxsize=256)
def _registered(provider: str, model: str) -> TokenEnergy | None:
    from ecologits.model_repository import models
    from ecologits.tracers.utils import PROVIDER_CONFIG_MAP

    found: Any = models.find_model(provider=provider, model_name=model)
    if found is None:
        return None
    size = found.architecture.parameters
    total, active = (size.total, size.active) if hasattr(size, "active") else (size, size)
    speed = found.deployment
    guessed = any(w.code == GUESSED_SIZE for w in found.warnings or ())
    return _computed(
        _ends(active),
        _ends(total),
        _ends(PROVIDER_CONFIG_MAP[provider].datacenter_pue),
        speed.tps if speed else None,
        speed.ttft if speed else None,
        guessed,
        f"EcoLogits' entry for {model}" + (", whose size is its guess" if guessed else ""),
    )


def _ends(value: Any) -> tuple[float, float]:
    return (float(value.min), float(value.max)) if hasattr(value, "min") else (float(value), float(value))


@lru_cache(maxsize=256)
def _computed(
    active: tuple[float, float],
    total: tuple[float, float],
    pue: tuple[float, float],
    tps: float | None,
    ttft: float | None,
    guessed: bool,
    basis: str,
) -> TokenEnergy:
    from ecologits.impacts.llm import compute_llm_impacts
    from ecologits.utils.range_value import RangeValue

    def ranged(ends: tuple[float, float]) -> Any:
        return ends[0] if ends[0] == ends[1] else RangeValue(min=ends[0], max=ends[1])

    impacts = compute_llm_impacts(
        model_active_parameter_count=ranged(active),
        model_total_parameter_count=ranged(total),
        output_token_count=SAMPLE_TOKENS,
        if_electricity_mix_adpe=0.0,
        if_electricity_mix_pe=0.0,
        if_electricity_mix_gwp=0.0,  # emissions follow from the grid of the option's region, not from its default
        if_electricity_mix_wue=0.0,
        datacenter_pue=ranged(pue),
        datacenter_wue=0.0,
        tps=tps,
        ttft=ttft,
    )
    return TokenEnergy(_interval(impacts.energy.value), _interval(impacts.embodied.gwp.value), guessed, basis)


def _interval(value: Any) -> Interval:
    low, high = _ends(value)
    return Interval(low, (low * high) ** 0.5, high) * (1 / SAMPLE_TOKENS)
