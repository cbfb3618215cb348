"""The calculations that a case may name, each a function of its inputs."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from datetime import date
from typing import Any

from calculator import serving
from calculator.assumptions import load_assumptions
from calculator.costs import finance
from calculator.distributions import evpi_two_options, pert_mean, pert_variance
from calculator.errors import InputError, unknown_name
from calculator.inputs import Inputs
from calculator.prices import price_list, request_cost_usd
from calculator.sampling import rank_correlation_of_normals
from calculator.serving.measured import CLOSED_LOOP, Measurement, Table, cases_of, predict
from calculator.verify import gates, lock_in, preferences, security


def api_request_cost_usd(
    provider: str,
    model: str,
    input_tokens: float,
    output_tokens: float,
    on: str,
    cached_input_tokens: float = 0,
    cache_write_tokens: float = 0,
    batch: bool = False,
    requests: float = 1,
) -> float:
    """USD of a request (or of many alike) at a date; `input_tokens` is the total."""
    prices = price_list(load_assumptions(), provider, model)
    each = request_cost_usd(
        prices,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_input_tokens=cached_input_tokens,
        cache_write_tokens=cache_write_tokens,
        batch=batch,
        on=date.fromisoformat(on),
    )
    return each * requests


def _architecture(weights: str) -> serving.Architecture:
    return serving.Architecture.from_row(serving.model_row(load_assumptions(), weights))


def _kv_bytes(precision: str) -> float:
    if precision not in ("bf16", "fp16", "fp8"):
        raise InputError(f"kv_precision: {precision!r} is not known; use bf16 or fp8")
    return 1.0 if precision == "fp8" else 2.0


def kv_cache_bytes_per_token(weights: str, kv_precision: str = "bf16") -> float:
    """Bytes by which a sequence's KV cache grows with a token."""
    return serving.kv_cache_bytes_per_token(_architecture(weights), _kv_bytes(kv_precision))


def kv_cache_gib(weights: str, context_tokens: float, kv_precision: str = "bf16") -> float:
    """KV cache of one sequence, GiB."""
    return serving.kv_cache_gib(_architecture(weights), _kv_bytes(kv_precision), context_tokens)


def kv_cache_tokens(weights: str, gib: float, kv_precision: str = "bf16") -> float:
    """Tokens whose KV cache fits into `gib`."""
    return serving.kv_cache_tokens(_architecture(weights), _kv_bytes(kv_precision), gib)


def weights_gib(weights: str, precision: str) -> float:
    """Resident weights, GiB."""
    return serving.weights_gib(_architecture(weights), precision)


def usd_per_million_tokens(usd_per_hour: float, tokens_per_second: float) -> float:
    """Price of an hour over its tokens."""
    return finance.usd_per_million_tokens(usd_per_hour, tokens_per_second)


def output_tokens_per_second(
    weights: str,
    gpu: str,
    n_gpus: int,
    isl: float,
    osl: float,
    concurrency: float | None = None,
    tp: int | None = None,
    precision: str | None = None,
    engine: str = "",
    expert_parallel: bool = False,
    load: str = CLOSED_LOOP,
) -> float:
    """Output tokens a second of a deployment at a concurrency; without one, of as many requests as fit.

    GPUs beyond `tp` are replicas of a dense model; of a sparse one they share sequences among them.
    """
    known = load_assumptions()
    row = Measurement(
        *("", "", serving.model_row(known, weights).key, known.row("gpus", gpu, "gpu").key),
        n_gpus=n_gpus,
        tp=tp or n_gpus,
        attention_dp=None,
        moe_tp=None,
        moe_ep=n_gpus if expert_parallel else None,
        precision=precision,
        engine=engine,
        isl=isl,
        osl=osl,
        load=load,
        concurrency=concurrency,
        tpot_ms=None,
        output_tokens_per_s=1.0,
    )
    cases, rest = cases_of([row], known)
    if rest:
        raise InputError(f"output_tokens_per_second: {rest[0][1]}")
    coefficients = serving.Coefficients.read(known.number)
    return float(predict(Table.of(cases, coefficients), coefficients).tokens_per_second[0])


def fits(
    weights: str,
    gpu: str,
    n_gpus: int,
    context_tokens: float,
    concurrency: float = 1,
    tp: int | None = None,
    precision: str | None = None,
    kv_precision: str = "bf16",
    memory_utilization: float | None = None,
) -> bool:
    """Whether weights, reserve and the KV cache of that many sequences fit."""
    from dataclasses import replace

    inputs = Inputs(load_assumptions())
    model, chip, coefficients = _on(weights, gpu, inputs)
    if memory_utilization is not None:
        coefficients = replace(coefficients, memory_utilization=memory_utilization)
    formats = replace(serving.resolve_precision(precision, chip, model), kv=kv_precision)
    size = tp or n_gpus
    replicas = max(1, n_gpus // size)
    return bool(serving.memory(model, chip, size, formats, context_tokens, concurrency / replicas, coefficients).fits)


def _on(weights: str, gpu: str, inputs: Inputs) -> tuple[Any, Any, Any]:
    chip = serving.Gpu.from_row(inputs.assumptions.row("gpus", gpu))
    return _architecture(weights), chip, serving.Coefficients.read(inputs.assumptions.number)


CALCULATIONS: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        api_request_cost_usd,
        kv_cache_bytes_per_token,
        kv_cache_gib,
        kv_cache_tokens,
        weights_gib,
        fits,
        output_tokens_per_second,
        usd_per_million_tokens,
        finance.break_even_months,
        finance.break_even_tokens_per_month,
        finance.npv,
        finance.capital_recovery_factor,
        pert_mean,
        pert_variance,
        evpi_two_options,
        preferences.rank_acceptability,
        preferences.central_weight,
        preferences.order_on_fixed_scales,
        rank_correlation_of_normals,
        lock_in.extra_forced_migrations_per_year,
        lock_in.survival_share,
        lock_in.median_life_days,
        lock_in.migration_usd_per_application,
        lock_in.forced_migrations_present_value_usd,
        security.annual_loss,
        gates.gate,
    )
}
"""Every calculation by the name that cases use."""


def calculate(name: str, inputs: dict[str, Any], where: str) -> Any:
    """Run one calculation; InputError for an unknown name or input."""
    if name not in CALCULATIONS:
        raise unknown_name(where, "calculation", name, CALCULATIONS)
    function = CALCULATIONS[name]
    known = inspect.signature(function).parameters
    for key in inputs:
        if key not in known:
            raise unknown_name(f"{where}: {name}", "input", key, known)
    missing = [k for k, p in known.items() if p.default is inspect.Parameter.empty and k not in inputs]
    if missing:
        raise InputError(f"{where}: {name}: input {missing[0]} is missing; add it")
    try:
        return function(**inputs)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError) as error:
        raise InputError(f"{where}: {name}: {error}") from None


def described() -> str:
    """Every calculation with its inputs (those in brackets may be left out) and what it says of itself."""
    parts = []
    for name, function in sorted(CALCULATIONS.items()):
        known = inspect.signature(function).parameters.values()
        inputs = [p.name if p.default is inspect.Parameter.empty else f"[{p.name}]" for p in known]
        parts.append(f"{name}\n  {', '.join(inputs)}\n\n{textwrap.indent(inspect.getdoc(function) or '', '  ')}\n")
    return "\n".join(parts)
