"""One line on what is wrong with a scenario, and how to mend it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from calculator.errors import clip, nearest_names
from calculator.scenario.schema import Scenario
from calculator.wording import quoted

_FORMS = {"Range", "TokenSize", "float", "Precision"}
"""Forms that one value may take; of their complaints only one is meant."""
_BRANCHES = _FORMS | {"api", "hosted", "rented", "owned", "hybrid"}
_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$": "use up to 60 letters, digits, dots, hyphens and underscores",
    r"^[A-Za-z][A-Za-z0-9-]{0,19}$": "use a region such as eu, us or DE: up to 20 letters, digits and hyphens",
    r"^[A-Z]{2}$": "use a country's code of two capitals, such as DE",
    r"^(EU|EEA|[A-Z]{2})$": "use EU, EEA or a country's code of two capitals, such as DE",
    r"^[A-Z]{3}$": "use a currency's code of three capitals, such as EUR",
}
"""What a pattern of the schema asks for."""
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
        near = nearest_names(str(problem["loc"][-1]), _fields_at(problem["loc"][:-1]))
        return f"unknown key; did you mean {', '.join(near)}?" if near else "unknown key; remove it"
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if kind == "greater_than_equal":
        return f"must be at least {quoted(problem['ctx']['ge'])}, got {given}"
    if kind == "less_than_equal":
        return f"must be at most {quoted(problem['ctx']['le'])}, got {given}"
    if kind == "too_short":
        least = problem["ctx"]["min_length"]
        return f"needs at least {least} {'entry' if least == 1 else 'entries'}; add what is missing"
    if kind == "too_long":
        return f"may have at most {quoted(problem['ctx']['max_length'])} entries; remove some"
    if kind == "string_too_short":
        return "is empty; write something or remove the key"
    if kind == "string_too_long":
        return f"may have at most {quoted(problem['ctx']['max_length'])} characters; shorten it"
    if kind == "string_pattern_mismatch":
        return f"{_PATTERNS.get(problem['ctx']['pattern'], 'has a form that is not accepted')}, got {given!r}"
    words = str(problem["msg"]).removeprefix("Value error, ")
    return words if kind == "value_error" else f"{words}, got {given!r}"


def _fields_at(place: tuple[Any, ...]) -> set[str]:
    """The keys that a scenario file may have at a place, such as ("options", 0, "api", "contract")."""
    schema = Scenario.model_json_schema(by_alias=True)
    known = schema.get("$defs", {})
    parts = _forms(schema, known)
    for step in place:
        if isinstance(step, int):
            inner = [part["items"] for part in parts if "items" in part]
        elif any(step in part.get("properties", {}) for part in parts):
            inner = [part["properties"][step] for part in parts if step in part.get("properties", {})]
        else:  # pydantic names the branch that it tried: a route, or the form of a value
            inner = [p for p in parts if step in (p.get("title"), p.get("properties", {}).get("route", {}).get("const"))]
            inner = inner or parts
        parts = [form for part in inner for form in _forms(part, known)]
    return {name for part in parts for name in part.get("properties", {})}


def _forms(part: Any, known: Any) -> list[Any]:
    """The schemas that a value may follow, references looked up."""
    if "$ref" in part:
        return _forms(known[part["$ref"].rsplit("/", 1)[-1]], known)
    branches = part.get("anyOf") or part.get("oneOf")
    return [form for branch in branches for form in _forms(branch, known)] if branches else [part]
