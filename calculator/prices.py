"""What an API request costs at a date: genai-prices read offline, as data, by provider and model id.

`input_tokens` is the total prompt, the cached and the newly cached part included. A long-context tier applies to
all tokens of a request whose total prompt exceeds its threshold. Of conditional prices the last active one holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, Source
from calculator.errors import InputError, unknown_name
from calculator.price_files import filed_price_list, is_regional
from calculator.price_types import Period, PriceList, Rates, Tiers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@cache
def _data_version() -> str:
    return version("genai-prices")


class UnknownProviderError(InputError):
    """No price file knows the provider; the fault is in its name, not in the model's."""


@lru_cache(maxsize=1024)
def price_list(
    known: Assumptions,
    provider: str,
    model: str,
    *,
    endpoint: str | None = None,
    region: str | None = None,
) -> PriceList:
    """The price list of a model at a provider; InputError with the nearest names where there is none.

    Our own dated files stand before genai-prices.
    """
    offer = known.rows("offers").get(f"{provider}/{model}")
    minimum = offer.number("cache_minimum_tokens", None) if offer is not None else None
    lifetime = offer.number("cache_lifetime_minutes", None) if offer is not None else None
    uplift = 0.0
    if offer is not None and region is not None and region in offer.list("uplift_regions"):
        uplift = 0.0 if is_regional(known, provider, model, region) else offer.number("residency_uplift", 0.0)
    surcharge = (f"{uplift:.0%} surcharge for processing in {region}",) if uplift else ()
    filed = filed_price_list(known, provider, model, endpoint, region)
    if filed is not None:
        periods = tuple(_scaled(p, 1 + uplift) for p in filed.periods) if uplift else filed.periods
        notes = (*filed.notes, *surcharge)
        return replace(filed, cache_minimum_tokens=minimum, cache_lifetime_minutes=lifetime, periods=periods, notes=notes)
    ids = (provider, model)
    if offer is not None:
        ids = (offer.text("genai_prices_provider", provider), offer.text("genai_prices_model", model))
    providers = _providers()
    if ids[0] not in providers:
        mine = {r.text("provider") for r in known.rows("offers").values()}
        raise UnknownProviderError(str(unknown_name("prices", "provider", provider, mine | set(providers))))
    if ids[1] not in providers[ids[0]]:
        filed_rows = known.rows("token_prices").values()
        priced = [r for r in filed_rows if (r.text("provider"), r.text("model")) == (provider, model)]
        if priced:
            there = ", ".join(f"endpoint {r.text('endpoint')}, region {r.text('region')}" for r in priced)
            asked = " and ".join(filter(None, (endpoint and f"endpoint {endpoint}", region and f"region {region}")))
            raise InputError(f"prices: {provider}/{model} has no price for {asked}; there is one for {there}")
        mine = {r.text("model") for r in known.rows("offers").values() if r.text("provider") == provider}
        raise unknown_name("prices", f"model of {provider}", model, mine | set(providers[ids[0]]))
    periods, notes = _periods(*ids)
    notes = (*notes, *surcharge)
    if uplift:
        periods = tuple(_scaled(p, 1 + uplift) for p in periods)
    starts = sorted(p.start for p in periods if p.start)
    dated = f"genai-prices {_data_version()}" + (f", latest change {starts[-1]}" if starts else "")
    return PriceList(
        provider=provider,
        model=model,
        source=Source(f"genai-prices {_data_version()}", "https://github.com/pydantic/genai-prices", "/".join(ids)),
        dated=dated,
        periods=periods,
        cache_minimum_tokens=minimum,
        cache_lifetime_minutes=lifetime,
        notes=notes,
    )


@lru_cache(maxsize=1)
def _providers() -> Mapping[str, Mapping[str, Any]]:
    from genai_prices import data

    return {p.id: {m.id: m for m in p.models} for p in data.providers}


@lru_cache(maxsize=512)
def _periods(provider: str, model: str) -> tuple[tuple[Period, ...], tuple[str, ...]]:
    info = _providers()[provider][model]
    listed = info.prices if isinstance(info.prices, list) else [info.prices]
    notes: list[str] = []
    batches = [v for v in info.price_variants or () if v.when == {"processing": "batch"}]
    if not batches:
        notes.append("no batch price is published: standard is charged")
    periods = []
    for entry in listed:
        prices, constraint = getattr(entry, "prices", entry), getattr(entry, "constraint", None)
        start = getattr(constraint, "start_date", None)
        hours = _hours(constraint) if hasattr(constraint, "start_time") else None
        tiers = _tiers(prices, None)
        active = [
            v for v in batches if (s := getattr(v.constraint, "start_date", None)) is None or start is None or s <= start
        ]
        batch = max(active or batches, key=lambda v: getattr(v.constraint, "start_date", date.min), default=None)
        if batches and start is None:
            batch = min(batches, key=lambda v: getattr(v.constraint, "start_date", date.min))
        periods.append(Period(start, hours, tiers, None if batch is None else _tiers(batch.prices, prices)))
        if getattr(prices, "cache_read_mtok", None) is None:
            notes.append("no cached price is published: cached input is charged as input")
    return tuple(periods), tuple(dict.fromkeys(notes))


def _hours(constraint: Any) -> tuple[bool, ...]:
    midnight = datetime(2026, 1, 1, tzinfo=UTC)
    return tuple(bool(constraint.active(midnight.replace(hour=h, minute=30))) for h in range(24))


