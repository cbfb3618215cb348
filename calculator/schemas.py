"""JSON Schemas of what the product reads and prints."""

from __future__ import annotations

from typing import Any

from calculator.costs.measures import VIEW_COLUMNS
from calculator.governance.rules import DIMENSIONS
from calculator.governance.schema import gate_schema
from calculator.scenario import Scenario

MONEY = {"type": ["number", "null"]}
TEXT = {"type": ["string", "null"]}


def scenario_schema() -> dict[str, Any]:
    """The scenario file; descriptions come from the fields' docstrings."""
    schema = Scenario.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def _map(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": of}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def break_even_pair_schema() -> dict[str, Any]:
    """One self-hosted option against one that is paid by the token; volumes are of the horizon's first month."""
    number = {"type": "number"}
    side = _object(dict.fromkeys(("requests_per_month", "self_hosted_npv_usd", "alternative_npv_usd"), number))
    crossing = _object(
        {
            "requests_per_month": number,
            "tokens_per_month": number,
            "self_hosted_becomes": {"enum": ["cheaper", "dearer"]},
            "at": {"enum": ["step", "slope"], "description": "step: one more replica, server or rental unit"},
            "below": side,
            "above": side,
        }
    )
    month = {"number": {"type": "integer"}, "label": {"type": "string"}}
    month |= dict.fromkeys(("self_hosted_usd", "alternative_usd"), number)
    used = _object(dict.fromkeys(("planned", "reachable", "needed"), number))
    return _object(
        {
            "self_hosted": {"type": "string"},
            "alternative": {"type": "string"},
            "allowed": {"type": "boolean", "description": "both pass every gate"},
            "outcome": {"enum": ["crosses", "always", "never", "beyond"]},
            "requests_per_month": MONEY,
            "stays_cheaper_from_requests_per_month": MONEY,
            "crossings": _list(crossing),
            "ratio_at_scenario_volume": number,
            "ratio_tends_to": {**number, "description": "self-hosted over alternative cost at a volume without limit"},
            "binds": {"type": "string"},
            "month": {**_object(month), "type": ["object", "null"]},
            "month_crossings": _list({"type": "integer"}),
            "utilization": {**used, "type": ["object", "null"]},
            "null_reasons": _map({"type": "string"}),
        }
    )


def flip_point_schema() -> dict[str, Any]:
    """One number and where moving it, alone, changes the winner; `flips` is empty where it never does."""
    number = {"type": "number"}
    flip = {"at": number, "becomes": {"type": "string"}, "within_range": {"type": "boolean"}, "ranges_away": number}
    return _object(
        {
            "id": {"type": "string"},
            "description": {"type": "string"},
            "unit": {"type": "string"},
            **dict.fromkeys(("base", "low", "high"), number),
            "tried": _list(number),
            "winner": TEXT,
            "flips": _list(_object(flip)),
        }
    )


def break_even_schema() -> dict[str, Any]:
    """What `break-even --json` prints."""
    budget = _object(
        {
            "id": {"type": "string"},
            "requests_per_month": MONEY,
            "tokens_per_month": MONEY,
            "up_front_usd": MONEY,
            "dearest_month_usd": MONEY,
            "null_reasons": _map({"type": "string"}),
        }
    )
    rows = _list(_list({"type": "string"}))
    mapped = {"id": {"type": "string"}, "base": {"type": "number"}, "options": _list({"type": "string"}), "cheapest": rows}
    mapped |= dict.fromkeys(("requests_per_month", "values"), _list({"type": "number"}))
    spent = {"usd_per_month": {"type": "number"}, "options": _list(budget)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result of llm-adoption break-even --json",
        **_object(
            {
                "schema": {"const": 1},
                "title": {"type": "string"},
                "currency": {"type": "string"},
                "usd_exchange_rate": {"type": "number"},
                "horizon_months": {"type": "integer"},
                "requests_per_month": {"type": "number"},
                "tokens_per_month": {"type": "number"},
                "searched_requests_per_month": _list({"type": "number"}),
                "break_even": _list(break_even_pair_schema()),
                "flip_points": _list(flip_point_schema()),
                "budget": {**_object(spent), "type": ["object", "null"]},
                "map": {**_object(mapped), "type": ["object", "null"]},
            }
        ),
    }


_SENSITIVITY = _object(
    {
        "input": {"type": "string"},
        "label": {"type": "string"},
        "unit": TEXT,
        **{k: {"type": "number"} for k in ("low", "median", "high", "gap_at_low_usd", "gap_at_high_usd", "swing_usd")},
        "flips": {"type": "boolean"},
        "variance_share": {"type": "number", "minimum": 0, "maximum": 1},
        "evppi_usd": MONEY,
        "evppi_error_usd": MONEY,
    },
    description="One input from its P10 to its P90, all others at their medians; the gap is rival less leader",
)
_DECISION = _object(
    {
        "leader": TEXT,
        "rival": TEXT,
        "gap_at_medians_usd": MONEY,
        "confidence_error": MONEY,
        **{k: {"type": ["object", "null"]} for k in ("wrong_ways", "two_way", "information", "timing", "priorities")},
        "reasons": _map({"type": "string"}),
        "text": _map(_list({"type": "string"})),
    },
    description="How sure, what matters, what to find out, what is valued, when; errors are half widths of 95 % intervals",
)


_NUMBER = {"type": "number"}
_LOSS = dict.fromkeys(("expected", "p95", "p99", "probability_of_any", "mean_of_worst_5_percent"), _NUMBER)
_SECURITY = _object(
    {
        "period": {"const": "year"},
        **_LOSS,
        "expected_p10": {"type": "number"},
        "expected_p90": {"type": "number"},
        "horizon": _object({"months": {"type": "integer"}, **_LOSS}),
        "incidents_per_year": {"type": "number"},
        "loss_of_an_incident": _object(dict.fromkeys(("median", "p95", "cap", "mean"), _NUMBER)),
        "route_ratio": {"type": "number"},
        "difference_to_baseline_usd_per_year": MONEY,
        "organization_size": {"type": "string"},
        "workload_share_is_stated": {"type": "boolean"},
        "exceedance": _list(_object({"usd": {"type": "number"}, "probability": {"type": "number"}})),
    },
    description="Loss of one year at base values, undiscounted; P10 and P90 of its mean; `horizon` and `exceedance` span it",
)
_CONTROLS = _object(
    {
        "routes": _list({"type": "string"}),
        "responsibility": _list({"type": "object"}),
        "checklist": _list({"type": "object"}),
        "source": {"type": ["object", "null"]},
    },
    description="Who does what on each route, and controls keyed to OWASP, NIST AI 600-1 and MITRE ATLAS",
)
_FRONTIER = _object(
    {
        "id": {"type": "string"},
        "benchmark": TEXT,
        "score": MONEY,
        "matches": {"type": ["boolean", "null"], "description": "scored at the option's effort and precision"},
        "npv_usd": _NUMBER,
        "usd_per_million_tokens": _NUMBER,
        "on_frontier": {"type": "boolean"},
        "dominated_by": TEXT,
        "reason": TEXT,
    },
    description="Score against levelised cost; an option that fails a gate, or has no score of its effort, has no place",
)
_CUSTOMIZATION = _object(
    {
        "deepest": {"type": "string"},
        "levels": _list(
            _object(
                {
                    "level": {"type": "string"},
                    "title": {"type": "string"},
                    "answer": {"enum": ["yes", "no", "unknown"]},
                    "statement": {"type": "string"},
                    "source": {"type": ["object", "null"]},
                    "as_of": TEXT,
                }
            )
        ),
    }
)


def money_schema() -> dict[str, Any]:
    """What finance asks of an option, at base values.

    `payback_month` is the first month-end from which it has cost no more than the baseline so far, and stays so;
    `irr_per_year` the rate that its extra outlay earns; `stranded_usd` what cancelling at each month-end would lose,
    the start first; `views` cash, profit and loss, CapEx and OpEx by fiscal year.
    """
    view = _object({"fiscal_year": {"type": "string"}, **{name: {"type": "number"} for name in VIEW_COLUMNS}})
    return _object(
        {
            "usd_per_request": {"type": "number"},
            "usd_per_successful_request": MONEY,
            "usd_per_million_input_tokens": MONEY,
            "usd_per_million_output_tokens": MONEY,
            "first_year_cash_usd": {"type": "number"},
            "peak_commitment_usd": {"type": "number"},
            "stranded_usd": _list({"type": "number"}),
            "payback_month": {"type": ["integer", "null"]},
            "irr_per_year": MONEY,
            "views": _list(view),
        }
    )


def compare_schema() -> dict[str, Any]:
    """The result that `compare --json` prints.

    Money is nominal USD, cost positive; `npv_usd` is the present value of cost; `monthly_cost_usd` is undiscounted
    with the up-front cost first; what is not known is null, with the reason in `null_reasons`.
    """
    gate = _object(
        {
            "rule": {"type": "string"},
            "title": {"type": "string"},
            "dimension": {"enum": list(DIMENSIONS)},
            "outcome": {"enum": ["pass", "fail", "needs_evidence"]},
            "statement": {"type": "string"},
            "fact": {"type": "string"},
            "source": {"type": ["object", "null"]},
            "as_of": TEXT,
            "grade": TEXT,
            "remedy": {"type": "string"},
            "own_evidence": {"type": "boolean"},
            "overrides": TEXT,
        }
    )
    feasibility = {"enum": ["pass", "fail", "needs_evidence"]}
    part = _object({k: {"type": "number"} for k in ("base", "p10", "p50", "p90")})
    lock_in = _object(
        {
            "forced_migrations_usd": part,
            "price_exposure_usd": part,
            "exit_cost_today_usd": part,
            "exit_parts_usd": _map({"type": "number"}),
            "operators": {"type": "object"},
            "survival_curve": TEXT,
            "age_days": MONEY,
            "extra_forced_migrations_per_year": MONEY,
            "notes": _list({"type": "string"}),
        }
    )
    option = _object(
        {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "route": {"enum": ["api", "hosted", "rented", "owned", "hybrid"]},
            "feasibility": feasibility,
            "feasibility_optimistic": feasibility,
            "failed_rules": _list({"type": "string"}),
            "evidence_needed": _list({"type": "string"}),
            "gates": _list(gate),
            "governance": _object(
                {
                    "dimensions": _map({"type": "object"}),
                    "explanation": _list({"type": "object"}),
                    "licences": _list({"type": "object"}),
                }
            ),
            "quality": {"type": ["object", "null"]},
            "gpus": {"type": ["object", "null"]},
            "npv_usd": _object(
                {**{k: {"type": "number"} for k in ("base", "mean", "p10", "p50", "p90")}, "error_95": MONEY}
            ),
            "monthly_cost_usd": _list({"type": "number"}),
            "cost_lines_usd": _map({"type": "number"}),
            "cost_lines_monthly_usd": _map(_list({"type": "number"})),
            "first_month_cost_usd": {"type": "number"},
            "last_month_cost_usd": {"type": "number"},
            "usd_per_million_tokens": MONEY,
            "probability_cheapest": MONEY,
            "lock_in_usd": _object({k: {"type": "number"} for k in ("p10", "p50", "p90")}),
            "lock_in": lock_in,
            "security_loss_usd": _SECURITY,
            "customization": _CUSTOMIZATION,
            "co2e_kg": {"type": ["object", "null"]},
            "footprint": {"type": ["object", "null"]},
            "preference_usd": MONEY,
            "positions": _map({"type": "number", "minimum": 0, "maximum": 1}),
            "rank_acceptability": {"type": ["array", "null"], "items": {"type": "number"}},
            "regret": {"type": ["object", "null"]},
            "money": money_schema(),
            "fte": {"type": ["array", "null"], "items": {"type": "number"}},
            "null_reasons": _map({"type": "string"}),
            "notes": _list({"type": "string"}),
        }
    )
    verdict = _object(
        {
            "winner": TEXT,
            "cheapest": TEXT,
            "conditional_winner": TEXT,
            "text": {"type": "string"},
            "confidence": MONEY,
            "reasons": _list({"type": "string"}),
            "not_judged": _list({"type": "string"}),
            "counsel": {"type": "string"},
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result of llm-adoption compare --json",
        **_object(
            {
                "schema": {"const": 1},
                "title": {"type": "string"},
                "as_of": {"type": "string"},
                "start": {"type": "string"},
                "horizon_months": {"type": "integer"},
                "months": _list({"type": "string"}),
                "requests_by_month": _list({"type": "number"}),
                "tokens_by_month": _list({"type": "number"}),
                "verdict": verdict,
                "options": _list(option),
                "quality_frontier": _list(_FRONTIER),
                "rule_prices_usd": _map({"type": "object"}),
                "probability_cheapest_by_route": _map({"type": "number"}),
                "probability_cheapest_by_weights": _map({"type": "number"}),
                "break_even": {"type": ["array", "null"], "items": break_even_pair_schema()},
                "flip_points": {"type": ["array", "null"], "items": flip_point_schema()},
                "sensitivity": {"type": ["array", "null"], "items": _SENSITIVITY},
                "decision": _DECISION,
                "survival_curves": _map({"type": "object"}),
                "controls": _CONTROLS,
                "draws": {"type": "integer"},
                "pins": _object({k: {"type": ["string", "integer"]} for k in ("assumptions", "prices", "seed", "version")}),
                "assumptions_used": _list({"type": "object"}),
                "warnings": _list({"type": "string"}),
            }
        ),
    }


def size_schema() -> dict[str, Any]:
    """The result that `size --json` prints; memory in GiB over a replica, figures of `layouts` at base values."""
    text, number, whole = {"type": "string"}, {"type": "number"}, {"type": "integer"}
    each = ("tokens_per_second_per_replica", "requests_per_second_per_replica", "batch", "tpot_ms", "ttft_ms")
    layout: dict[str, Any] = {
        **dict.fromkeys(("gpu", "precision", "price_source"), text),
        **dict.fromkeys(
            ("tp", "nodes_per_replica", "gpus_per_replica", "replicas", "spare_replicas", "gpus", "nodes"), whole
        ),
        **dict.fromkeys((*each, "utilization_limit", "utilization"), number),
        **dict.fromkeys(("usd_per_gpu_hour", "usd_per_month"), MONEY),
        "released": {"type": "boolean"},
        "experts_spread": {"type": "boolean"},
    }
    span = _object(dict.fromkeys(("low", "base", "high"), number))
    best = {
        **layout,
        "precision_formats": _object({k: {"type": "string"} for k in ("weights", "compute", "kv")}),
        "memory_gib": _object(dict.fromkeys(("total", "usable", "weights", "kv", "reserve", "free"), number)),
        "fits_because": {"type": "string"},
        "tokens_per_second_range": span,
        "ttft_range_ms": span,
        "binds": {"enum": ["memory", "tpot", "ttft", "compute", "bandwidth"]},
        "curve": _list(_object(dict.fromkeys(("batch", "tokens_per_second", "tpot_ms"), number))),
        "usd_per_million_tokens": MONEY,
        "notes": _list({"type": "string"}),
    }
    rejected = {
        "gpu": {"type": "string"},
        "tp": {"type": "integer"},
        "nodes_per_replica": {"type": "integer"},
        "experts_spread": {"type": "boolean"},
        "precision": {"type": "string"},
        "fits": {"type": "boolean"},
        "reason": {"type": "string"},
    }
    model = {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "total_parameters_billion": number,
        "active_parameters_billion": number,
        "checkpoint_precision": {"type": "string"},
        "context_tokens": {"type": ["integer", "null"]},
        "kv_cache_bytes_per_token": number,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result of llm-adoption size --json",
        **_object(
            {
                "schema": {"const": 1},
                "question": {"type": "object"},
                "model": _object(model),
                "best": _object(best),
                "layouts": _list(_object(layout)),
                "layouts_that_serve": {"type": "integer"},
                "rejected": _list(_object(rejected)),
                "calibration": {"type": ["object", "null"]},
                "second_opinion": {"type": ["object", "null"]},
                "notes": _list({"type": "string"}),
            }
        ),
    }


SCHEMAS = {
    "scenario": scenario_schema,
    "compare": compare_schema,
    "size": size_schema,
    "break-even": break_even_schema,
    "gate": gate_schema,
}
