"""One assumption with its range, unit, date and source, and its reading from a file's plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from calculator.errors import InputError

KINDS = ("measured", "published", "vendor", "secondary", "estimate")
DISTRIBUTIONS = ("pert", "lognormal", "fixed")
TEXT_UNITS = ("text", "list", "date")
METADATA = ("as_of", "kind", "source", "note", "valid_days", "distribution")
Value = float | str | tuple[str, ...]
MISSING: Any = object()


@dataclass(frozen=True)
class Source:
    """Where a figure was read: a title, and a web address or a place inside the document."""

    title: str
    url: str | None = None
    locator: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        return {"title": self.title, "url": self.url, "locator": self.locator}


@dataclass(frozen=True)
class Parameter:
    """One assumption. `low` and `high` bound about the central 80 % of what is plausible, or are None."""

    id: str
    value: Value
    unit: str
    low: float | None = None
    high: float | None = None
    as_of: str = ""
    kind: str = "estimate"
    source: Source | None = None
    note: str = ""
    description: str = ""
    distribution: str = "pert"
    valid_days: int = 365
    minimum: float | None = None
    """Least figure that makes sense, where the bound of the unit does not say it."""
    maximum: float | None = None
    overridden: bool = False
    same_as: str | None = None
    """Another assumption that this one is, draw by draw, until it is set itself: the same work under two names."""

    @property
    def number(self) -> float:
        """The base value as a number; InputError where it is text."""
        if isinstance(self.value, int | float):
            return float(self.value)
        raise InputError(f"{self.id}: {self.value!r} is not a number")

    @property
    def is_uncertain(self) -> bool:
        return self.distribution != "fixed" and self.low is not None and self.high is not None and self.low < self.high

    def age_days(self, on: date) -> int:
        """Days from `as_of` to `on`."""
        return (on - as_date(self.as_of)).days

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "as_of": self.as_of,
            "kind": self.kind,
            "source": self.source.as_dict() if self.source else None,
            "note": self.note,
            "description": self.description,
            "overridden": self.overridden,
        }


def as_date(text: str) -> date:
    """`2026-11-24`, `2026-11` or `2026` as a date (the first day of what is named)."""
    parts = [int(p) for p in text.split("-")] + [1, 1]
    return date(parts[0], parts[1], parts[2])


def _source(raw: Any, where: str) -> Source | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or "title" not in raw:
        raise InputError(f"{where}: a source needs a title and a url or locator")
    return Source(str(raw["title"]), raw.get("url"), str(raw["locator"]) if raw.get("locator") else None)


def read_parameter(name: str, cell: Any, spec: Mapping[str, Any], inherited: Mapping[str, Any]) -> Parameter:
    """A parameter from a cell's plain data, its column and the metadata it inherits; InputError where it has no value."""
    own = cell if isinstance(cell, Mapping) else {"value": cell}
    if "value" not in own:
        raise InputError(f"{name}: has no value")
    value = own["value"]
    if isinstance(value, list):
        value = tuple(str(v) for v in value)
    meta = {**inherited, **own}
    return Parameter(
        id=name,
        value=value,
        unit=str(own.get("unit", spec.get("unit", "text"))),
        low=own.get("low"),
        high=own.get("high"),
        as_of=str(meta.get("as_of", "")),
        kind=str(meta.get("kind", "estimate")),
        source=_source(meta.get("source"), name),
        note=str(meta.get("note") or ""),
        description=str(own.get("description") or spec.get("description") or ""),
        distribution=str(own.get("distribution") or spec.get("distribution") or meta.get("distribution") or "pert"),
        valid_days=int(meta.get("valid_days", 365)),
        minimum=own.get("minimum", spec.get("minimum")),
        maximum=own.get("maximum", spec.get("maximum")),
    )


def with_override(parameter: Parameter, overrides: Mapping[str, Any]) -> Parameter:
    """The parameter with the scenario's own figure where `overrides` has one of its id."""
    given = overrides.get(parameter.id, MISSING)
    if given is MISSING:
        return parameter
    if isinstance(given, int | float):
        given = {"base": given}
    elif not isinstance(given, Mapping):  # the scenario's Range
        given = {"low": given.low, "base": given.base, "high": given.high}
    return replace(
        parameter,
        value=given["base"],
        low=given.get("low"),
        high=given.get("high"),
        kind="estimate",
        source=Source("Set in the scenario", locator="assumptions"),
        note="the user's own figure",
        overridden=True,
        same_as=None,
    )


def inherited_metadata(content: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata that all entries of a file inherit: its `defaults`, and for how long they hold."""
    inherited = dict(content.get("defaults") or {})
    inherited.setdefault("valid_days", content.get("valid_days", 365))
    return inherited
