"""What differs between two scenarios, figure by figure, and a scenario that is part one and part the other.

A scenario is taken apart into fields: numbers of a workload one by one, blocks such as `data` key by key, own figures by
id, an option as a whole. Workloads are told apart by name (by place where both have as many, but other names), options
by id. Titles, names of options and pins are no differences: they move no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from calculator.scenario import Scenario, scenario_from

Path = tuple[str, ...]
BLOCKS = ("organization", "data", "priorities", "switching", "security", "footprint")
UNMOVED = ("schema", "title", "pins")
GROUPS = {
    "volume": "volume and traffic",
    "requests": "size and kind of requests",
    "dates": "dates and prices of the day",
    "assumptions": "own figures for assumptions",
    "options": "options",
    "rules": "rules, evidence and quality floor",
    "economics": "horizon, discount rate and tax",
    "weighing": "switching, security, priorities and thresholds",
}
"""Groups of differences in the order in which they are replaced, in words."""
_WORKLOAD = {
    "volume": ("name", "requests_per_month", "annual_growth", "traffic", "residency_shares"),
    "rules": ("quality_floor",),
}
_TOP = {
    "volume": ("launched",),
    "dates": ("as_of", "start", "seed"),
    "assumptions": ("assumptions",),
    "options": ("options", "baseline"),
    "rules": ("organization", "data", "evidence"),
    "economics": ("horizon_months", "discount_rate", "fiscal_year_start_month", "tax", "currency"),
}


class _Absent:
    """Stands for a field that one of the two has not."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One field in which two scenarios differ."""

    path: Path
    group: str
    before: Any
    """Plain data, or ABSENT."""
    after: Any


def differences_of(a: Scenario, b: Scenario) -> tuple[Difference, ...]:
    """Fields in which `b` differs from `a`, in the order of the groups, within one in that of the file."""
    before, after = _both(a, b)
    paths = [p for p in dict.fromkeys([*before, *after]) if before.get(p, ABSENT) != after.get(p, ABSENT)]
    found = [Difference(p, _group(p), before.get(p, ABSENT), after.get(p, ABSENT)) for p in paths]
    order = list(GROUPS)
    return tuple(sorted(found, key=lambda d: order.index(d.group)))


def mixed(a: Scenario, b: Scenario, replaced: Iterable[Difference]) -> Scenario:
    """`a` with these differences made as in `b`; InputError where the two do not go together."""
    fields, _ = _both(a, b)
    for difference in replaced:
        if difference.after is ABSENT:
            del fields[difference.path]
        else:
            fields[difference.path] = difference.after
    data = _assembled(fields)
    ids = {option["id"] for option in data["options"]}
    if "evidence" in data:  # what speaks of an option that is not there moves nothing
        data["evidence"] = [e for e in data["evidence"] if e["option"] is None or e["option"] in ids]
    return scenario_from({**data, "schema": a.schema_version, "title": b.title}, "the two scenarios mixed")


def _both(a: Scenario, b: Scenario) -> tuple[dict[Path, Any], dict[Path, Any]]:
    names = [[w.name for w in s.workloads] for s in (a, b)]
    by_place = len(names[0]) == len(names[1]) and set(names[0]) != set(names[1])
    whole = len(names[0]) != len(names[1])
    return _fields(a, by_place, whole), _fields(b, by_place, whole)


def _fields(scenario: Scenario, by_place: bool, whole: bool) -> dict[Path, Any]:
    """Every field by its path; whole workloads where the two have not as many."""
    found: dict[Path, Any] = {}
    for key, value in scenario.model_dump(mode="json", by_alias=True).items():
        if key == "workloads":
            for number, workload in enumerate(value):
                place = (key, str(number) if by_place else workload["name"])
                found.update({place: workload} if whole else {(*place, name): item for name, item in workload.items()})
        elif key == "options":
            found.update({(key, o["id"]): {k: v for k, v in o.items() if k != "name"} for o in value})
        elif key == "assumptions" or key in BLOCKS:
            found.update({(key, name): item for name, item in value.items()})
        elif key not in UNMOVED:
            found[(key,)] = value
    return found


def _assembled(fields: Mapping[Path, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    workloads: dict[str, dict[str, Any]] = {}
    for path, value in fields.items():
        if path[0] == "workloads":
            workloads.setdefault(path[1], {}).update({path[2]: value} if len(path) == 3 else value)
        elif path[0] == "options":
            data.setdefault("options", []).append(value)
        elif len(path) == 2:
            data.setdefault(path[0], {})[path[1]] = value
        else:
            data[path[0]] = value
    return {**data, "workloads": list(workloads.values())}


def _group(path: Path) -> str:
    if path[0] == "workloads":
        field = path[2] if len(path) == 3 else "requests_per_month"
        return next((g for g, fields in _WORKLOAD.items() if field in fields), "requests")
    return next((g for g, keys in _TOP.items() if path[0] in keys), "weighing")
