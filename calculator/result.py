"""The answer, with every intermediate, and its form as plain data (`compare --json`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Parameter
from calculator.decision.analysis import Analysis
from calculator.decision.verdict import RulePrice, Verdict
from calculator.decision.words import labelled, sentences
from calculator.demand import month_labels
from calculator.governance.judging import COUNSEL, not_judged
from calculator.option_result import OptionResult
from calculator.quality.frontier import frontier_rows
from calculator.scenario import Pins, Scenario
from calculator.wages import Team
from calculator.wording import shown_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NOT_ASKED = "not asked for here; `llm-adoption break-even` computes it"
NOT_ASKED_MODELS = "not asked for here; `llm-adoption models` computes it"


@dataclass(frozen=True)
class Result:
    """The answer to a scenario."""

    scenario: Scenario
    options: tuple[OptionResult, ...]
    verdict: Verdict
    probability_cheapest: Mapping[str, float]
    probability_by_route: Mapping[str, float]
    probability_by_weights: Mapping[str, float]
    rule_prices: Mapping[str, RulePrice]
    analysis: Analysis
    requests_by_month: Array
    """All workloads together at base values, (months,)."""
    tokens_by_month: Array
    """Input and visible output, (months,)."""
    controls: Mapping[str, Any]
    """Responsibility matrix and checklist for the routes weighed."""
    draws: int
    pins: Pins
    used: tuple[Parameter, ...]
    usd_exchange_rate: float
    team: Team
    warnings: tuple[str, ...]
    text: str = ""
    reasons: tuple[str, ...] = ()

    def option(self, name: str) -> OptionResult:
        """The result of one option."""
        return next(o for o in self.options if o.id == name)

    def _chance(self, option: OptionResult) -> float | None:
        """Probability of being cheapest; None where it does not compete, or its own part competes for both."""
        return None if option.same_as in self.probability_cheapest else self.probability_cheapest.get(option.id)

    def worded(self, text: str, reasons: tuple[str, ...]) -> Result:
        """The same result with its verdict in words."""
        return replace(self, text=text, reasons=reasons)

    def _sentences(self, used: Mapping[str, Parameter]) -> dict[str, list[str]]:
        """What the analysis says, in the scenario's currency."""
        with shown_in(self.scenario.currency, self.usd_exchange_rate):
            return sentences(self.analysis, used)

    def pinned(self, scenario: Scenario) -> Scenario:
        """The scenario with the pins of this result."""
        return scenario.model_copy(update={"pins": self.pins})

    def as_dict(
        self,
        break_even: list[dict[str, Any]] | None = None,
        flip_points: list[dict[str, Any]] | None = None,
        open_models: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Plain data, JSON types only; the schema is `llm-adoption schema compare`.

        `break_even` and `flip_points` come from `volumes`, `open_models` from `size`; they take longer than all the rest.
        """
        s, v = self.scenario, self.verdict
        used = {p.id: p for p in self.used}
        options = [o.as_dict(self._chance(o), self.analysis) for o in self.options]
        return {
            "schema": 1,
            "title": s.title,
            "as_of": s.as_of,
            "start": s.start,
            "horizon_months": s.horizon_months,
            "discount_rate": s.discount_rate,
            "currency": s.currency,
            "usd_exchange_rate": self.usd_exchange_rate,
            "baseline": s.baseline,
            "months": month_labels(s.start, s.horizon_months),
            "requests_by_month": [float(x) for x in self.requests_by_month],
            "tokens_by_month": [float(x) for x in self.tokens_by_month],
            "verdict": {
                "winner": v.winner,
                "cheapest": v.cheapest,
                "conditional_winner": v.conditional_winner,
                "leader": v.leader,
                "rival": v.rival,
                "closest": v.closest,
                "text": self.text,
                "confidence": v.confidence,
                "too_close": v.too_close,
                "reasons": list(self.reasons),
                "not_judged": list(not_judged(s)),
                "counsel": COUNSEL,
            },
            "options": options,
            "quality_frontier": frontier_rows(options),
            "open_models": open_models,
            "rule_prices_usd": {rule: {"best": p.best, "saving_usd": p.saving_usd} for rule, p in self.rule_prices.items()},
            "probability_cheapest_by_route": dict(self.probability_by_route),
            "probability_cheapest_by_weights": dict(self.probability_by_weights),
            "break_even": break_even,
            "flip_points": flip_points,
            "sensitivity": labelled(self.analysis.sensitivity(), used),
            "decision": {**self.analysis.as_dict(), "text": self._sentences(used)},
            "null_reasons": {
                **({} if break_even is not None else {"break_even": NOT_ASKED}),
                **({} if flip_points is not None else {"flip_points": NOT_ASKED}),
                **({} if open_models is not None else {"open_models": NOT_ASKED_MODELS}),
                **({} if v.why_no_confidence is None else {"confidence": v.why_no_confidence}),
                **self.analysis.reasons,
            },
            "controls": dict(self.controls),
            "survival_curves": {g.id: g.as_dict() for o in self.options if (g := o.lock_in.group) is not None},
            "draws": self.draws,
            "pins": self.pins.model_dump(),
            "assumptions_used": [p.as_dict() for p in self.used],
            "team": self.team.as_dict(),
            "warnings": list(self.warnings),
        }
