"""What the governance view shows of an option: the outcome by dimension, the explanation, the licence in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calculator.assumptions import Assumptions, Row
from calculator.governance.bridging import bridge_of
from calculator.governance.gate import Gate, feasibility
from calculator.governance.judging import explanation
from calculator.governance.rules import DIMENSIONS
from calculator.governance.subject import Subject
from calculator.options import HybridOption, Option
from calculator.scenario import Scenario
from calculator.wording import dollars, whole

ASKED = {
    "internal_use": "run it inside a business",
    "commercial_use": "use it in a business through a host",
    "offer_as_service": "offer the model itself to others",
    "fine_tune": "train on top of it",
    "redistribute": "pass the weights on",
}
ANSWERS = {"conditional": "on conditions", "unknown": "not known", "conflict": "sources conflict"}


def governance_summary(scenario: Scenario, option: Option, known: Assumptions, gates: Sequence[Gate]) -> dict[str, Any]:
    """Plain data: `dimensions`, `explanation` and `licences` (one for each leg and bridge with open weights)."""
    legs = [scenario.option(i) for i in option.legs] if isinstance(option, HybridOption) else [option]
    bridges = [b for leg in legs if (b := bridge_of(scenario, leg, known)) is not None]
    subjects = [Subject(scenario, leg, known) for leg in (*legs, *bridges) if not isinstance(leg, HybridOption)]
    licences = {s.licence.key: licence_words(s) for s in subjects if s.licence is not None}
    return {
        "dimensions": {d: _dimension([g for g in gates if g.dimension == d]) for d in DIMENSIONS},
        "explanation": [
            {"rule": g.rule, "title": g.title, "statement": g.statement, "remedy": g.remedy} for g in explanation(gates)
        ],
        "licences": list(licences.values()),
    }


def _dimension(gates: Sequence[Gate]) -> dict[str, Any]:
    return {
        "feasibility": feasibility(gates) if gates else None,
        "feasibility_optimistic": feasibility(gates, strict=False) if gates else None,
        "rules": [g.rule for g in gates],
        "open_rules": [g.rule for g in gates if g.outcome != "pass"],
    }


def licence_words(subject: Subject) -> dict[str, Any]:
    """A licence as clauses in plain words, with a link to read it."""
    row = subject.licence
    assert row is not None
    name = row.parameter("name")
    clauses = [f"May a business {asked}? {_answer(row, column)}." for column, asked in ASKED.items() if column in row]
    if "revenue_cap_usd" in row:
        clauses.append(_revenue_words(row))
    if "monthly_active_user_cap" in row:
        when = "when the model came out" if row.text("user_cap_measured", "") == "release" else "at any time"
        clauses.append(f"Above {whole(row.number('monthly_active_user_cap'))} users a month ({when}): a separate licence.")
    if "territory_exclusion" in row:
        who = "licensees seated in" if row.text("territory_basis", "") == "headquarters" else "use in"
        clauses.append(f"No rights for {who} {', '.join(row.list('territory_exclusion'))}.")
    clauses += [f"{label}: {row.text(column)}." for column, label in (("duty", "Duty"),) if column in row]
    clauses += [row.text("conditions")] if "conditions" in row else []
    source = name.source.as_dict() if name.source else None
    return {
        "model": subject.weights,
        "licence": str(name.value),
        "url": name.source.url if name.source else None,
        "clauses": clauses,
        "source": source,
        "as_of": name.as_of,
        "grade": name.kind,
    }


def _answer(row: Row, column: str) -> str:
    held = row.text(column)
    return ANSWERS.get(held, held)


def _revenue_words(row: Row) -> str:
    basis = {
        "group": "consolidated revenue of the group",
        "product": "revenue of the products that use the model",
        "service": "revenue of a business that offers models as a service",
    }[row.text("revenue_cap_basis")]
    return (
        f"Above {dollars(row.number('revenue_cap_usd'))} a {row.text('revenue_cap_period')} ({basis}): a separate agreement."
    )
