"""Differences between two scenarios in words, with units."""

from __future__ import annotations

from typing import Any

from calculator.assumptions import load_assumptions
from calculator.attribution.differences import ABSENT, Difference
from calculator.decision.words import CRITERIA, input_label
from calculator.errors import InputError, clip
from calculator.wording import figure, quoted

LABELS = {
    "requests_per_month": ("requests a month", ""),
    "annual_growth": ("growth a year", "%"),
    "input_tokens": ("input tokens a request", ""),
    "output_tokens": ("output tokens a request", ""),
    "cacheable_input_share": ("share of the prompt that repeats", "%"),
    "batch_share": ("share of requests that may wait", "%"),
    "slo": ("latency targets", ""),
    "other_usd_per_month": ("images, audio and tools a month", "USD"),
    "as_of": ("prices and facts as of", ""),
    "start": ("first month", ""),
    "horizon_months": ("horizon", "months"),
    "discount_rate": ("discount rate a year", "%"),
    "fiscal_year_start_month": ("first month of the fiscal year", ""),
    "baseline": ("runs today", ""),
    "materiality": ("least saving that is worth a move", "%"),
    "close_call_confidence": ("confidence below which it is too close to call", "%"),
    "annual_revenue_usd": ("revenue a year", "USD"),
    "monthly_active_users": ("users a month", ""),
    "countries": ("established in", ""),
    "ai_act_use": ("class of use under the EU AI Act", ""),
    "certifications": ("certificates that a provider must hold", ""),
    "max_retention_days": ("prompts may be kept at most", "days"),
    "residency": ("prompts may be processed in", ""),
    "ttft_ms": ("time to first token", "ms"),
    "tpot_ms": ("time per output token", "ms"),
    "carbon_usd_per_tonne": ("price of a tonne of CO2e", "USD"),
    "workload_share": ("these workloads' share of the exposure", "%"),
}
"""Name and unit of fields whose own name does not say it."""
EMPTY = "none"
LONG = 110
RANGE = {"low", "base", "high"}


def label_of(difference: Difference) -> str:
    """The field's name for readers: `requests a month of chat`, `option rented-h100`."""
    path = difference.path
    if path[0] == "assumptions":
        try:
            return input_label(path[1], {path[1]: load_assumptions().parameter(path[1])})
        except InputError:
            return path[1]
    if path[0] == "options":
        return f"option {path[1]}"
    if path[0] == "workloads" and len(path) == 2:
        return f"workload {path[1]}"
    if path[0] == "priorities":
        return f"worth of {CRITERIA.get(path[1], path[1])}"
    name = LABELS.get(path[-1], (path[-1].replace("_", " "), ""))[0]
    if path[0] == "workloads":
        return f"{name} of {'workload ' + str(int(path[1]) + 1) if path[1].isdigit() else path[1]}"
    return name


def unit_of(difference: Difference) -> str | None:
    """The unit of its figures; None where they have none, or are no figures."""
    if difference.path[0] == "assumptions":
        try:
            return load_assumptions().parameter(difference.path[1]).unit
        except InputError:
            return None
    if difference.path[0] == "priorities":
        return "USD"
    return LABELS.get(difference.path[-1], ("", ""))[1] or None


def text_of(difference: Difference) -> str:
    """From what to what, with the unit."""
    before, after, unit = difference.before, difference.after, unit_of(difference)
    if difference.path[0] == "assumptions":
        shipped = f" (shipped {_shipped(difference.path[1])})"
        if before is ABSENT:
            return f"as shipped, {_shipped(difference.path[1])} → {value_words(after, unit)}"
        return f"{value_words(before, unit)} → {'as shipped' if after is ABSENT else value_words(after, unit)}{shipped}"
    if before is ABSENT or after is ABSENT:
        there = after if before is ABSENT else before
        kept = [str(there[k]) for k in ("route", "model", "weights", "provider", "gpu", "commitment") if there.get(k)]
        return f"{'added' if before is ABSENT else 'removed'}{': ' + ', '.join(kept) if kept else ''}"
    if isinstance(before, dict) and isinstance(after, dict) and RANGE not in (set(before), set(after)):
        keys = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
        return "; ".join(f"{_key(k)} {_value(before.get(k), k)} → {_value(after.get(k), k)}" for k in keys)
    return f"{value_words(before, unit)} → {value_words(after, unit)}"


def _key(name: str) -> str:
    return LABELS.get(name, (name.replace("_", " "), ""))[0]


def _value(value: Any, name: str) -> str:
    return value_words(value, LABELS.get(name, ("", ""))[1] or None)


def _shipped(name: str) -> str:
    try:
        parameter = load_assumptions().parameter(name)
    except InputError:
        return "not known"
    return value_words(parameter.value, parameter.unit)


def value_words(value: Any, unit: str | None) -> str:
    """A value of a scenario file: `3,000,000 (2,000,000 to 5,000,000)`, `8 %`, `EU, US`, `none`."""
    if value is None or value in ("", []):
        return EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if unit == "%":
            return f"{figure(100 * value, 6)} %"
        return quoted(value) + (f" {unit}" if unit else "")
    if isinstance(value, list):
        simple = all(isinstance(item, str | int | float) for item in value)
        if simple and len(value) <= 12:
            return clip(", ".join(str(item) for item in value), LONG)
        return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    if isinstance(value, dict):
        return _mapping_words(value, unit)
    return clip(value, LONG)


def _mapping_words(value: dict[str, Any], unit: str | None) -> str:
    if set(value) == RANGE:
        low, middle, high = (value_words(value[k], unit) for k in ("low", "base", "high"))
        return f"{middle} ({low} to {high})"
    if set(value) == {"mean", "p95"}:
        long = "" if value["p95"] is None else f", 95 in 100 below {value_words(value['p95'], unit)}"
        return value_words(value["mean"], unit) + long
    given = {k: v for k, v in value.items() if v is not None}
    return clip(", ".join(f"{_key(k)} {_value(v, k)}" for k, v in given.items()), LONG)
