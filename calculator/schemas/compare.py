"""JSON Schema of what `compare --json` prints."""

from __future__ import annotations

from typing import Any

from calculator.schemas.break_even import break_even_pair_schema, flip_point_schema
from calculator.schemas.models import models_of_workload_schema
from calculator.schemas.option import option_schema
from calculator.schemas.parts import MONEY, NUMBER, TEXT, array, mapping, record

_SENSITIVITY = record(
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
_STUDY = record(
    {
        "id": {"type": "string"},
        "kind": {"enum": ["figures", "evidence"], "description": "settles figures, or whether an option is allowed"},
        "action": {"type": "string"},
        "inputs": array({"type": "string"}),
        "option": {**TEXT, "description": "the option that evidence would let in"},
        "rules": {**array({"type": "string"}), "description": "its open rules, all of which must turn out well"},
        "worth_usd": {
            **MONEY,
            "description": "the most it should cost: EVPPI of figures; of evidence the expected saving over the option "
            "ahead if it turns out well, whose chance is not known; null where nothing passes",
        },
        "worth_error_usd": MONEY,
        "evppi_usd": MONEY,
        "evppi_error_usd": MONEY,
        "least_chance": {**MONEY, "description": "of a good answer, from which evidence is worth its cost; may exceed 1"},
        "cost_usd": {"type": ["object", "null"]},
        "months": MONEY,
        "advice": {"enum": ["do it", "not worth it", "unclear", "depends on the chance"]},
        "null_reasons": mapping({"type": "string"}),
    }
)
_INFORMATION = record(
    {"evpi_usd": MONEY, "evpi_error_usd": MONEY, "studies": array(_STUDY)},
    description="What finding out is worth, most first; EVPI and EVPPI are among the options that pass",
)
_DECISION = record(
    {
        "leader": TEXT,
        "rival": TEXT,
        "gap_at_medians_usd": MONEY,
        "confidence_error": MONEY,
        "information": {"anyOf": [{"type": "null"}, _INFORMATION]},
        **{k: {"type": ["object", "null"]} for k in ("wrong_ways", "two_way", "timing", "priorities")},
        "reasons": mapping({"type": "string"}),
        "text": mapping(array({"type": "string"})),
    },
    description="How sure, what matters, what to find out, what is valued, when; errors are half widths of 95 % intervals",
)
_CONTROLS = record(
    {
        "routes": array({"type": "string"}),
        "responsibility": array({"type": "object"}),
        "checklist": array({"type": "object"}),
        "source": {"type": ["object", "null"]},
    },
    description="Who does what on each route, and controls keyed to OWASP, NIST AI 600-1 and MITRE ATLAS",
)
_FRONTIER = record(
    {
        "id": {"type": "string"},
        "benchmark": TEXT,
        "score": MONEY,
        "matches": {"type": ["boolean", "null"], "description": "scored at the option's effort and precision"},
        "npv_usd": NUMBER,
        "usd_per_million_tokens": NUMBER,
        "on_frontier": {"type": "boolean"},
        "dominated_by": TEXT,
        "reason": TEXT,
    },
    description="Score against levelised cost; an option that fails a gate, or has no score of its effort, has no place",
)


def compare_schema() -> dict[str, Any]:
    """The result that `compare --json` prints.

    Money is nominal USD, cost positive; `npv_usd` is the present value of cost; `monthly_cost_usd` is undiscounted
    with the up-front cost first; what is not known is null, with the reason in `null_reasons`.
    """
    verdict = record(
        {
            "winner": TEXT,
            "cheapest": TEXT,
            "conditional_winner": TEXT,
            "closest": TEXT,
            "text": {"type": "string"},
            "confidence": MONEY,
            "reasons": array({"type": "string"}),
            "not_judged": array({"type": "string"}),
            "counsel": {"type": "string"},
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result of llm-adoption compare --json",
        **record(
            {
                "schema": {"const": 1},
                "title": {"type": "string"},
                "as_of": {"type": "string"},
                "start": {"type": "string"},
                "horizon_months": {"type": "integer"},
                "months": array({"type": "string"}),
                "requests_by_month": array({"type": "number"}),
                "tokens_by_month": array({"type": "number"}),
                "verdict": verdict,
                "options": array(option_schema()),
                "quality_frontier": array(_FRONTIER),
                "open_models": {"anyOf": [{"type": "null"}, models_of_workload_schema()]},
                "rule_prices_usd": mapping({"type": "object"}),
                "probability_cheapest_by_route": mapping({"type": "number"}),
                "probability_cheapest_by_weights": mapping({"type": "number"}),
                "break_even": {"type": ["array", "null"], "items": break_even_pair_schema()},
                "flip_points": {"type": ["array", "null"], "items": flip_point_schema()},
                "sensitivity": {"type": ["array", "null"], "items": _SENSITIVITY},
                "decision": _DECISION,
                "survival_curves": mapping({"type": "object"}),
                "controls": _CONTROLS,
                "draws": {"type": "integer"},
                "pins": record({k: {"type": ["string", "integer"]} for k in ("assumptions", "prices", "seed", "version")}),
                "assumptions_used": array({"type": "object"}),
                "team": record(
                    {"country": TEXT, "wages_of": {"type": "string"}, "note": {"type": "string"}},
                    description="Where the engineers are, and whose wages they are costed at",
                ),
                "warnings": array({"type": "string"}),
            }
        ),
    }
