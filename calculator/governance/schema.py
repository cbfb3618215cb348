"""JSON Schema of the worked calculation `gate`, with every rule and the names it answers to."""

from __future__ import annotations

from typing import Any

from calculator.governance.rules import GROUPS, RULES
from calculator.scenario import Scenario


def gate_schema() -> dict[str, Any]:
    """Inputs and outcome of the calculation `gate` of a case file; rules with titles, plain names and when they apply."""
    scenario = Scenario.model_json_schema(by_alias=True)
    blocks = scenario["properties"]
    rules = [
        {
            "const": rule.id,
            "title": rule.title,
            "description": f"Judged where {rule.called_for}. Also: {', '.join((rule.title, *rule.names))}.",
        }
        for rule in RULES.values()
    ]
    groups = {"enum": [*GROUPS, *sorted({r.split("-")[0] for r in RULES}), "DATA-06"], "title": "the worst of several rules"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Inputs of the calculation `gate`; the answer is pass, fail or needs_evidence",
        "type": "object",
        "required": ["option"],
        "additionalProperties": False,
        "properties": {
            "rule": {
                "anyOf": [{"oneOf": rules}, groups, {"type": "string", "title": "a title or plain name"}],
                "default": "all",
            },
            "option": {
                "description": "An option as in a scenario file, id and gpu optional; or a list, a hybrid before its legs",
                "anyOf": [blocks["options"]["items"], blocks["options"]],
            },
            "organization": blocks["organization"],
            "data": blocks["data"],
            "workload": {"type": "object", "description": "What differs from 1,000 tokens in and 200 out"},
            "evidence": blocks["evidence"],
            "as_of": {"type": "string", "default": "2026-11-23", "description": "The day that facts are judged at"},
            "start": {"type": "string", "description": "First month of the horizon; the month of as_of where absent"},
            "horizon_months": {"type": "integer", "default": 36},
            "reading": {"enum": ["strict", "optimistic"], "default": "strict"},
        },
        "$defs": scenario["$defs"],
    }
