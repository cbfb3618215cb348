"""JSON Schema of what `break-even --json` prints."""

from __future__ import annotations

from typing import Any

from calculator.schemas.parts import MONEY, TEXT, array, mapping, record


def break_even_pair_schema() -> dict[str, Any]:
    """One self-hosted option against one that is paid by the token; volumes are a month at the start, seasons aside."""
    number = {"type": "number"}
    side = record(dict.fromkeys(("requests_per_month", "self_hosted_npv_usd", "alternative_npv_usd"), number))
    crossing = record(
        {
            "requests_per_month": number,
            "tokens_per_month": number,
            "self_hosted_becomes": {"enum": ["cheaper", "dearer"]},
            "at": {"enum": ["step", "slope"], "description": "step: one more replica, server or rental unit"},
            "below": side,
            "above": side,
            "merged": {"type": "integer", "description": "changes of order here that the figures do not tell apart"},
        }
    )
    month = {"number": {"type": "integer"}, "label": {"type": "string"}}
    month |= dict.fromkeys(("self_hosted_usd", "alternative_usd"), number)
    used = record(dict.fromkeys(("planned", "reachable", "needed"), number))
    return record(
        {
            "self_hosted": {"type": "string"},
            "alternative": {"type": "string"},
            "allowed": {"type": "boolean", "description": "both pass every gate"},
            "alternative_is_its_leg": {"type": "boolean", "description": "a mix against its own leg: no choice between two"},
            "outcome": {"enum": ["crosses", "always", "never", "beyond"]},
            "requests_per_month": MONEY,
            "stays_cheaper_from_requests_per_month": MONEY,
            "crossings": array(crossing),
            "ratio_at_scenario_volume": number,
            "ratio_tends_to": {**number, "description": "self-hosted over alternative cost at a volume without limit"},
            "binds": {"type": "string"},
            "month": {**record(month), "type": ["object", "null"]},
            "month_crossings": array({"type": "integer"}),
            "utilization": {**used, "type": ["object", "null"]},
            "null_reasons": mapping({"type": "string"}),
        }
    )


def flip_point_schema() -> dict[str, Any]:
    """One number and where moving it, alone, changes the winner; `flips` is empty where it never does."""
    number = {"type": "number"}
    flip = {"at": number, "becomes": {"type": "string"}, "within_range": {"type": "boolean"}, "ranges_away": number}
    return record(
        {
            "id": {"type": "string"},
            "label": {"type": "string", "description": "what it is called for readers"},
            "price_level": {"type": "boolean", "description": "a factor on all prices of one option"},
            "description": {"type": "string"},
            "unit": {"type": "string"},
            **dict.fromkeys(("base", "low", "high"), number),
            "tried": array(number),
            "winner": TEXT,
            "flips": array(record(flip)),
        }
    )


def break_even_schema() -> dict[str, Any]:
    """What `break-even --json` prints."""
    budget = record(
        {
            "id": {"type": "string"},
            "requests_per_month": MONEY,
            "tokens_per_month": MONEY,
            "up_front_usd": MONEY,
            "dearest_month_usd": MONEY,
            "null_reasons": mapping({"type": "string"}),
        }
    )
    rows = array(array({"type": "string"}))
    mapped = {"id": {"type": "string"}, "base": {"type": "number"}, "options": array({"type": "string"}), "cheapest": rows}
    mapped |= dict.fromkeys(("requests_per_month", "values"), array({"type": "number"}))
    spent = {"usd_per_month": {"type": "number"}, "options": array(budget)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result of llm-adoption break-even --json",
        **record(
            {
                "schema": {"const": 1},
                "title": {"type": "string"},
                "currency": {"type": "string"},
                "usd_exchange_rate": {"type": "number"},
                "horizon_months": {"type": "integer"},
                "requests_per_month": {"type": "number"},
                "tokens_per_month": {"type": "number"},
                "searched_requests_per_month": array({"type": "number"}),
                "break_even": array(break_even_pair_schema()),
                "flip_points": array(flip_point_schema()),
                "budget": {**record(spent), "type": ["object", "null"]},
                "map": {**record(mapped), "type": ["object", "null"]},
            }
        ),
    }
