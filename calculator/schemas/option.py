"""JSON Schemas of what `compare --json` says of an option."""

from __future__ import annotations

from typing import Any

from calculator.costs.measures import VIEW_COLUMNS
from calculator.governance.rules import DIMENSIONS
from calculator.schemas.parts import MONEY, NUMBER, TEXT, array, mapping, record

RECURRING = (
    "bill at base values, undiscounted: usage with price steps, rent, lease, power, colocation, support, people, "
    "evaluation, audits; without set-up, moves, refresh, servers bought or sold, exit, tax relief"
)
_LOSS = dict.fromkeys(("expected", "p95", "p99", "probability_of_any", "mean_of_worst_5_percent"), NUMBER)
SECURITY = record(
    {
        "period": {"const": "year"},
        **_LOSS,
        "expected_p10": {"type": "number"},
        "expected_p90": {"type": "number"},
        "horizon": record({"months": {"type": "integer"}, **_LOSS}),
        "incidents_per_year": {"type": "number"},
        "loss_of_an_incident": record(dict.fromkeys(("median", "p95", "cap", "mean"), NUMBER)),
        "route_ratio": {"type": "number"},
        "difference_to_baseline_usd_per_year": MONEY,
        "organization_size": {"type": "string"},
        "workload_share_is_stated": {"type": "boolean"},
        "exceedance": array(record({"usd": {"type": "number"}, "probability": {"type": "number"}})),
    },
    description="Loss of one year at base values, undiscounted; P10 and P90 of its mean; `horizon` and `exceedance` span it",
)
CUSTOMIZATION = record(
    {
        "deepest": {"type": "string"},
        "levels": array(
            record(
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
    view = record({"fiscal_year": {"type": "string"}, **{name: {"type": "number"} for name in VIEW_COLUMNS}})
    return record(
        {
            "usd_per_request": {"type": "number"},
            "usd_per_successful_request": MONEY,
            "usd_per_million_input_tokens": MONEY,
            "usd_per_million_output_tokens": MONEY,
            "first_year_cash_usd": {"type": "number"},
            "peak_commitment_usd": {"type": "number"},
            "stranded_usd": array({"type": "number"}),
            "payback_month": {"type": ["integer", "null"]},
            "irr_per_year": MONEY,
            "views": array(view),
        }
    )


def option_schema() -> dict[str, Any]:
    """One option of the result that `compare --json` prints."""
    gate = record(
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
    part = record({k: {"type": "number"} for k in ("base", "p10", "p50", "p90")})
    lock_in = record(
        {
            "forced_migrations_usd": part,
            "price_exposure_usd": part,
            "exit_cost_today_usd": part,
            "exit_parts_usd": mapping({"type": "number"}),
            "operators": {"type": "object"},
            "survival_curve": TEXT,
            "age_days": MONEY,
            "extra_forced_migrations_per_year": MONEY,
            "notes": array({"type": "string"}),
        }
    )
    return record(
        {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "same_as": {"type": ["string", "null"], "description": "the part whose figures a mix has where it does not pay"},
            "route": {"enum": ["api", "hosted", "rented", "owned", "hybrid"]},
            "feasibility": feasibility,
            "feasibility_optimistic": feasibility,
            "failed_rules": array({"type": "string"}),
            "evidence_needed": array({"type": "string"}),
            "gates": array(gate),
            "governance": record(
                {
                    "dimensions": mapping({"type": "object"}),
                    "explanation": array({"type": "object"}),
                    "licences": array({"type": "object"}),
                }
            ),
            "quality": {"type": ["object", "null"]},
            "gpus": {"type": ["object", "null"]},
            "npv_usd": record({**{k: {"type": "number"} for k in ("base", "mean", "p10", "p50", "p90")}, "error_95": MONEY}),
            "monthly_cost_usd": array({"type": "number"}),
            "cost_lines_usd": mapping({"type": "number"}),
            "cost_lines_monthly_usd": mapping(array({"type": "number"})),
            "first_month_cost_usd": {"type": "number", "description": f"the first month's {RECURRING}"},
            "last_month_cost_usd": {"type": "number", "description": f"the last month's {RECURRING}"},
            "usd_per_million_tokens": MONEY,
            "probability_cheapest": MONEY,
            "lock_in_usd": record({k: {"type": "number"} for k in ("p10", "p50", "p90")}),
            "lock_in": lock_in,
            "security_loss_usd": SECURITY,
            "customization": CUSTOMIZATION,
            "co2e_kg": {"type": ["object", "null"]},
            "footprint": {"type": ["object", "null"]},
            "preference_usd": MONEY,
            "positions": mapping({"type": "number", "minimum": 0, "maximum": 1}),
            "rank_acceptability": {"type": ["array", "null"], "items": {"type": "number"}},
            "regret": {"type": ["object", "null"]},
            "rental_market": {
                "anyOf": [
                    record(
                        {
                            "gpu": {"type": "string"},
                            "region": TEXT,
                            "hosts": array({"type": "string"}),
                            "left_out": array(record({"host": {"type": "string"}, "why": {"type": "string"}})),
                        },
                        description="Hosts that the price is a range over where none is named, and who is left out",
                    ),
                    {"type": "null"},
                ]
            },
            "money": money_schema(),
            "fte": {"type": ["array", "null"], "items": {"type": "number"}},
            "null_reasons": mapping({"type": "string"}),
            "notes": array({"type": "string"}),
        }
    )
