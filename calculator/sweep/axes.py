"""What is varied: a path in the scenario file and its values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from calculator.errors import InputError, clip, unknown_name
from calculator.scenario import Scenario, scenario_data, scenario_from
from calculator.wording import quoted

MOST_POINTS = 1_000_000
WIDE = 100.0
"""From this ratio between its ends an axis is spaced evenly in ratios."""
Value = float | str


@dataclass(frozen=True)
class Axis:
    """One path with the values that it takes."""

    path: str
    values: tuple[Value, ...]


def parse_axis(text: str) -> Axis:
    """`PATH=A:B:N` (N values from A to B) or `PATH=V1,V2,…`; InputError where it is neither.

    Evenly spaced, or in equal ratios where both ends are above 0 and at least a factor of 100 apart;
    `A:B:N:linear` and `A:B:N:log` say it outright.
    """
    where = f"--vary {clip(text)}"
    path, equals, right = text.partition("=")
    if not equals or not path or not right:
        raise InputError(f"{where}: must be PATH=A:B:N or PATH=V1,V2, such as workloads.0.requests_per_month=1e5:1e9:40")
    if ":" not in right:
        return Axis(path, tuple(_value(v.strip()) for v in right.split(",") if v.strip()))
    parts = right.split(":")
    spacing = parts.pop() if len(parts) == 4 else None
    try:
        low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        raise InputError(f"{where}: A:B:N needs two numbers and how many values lie between them, such as 1:5:9") from None
    if not (math.isfinite(low) and math.isfinite(high)) or not 1 <= count <= MOST_POINTS:
        raise InputError(f"{where}: needs finite ends and 1 to {MOST_POINTS:,} values")
    if spacing not in (None, "linear", "log"):
        raise InputError(f"{where}: spacing {clip(spacing)!r} is not known; use linear or log")
    positive = low > 0 and high > 0
    if spacing == "log" and not positive:
        raise InputError(f"{where}: equal ratios need both ends above 0")
    ratios = spacing == "log" or (spacing is None and positive and max(low / high, high / low) >= WIDE)
    values = np.geomspace(low, high, count) if ratios else np.linspace(low, high, count)
    return Axis(path, tuple(float(f"{v:.12g}") for v in values))


def _value(text: str) -> Value:
    try:
        return float(text)
    except ValueError:
        return text


def grid(axes: Sequence[Axis]) -> list[tuple[Value, ...]]:
    """Every combination, the last axis fastest; InputError for too many."""
    total = math.prod(len(a.values) for a in axes)
    if total > MOST_POINTS:
        raise InputError(f"--vary: {total:,} points; at most {MOST_POINTS:,}")
    return list(product(*(a.values for a in axes)))


def point_scenario(scenario: Scenario, values: Mapping[str, Value]) -> Scenario:
    """The scenario with values set by path; a range keeps its spread in proportion to its base.

    A path steps through the scenario file by key; a workload or option by number, name or id; what follows
    `assumptions` is an assumption's id. InputError for a path that leads nowhere or a value that is refused.
    """
    data = scenario_data(scenario)
    for path, value in values.items():
        _set(data, path, value)
    where = " ".join(f"--vary {clip(path)}={_shown(value)}" for path, value in values.items())
    return scenario_from(data, where)


def _shown(value: Value) -> str:
    return clip(value) if isinstance(value, str) else quoted(value)


def _set(data: dict[str, Any], path: str, value: Value) -> None:
    steps = path.split(".")
    if steps[0] == "assumptions" and len(steps) > 1:
        steps = ["assumptions", ".".join(steps[1:])]
    place: Any = data
    for depth, step in enumerate(steps[:-1]):
        place = _into(place, step, ".".join(steps[: depth + 1]))
    last = steps[-1]
    if isinstance(place, list):
        place[_index(place, last, path)] = value
    else:
        place[last] = _kept_spread(place.get(last), value)


def _into(place: Any, step: str, where: str) -> Any:
    if isinstance(place, list):
        return place[_index(place, step, where)]
    if not isinstance(place, dict):
        raise InputError(f"--vary {clip(where)}: leads into a plain value; shorten the path")
    return place.setdefault(step, {})


def _index(items: list[Any], step: str, where: str) -> int:
    if step.isdigit() and int(step) < len(items):
        return int(step)
    names = [str(item.get("id") or item.get("name")) if isinstance(item, dict) else str(item) for item in items]
    if step in names:
        return names.index(step)
    raise unknown_name(f"--vary {clip(where)}", "entry", step, [*names, *(str(k) for k in range(len(items)))])


def _kept_spread(before: Any, value: Value) -> Any:
    if not isinstance(before, dict) or isinstance(value, str):
        return value
    if "mean" in before:
        old = before["mean"]["base"] if isinstance(before["mean"], dict) else before["mean"]
        scaled = {"mean": _kept_spread(before["mean"], value)}
        return {**scaled, "p95": before["p95"] * value / old} if before.get("p95") is not None else scaled
    if before.get("base"):
        ratio = value / before["base"]
        low, high = sorted((before["low"] * ratio, before["high"] * ratio))
        return {"low": low, "base": value, "high": high}
    return value