def _tiers(prices: Any, fallback: Any) -> Tiers:
    def price(name: str) -> Any:
        value = getattr(prices, name, None)
        return getattr(fallback, name, None) if value is None and fallback is not None else value

    named = {n: price(f"{n}_mtok") for n in ("input", "cache_read", "cache_write", "output")}
    thresholds = {0.0} | {float(t.start) for v in named.values() for t in getattr(v, "tiers", ())}

    def at(value: Any, threshold: float) -> float | None:
        if value is None:
            return None
        if not hasattr(value, "tiers"):
            return float(value)
        reached = [t.price for t in value.tiers if t.start <= threshold and threshold > 0]
        return float(reached[-1] if reached else value.base)

    tiers = []
    for threshold in sorted(thresholds):
        full = at(named["input"], threshold) or 0.0
        read, write = at(named["cache_read"], threshold), at(named["cache_write"], threshold)
        output = at(named["output"], threshold) or 0.0
        tiers.append((threshold, Rates(full, full if read is None else read, full if write is None else write, output)))
    return tuple(tiers)


def _scaled(period: Period, factor: float) -> Period:
    def scale(tiers: Tiers) -> Tiers:
        return tuple(
            (t, Rates(r.input * factor, r.cached_input * factor, r.cache_write * factor, r.output * factor))
            for t, r in tiers
        )

    return replace(period, tiers=scale(period.tiers), batch_tiers=period.batch_tiers and scale(period.batch_tiers))


def active_period(prices: PriceList, on: date, hour_utc: int | None = None) -> Period:
    """The last period whose conditions hold; without an hour, hourly prices are passed over."""
    active = [
        p
        for p in prices.periods
        if (p.start is None or p.start <= on) and (p.hours_utc is None or (hour_utc is not None and p.hours_utc[hour_utc]))
    ]
    return active[-1] if active else prices.periods[0]


def change_dates(prices: PriceList, first: date, last: date) -> list[date]:
    """Days within (first, last] on which an announced price begins."""
    return sorted({p.start for p in prices.periods if p.start is not None and first < p.start <= last})


def request_cost_usd(
    prices: PriceList,
    *,
    input_tokens: float,
    output_tokens: float,
    cached_input_tokens: float = 0,
    cache_write_tokens: float = 0,
    batch: bool = False,
    on: date | datetime,
) -> float:
    """USD of one request; `input_tokens` is the total, cached and newly cached tokens included."""
    hour = on.astimezone(UTC).hour if isinstance(on, datetime) else None
    period = active_period(prices, on.date() if isinstance(on, datetime) else on, hour)
    tiers = period.batch_tiers if batch and period.batch_tiers else period.tiers
    rates = [r for t, r in tiers if t == 0 or input_tokens > t][-1]
    plain = input_tokens - cached_input_tokens - cache_write_tokens
    usd = plain * rates.input + cached_input_tokens * rates.cached_input + cache_write_tokens * rates.cache_write
    return (usd + output_tokens * rates.output) / 1e6


def usd_per_request(
    prices: PriceList,
    on: date,
    *,
    input_tokens: Array,
    output_tokens: Array,
    cached_share: Array,
    cache_write_share: Array,
    batch_share: Array,
    size_quantiles: Array,
    hour_weights_utc: Array,
) -> dict[str, Array]:
    """USD of a mean request by kind of token, (draws,) each.

    Interactive requests follow the hours of `hour_weights_utc`; `batch` is everything billed at batch prices.
    Which tier a request falls into follows the spread of sizes, not their mean.
    """
    by_hour = hour_weights_utc.reshape(-1, 24).sum(axis=0)
    lines = {name: np.zeros(1) for name in ("input", "cached_input", "cache_writes", "output", "batch")}
    weights: dict[Period, float] = {}
    for hour in range(24):
        period = active_period(prices, on, hour)
        weights[period] = weights.get(period, 0.0) + float(by_hour[hour])
    for period, weight in weights.items():
        for name, usd in _tokens_usd(
            period.tiers, input_tokens, output_tokens, cached_share, cache_write_share, size_quantiles
        ).items():
            lines[name] = lines[name] + usd * weight * (1 - batch_share)
    if np.any(batch_share > 0):
        period = active_period(prices, on)
        parts = _tokens_usd(
            period.batch_tiers or period.tiers, input_tokens, output_tokens, cached_share, cache_write_share, size_quantiles
        )
        lines["batch"] = sum(parts.values(), np.zeros(1)) * batch_share
    return lines


def _tokens_usd(tiers: Tiers, isl: Array, osl: Array, cached: Array, written: Array, sizes: Array) -> dict[str, Array]:
    out = {name: np.zeros(1) for name in ("input", "cached_input", "cache_writes", "output")}
    tokens = isl[:, None] * sizes
    for number, (threshold, rates) in enumerate(tiers):
        upper = tiers[number + 1][0] if number + 1 < len(tiers) else np.inf
        if len(tiers) == 1:
            volume, count = isl, np.ones(1)
        else:
            here = (tokens > threshold) & (tokens <= upper) if number else tokens <= upper
            volume, count = (tokens * here).mean(axis=1), here.mean(axis=1)
        out["input"] = out["input"] + volume * (1 - cached - written) * rates.input / 1e6
        out["cached_input"] = out["cached_input"] + volume * cached * rates.cached_input / 1e6
        out["cache_writes"] = out["cache_writes"] + volume * written * rates.cache_write / 1e6
        out["output"] = out["output"] + count * osl * rates.output / 1e6
    return out


__all__ = [
    "Period",
    "PriceList",
    "Rates",
    "change_dates",
    "price_list",
    "request_cost_usd",
    "usd_per_request",
]
