"""One line on what is wrong with a scenario, and how to mend it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from calculator.errors import clip, nearest_names
from calculator.scenario.schema import Scenario

_FORMS = {"Range", "TokenSize", "float", "Precision"}
"""Forms that one value may take; of their complaints only one is meant."""
_BRANCHES = _FORMS | {"api", "hosted", "rented", "owned", "hybrid"}
_MESSAGES = {
    "missing": "is missing; add it",
    "union_tag_invalid": "route must be one of api, hosted, rented, owned, hybrid",
    "union_tag_not_found": "route is missing; add api, hosted, rented, owned or hybrid",
}


def first_line(error: ValidationError) -> str:
    """The most helpful of pydantic's complaints as one line: of a union's branches, the one the user meant."""
    problems = error.errors()

    def helpfulness(problem: Any) -> tuple[int, int]:
        kind = problem["type"]
        branch = [p for p in problem["loc"] if p in _BRANCHES]
        rivals = sum(branch == [p for p in other["loc"] if p in _BRANCHES] for other in problems)
        rank = {"value_error": 3, "finite_number": 3, "model_type": 0, "float_type": 0}.get(kind, 2)
        one_form_of_several = any(form in str(step) for step in problem["loc"] for form in _FORMS)
        if kind == "extra_forbidden" and not one_form_of_several:
            rank = 4
        return rank, -rivals

    problem = max(problems, key=helpfulness)
    steps = [str(p) for i, p in enumerate(problem["loc"]) if not ((i > 1 and str(p) in _BRANCHES) or "[" in str(p))]
    message = _message(problem)
    return f"{'.'.join(steps)}: {clip(message, 200)}" if steps else clip(message, 200)


def _message(problem: Any) -> str:
    """What is wrong and how to mend it, without the path."""
    kind, given = problem["type"], clip(problem["input"], 40)
    if kind == "extra_forbidden":
        near = nearest_names(str(problem["loc"][-1]), _field_names())
        return f"unknown key; did you mean {', '.join(near)}?" if near else "unknown key; remove it"
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if kind == "greater_than_equal":
        return f"must be at least {problem['ctx']['ge']:g}, got {given}"
    if kind == "less_than_equal":
        return f"must be at most {problem['ctx']['le']:g}, got {given}"
    words = str(problem["msg"]).removeprefix("Value error, ")
    return words if kind == "value_error" else f"{words}, got {given!r}"


def _field_names() -> set[str]:
    """Every key that a scenario file may have, at any depth."""
    schema = Scenario.model_json_schema(by_alias=True)
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}
