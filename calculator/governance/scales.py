"""Where an option stands on the fixed scales of what is neither gated nor in the money.

A scale is a list of described statements (`assumptions/priorities.yaml`); those that hold add up, from 0 to 1. Whether
one holds follows from facts about this option alone, so that listing another option moves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calculator.assumptions import Assumptions
from calculator.governance.customization import customization, licence_of, weights_of
from calculator.options import ApiOption, HostedOption, HybridOption, Option, OwnedOption, SizedOption
from calculator.scenario import Scenario

CRITERIA = ("control_and_audit", "customization_depth", "strategic_flexibility", "footprint")
MANY_OPERATORS = 3


@dataclass(frozen=True)
class Step:
    """One statement of a scale and whether it holds for an option."""

    criterion: str
    statement: str
    worth: float
    holds: bool
    follows_from: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "statement": self.statement,
            "worth": self.worth,
            "holds": self.holds,
            "follows_from": self.follows_from,
        }


def positions(
    scenario: Scenario, option: Option, known: Assumptions, kg_co2e_per_million_tokens: float | None = None
) -> dict[str, float]:
    """Position by criterion, 0 (worst) to 1 (best); footprint only where its emissions are known."""
    found = {criterion: 0.0 for criterion in CRITERIA if criterion != "footprint"}
    for step in steps(scenario, option, known):
        found[step.criterion] += step.worth if step.holds else 0.0
    if kg_co2e_per_million_tokens is not None:
        found["footprint"] = footprint_position(known, kg_co2e_per_million_tokens)
    return {criterion: min(1.0, found[criterion]) for criterion in CRITERIA if criterion in found}


def steps(scenario: Scenario, option: Option, known: Assumptions) -> tuple[Step, ...]:
    """Every statement of every scale; for a hybrid one holds where it holds for both legs."""
    legs = [scenario.option(leg) for leg in option.legs] if isinstance(option, HybridOption) else [option]
    held = [_held(scenario, leg, known) for leg in legs]
    return tuple(
        Step(
            row.text("criterion"),
            row.text("statement"),
            row.number("worth"),
            all(facts[name] for facts in held),
            row.text("follows_from"),
        )
        for name, row in known.rows("priorities").items()
    )


def footprint_position(known: Assumptions, kg_co2e_per_million_tokens: float) -> float:
    """Logarithmic between the two ends of the footprint scale; 0 at or beyond the worst, 1 at or beyond the best."""
    worst = known.number("priorities.footprint_worst_kg_per_million_tokens")
    best = known.number("priorities.footprint_best_kg_per_million_tokens")
    if kg_co2e_per_million_tokens <= best:
        return 1.0
    share = math.log(worst / kg_co2e_per_million_tokens) / math.log(worst / best)
    return min(1.0, max(0.0, share))


def _held(scenario: Scenario, option: Option, known: Assumptions) -> Mapping[str, bool]:
    own_gpus = isinstance(option, SizedOption)
    open_weights = not isinstance(option, ApiOption)
    allowed = customization(scenario, option, known)
    return {
        "weights_can_be_inspected": open_weights,
        "version_is_frozen": own_gpus or (isinstance(option, HostedOption) and option.tier == "dedicated"),
        "engine_and_logs_are_own": own_gpus,
        "machines_are_own": isinstance(option, OwnedOption),
        "adapter_training": allowed.answer("adapter") == "yes",
        "full_fine_tuning": allowed.answer("full_fine_tune") == "yes",
        "continued_pretraining": allowed.answer("continued_pretraining") == "yes",
        "own_quantization": allowed.answer("own_quantization") == "yes",
        "many_operators": _operators(option, known) >= MANY_OPERATORS,
        "weights_can_be_held": open_weights and _licence_says(option, known, "internal_use"),
        "rights_outlast_growth": open_weights and _rights_outlast_growth(option, known),
        "any_open_model_fits": own_gpus,
    }


def _operators(option: Option, known: Assumptions) -> int:
    """Independent operators on record that serve the same model."""
    model = weights_of(option, known) or str(getattr(option, "model", ""))
    row = known.rows("operators").get(model)
    return len(row.list("operators")) if row is not None else 0


def _licence_says(option: Option, known: Assumptions, column: str) -> bool:
    licence = licence_of(weights_of(option, known), known)
    return licence is not None and licence.text(column, "unknown") == "yes"


def _rights_outlast_growth(option: Option, known: Assumptions) -> bool:
    licence = licence_of(weights_of(option, known), known)
    caps: tuple[str, ...] = ("revenue_cap_usd", "monthly_active_user_cap", "territory_exclusion")
    if licence is None or any(column in licence for column in caps):
        return False
    return all(licence.text(c, "unknown") == "yes" for c in ("commercial_use", "offer_as_service", "redistribute"))
