"""Is every assumption complete and fresh? The same walk serves `assumptions check` and the tests."""

from __future__ import annotations

import math
from datetime import date

from calculator.assumptions import DISTRIBUTIONS, KINDS, TEXT_UNITS, Assumptions, Parameter, as_date
from calculator.assumptions.bounds import BOUNDS, out_of_bounds
from calculator.errors import InputError

UNITS = frozenset(TEXT_UNITS) | BOUNDS.keys()
"""Every unit that an assumption may have."""


def violations(known: Assumptions, on: date) -> list[str]:
    """One line for everything that breaks a rule of the files."""
    found: list[str] = []
    for topic in known.topics():
        try:
            for parameter in known.parameters(topic):
                found += [f"{parameter.id}: {fault}" for fault in _faults(parameter, on)]
        except InputError as error:
            found.append(str(error))
    return found


def _faults(p: Parameter, on: date) -> list[str]:
    faults = []
    if p.unit not in UNITS:
        faults.append(f"unknown unit {p.unit!r}")
    if p.kind not in KINDS:
        faults.append(f"unknown kind {p.kind!r}")
    if p.distribution not in DISTRIBUTIONS:
        faults.append(f"unknown distribution {p.distribution!r}")
    if p.source is None or not p.source.title or not (p.source.url or p.source.locator):
        faults.append("needs a source with a title, and a url or locator")
    if (p.unit in TEXT_UNITS) == isinstance(p.value, int | float):
        faults.append(f"value {p.value!r} does not fit the unit {p.unit}")
    if isinstance(p.value, bool):
        faults.append('value is true/false; write "yes" or "no"')
    if isinstance(p.value, int | float):
        bounds = [b for b in (p.low, p.value, p.high) if b is not None]
        if not all(math.isfinite(b) for b in bounds) or bounds != sorted(bounds):
            faults.append(f"needs low <= value <= high, got {p.low}, {p.value}, {p.high}")
        if (p.low is None) != (p.high is None):
            faults.append("has one of low and high; give both or none")
        if fault := out_of_bounds(p):
            faults.append(fault)
    try:
        if as_date(p.as_of) > on:
            faults.append(f"as_of {p.as_of} lies in the future")
    except (ValueError, IndexError):
        faults.append(f"as_of {p.as_of!r} is not a date")
    if p.kind == "estimate" and not p.note:
        faults.append("an estimate needs a note saying how it came about")
    return faults


def stale(known: Assumptions, on: date) -> list[Parameter]:
    """Assumptions older than their own `valid_days` at that date."""
    return [p for p in known.parameters() if p.age_days(on) > p.valid_days]
