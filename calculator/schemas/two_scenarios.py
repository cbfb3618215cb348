"""JSON Schema of what `compare A B --json` prints."""

from __future__ import annotations

from typing import Any

from calculator.schemas.parts import MONEY, NUMBER, TEXT, array, mapping, record

TEXTS = array({"type": "string"})


def two_scenarios_schema() -> dict[str, Any]:
    """What `compare A B --json` prints; money is expected present value of cost in USD."""
    side = record(
        {
            "title": {"type": "string"},
            "as_of": {"type": "string"},
            "horizon_months": {"type": "integer"},
            "currency": {"type": "string"},
            "usd_exchange_rate": NUMBER,
            "verdict": {"type": "object", "description": "as in `compare`"},
            "warnings": TEXTS,
        }
    )
    difference = record(
        {
            "path": {"type": "string"},
            "group": {"type": "string"},
            "label": {"type": "string"},
            "unit": TEXT,
            "before": {"description": "as in the scenario file; null where A has it not"},
            "after": {"description": "as in the scenario file; null where B has it not"},
            "text": {"type": "string"},
        }
    )
    option = {"id": {"type": "string"}, "a": {"type": ["object", "null"]}, "b": {"type": ["object", "null"]}}
    option |= {"change_usd": MONEY, "null_reasons": mapping({"type": "string"})}
    step = {"label": {"type": "string"}, "differences": TEXTS, "leader": TEXT, "wins": {"type": "boolean"}}
    moved = record(
        {
            "from": {"type": "string"},
            "to": {"type": "string"},
            "advised": {
                "type": ["boolean", "null"],
                "description": "the choice: false where A or B is too close to call",
            },
            "from_usd": NUMBER,
            "to_usd": NUMBER,
            "steps_usd": array(NUMBER),
            "steps_by_order_usd": array(array(NUMBER)),
        }
    )
    attribution = {
        "convention": {"type": "string"},
        "steps": array(record(step)),
        "choice": {**moved, "type": ["object", "null"], "description": "of the option ahead"},
        "options": mapping(moved),
        "null_reasons": mapping({"type": "string"}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result of llm-adoption compare A B --json",
        **record(
            {
                "schema": {"const": 1},
                "draws": {"type": "integer"},
                "a": side,
                "b": side,
                "differences": array(difference),
                "options": array(record(option)),
                "attribution": record(attribution),
            }
        ),
    }
