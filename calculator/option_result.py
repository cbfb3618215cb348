"""One option of the answer: its cost, gates and quality with every intermediate, and its form as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.costs.hybrid import BASE_ALONE
from calculator.costs.measures import Measures
from calculator.costs.recurring import recurring_bill_usd
from calculator.costs.routes import Outcome
from calculator.decision.analysis import Analysis
from calculator.decision.convergence import mean_error_95
from calculator.footprint import Footprint
from calculator.governance.customization import Customization
from calculator.governance.gate import Gate, feasibility
from calculator.governance.lock_in import LockIn
from calculator.governance.rental_market import RentalMarket
from calculator.governance.security import SecurityLoss
from calculator.options import HybridOption, Option, OwnedOption, RentedOption
from calculator.quality.score import Quality
from calculator.serving import sizing_dict
from calculator.wording import same_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NO_FOOTPRINT = "nobody publishes or estimates the size of this model, or of one that the mix uses"
NOT_PASSING = "only options that pass every gate compete"


@dataclass(frozen=True)
class OptionResult:
    """One option: its cost over the horizon, its gates, its quality."""

    option: Option
    same_as: str | None
    """The part whose figures these are, where a mix does not pay."""
    model_identity: str
    base: Outcome
    gates: tuple[Gate, ...]
    governance: Mapping[str, Any]
    """Outcomes by dimension, the explanation, licences in plain words."""
    quality: Quality | None
    security: SecurityLoss
    """Beside the money; a cost line only where the scenario asks for it."""
    customization: Customization
    npv_base_usd: float
    npv_draws_usd: Array
    """Present value of cost in every draw, (draws,)."""
    cost_lines_usd: Mapping[str, float]
    tokens: float
    """The workloads' input and visible output tokens over the horizon."""
    pv_tokens: float
    """Present value of the workloads' input and visible output tokens, discounted like cost."""
    preference_usd: float
    """Present value that the scenario's priorities credit it with."""
    positions: Mapping[str, float]
    """On the fixed scales of the priorities, 0 … 1 by criterion; a criterion that is not measured is absent."""
    base_curve: Mapping[int, float]
    """For a hybrid: present value by number of base replicas."""
    measures: Measures
    lock_in: LockIn
    footprint: Footprint | None
    """Energy, emissions and water at base values; None where they cannot be told."""
    market_based_kg: float | None
    """Emissions with the electricity contracted for own servers; None where there is none."""
    rental_market: RentalMarket | None
    """The hosts that rented GPUs are priced over where none is named."""

    @property
    def id(self) -> str:
        return self.option.id

    @property
    def route(self) -> str:
        return self.option.route

    @property
    def npv_error_usd(self) -> float | None:
        """Half width of the 95 % interval of the expected cost: what the number of draws leaves open."""
        error = mean_error_95(self.npv_draws_usd)
        return None if error is None else float(error)

    def as_dict(self, probability: float | None, analysis: Analysis) -> dict[str, Any]:
        monthly, bill = self.base.flows.total[0], recurring_bill_usd(self.base.flows)
        p10, p50, p90 = np.quantile(self.npv_draws_usd, [0.1, 0.5, 0.9])
        option = self.option
        not_passing = [g for g in self.gates if g.outcome != "pass"]
        reasons: dict[str, str] = {}
        if probability is None:
            passing = feasibility(self.gates) == "pass"
            why = f"{same_words(self.same_as or '')}, which competes for both" if passing else NOT_PASSING
            reasons["probability_cheapest"] = why
        standing, ranks = analysis.standings.get(self.id), analysis.acceptability
        if standing is None:
            reasons["regret"] = "it does not compete, or nothing competes with it"
        if ranks is None or ranks.of(self.id) is None:
            reasons["rank_acceptability"] = "it does not compete"
        if self.base.gpus is None:
            reasons["gpus"] = reasons["sizing"] = "paid by the token; the provider sizes the fleet"
        elif self._gpus() is None:
            reasons["gpus"] = reasons["sizing"] = same_words(self.same_as or "")
        if self.rental_market is None:
            reasons["rental_market"] = self._why_no_market()
        if self.footprint is None:
            reasons["co2e_kg"] = reasons["footprint"] = NO_FOOTPRINT
        if self.quality is None:
            reasons["quality"] = "no score for this model at any effort: none is published, or it is not yet evaluated"
        reasons.update({f"money.{name}": why for name, why in self.measures.reasons.items()})
        return {
            "id": option.id,
            "name": option.name or option.id,
            "same_as": self.same_as,
            "route": option.route,
            "weights": None if option.route == "api" else self.model_identity,
            "model": getattr(option, "model", None),
            "provider": getattr(option, "provider", None),
            "region": option.region or (option.country if isinstance(option, OwnedOption) else None),
            "reasoning_effort": option.reasoning_effort,
            "feasibility": feasibility(self.gates),
            "feasibility_optimistic": feasibility(self.gates, strict=False),
            "failed_rules": [g.rule for g in self.gates if g.outcome == "fail"],
            "evidence_needed": [f"{g.rule}: {g.remedy}" for g in not_passing if g.outcome == "needs_evidence"],
            "gates": [g.as_dict() for g in self.gates],
            "governance": dict(self.governance),
            "quality": None if self.quality is None else self.quality.as_dict(),
            "gpus": self._gpus(),
            "npv_usd": {
                "base": self.npv_base_usd,
                "mean": float(self.npv_draws_usd.mean()),
                "p10": float(p10),
                "p50": float(p50),
                "p90": float(p90),
                "error_95": self.npv_error_usd,
            },
            "monthly_cost_usd": [float(x) for x in monthly],
            "cost_lines_usd": dict(self.cost_lines_usd),
            "cost_lines_monthly_usd": {k: [float(x) for x in v[0]] for k, v in self.base.flows.lines.items()},
            "first_month_cost_usd": float(bill[0]),
            "last_month_cost_usd": float(bill[-1]),
            "usd_per_million_tokens": self.npv_base_usd / self.pv_tokens * 1e6,
            "probability_cheapest": probability,
            "lock_in_usd": self.lock_in.spread(),
            "lock_in": self.lock_in.as_dict(),
            "co2e_kg": None if self.footprint is None else self.footprint.co2e_kg.as_dict(),
            "footprint": None if self.footprint is None else self.footprint.as_dict(self.tokens, self.market_based_kg),
            "security_loss_usd": self.security.as_dict(),
            "customization": self.customization.as_dict(),
            "preference_usd": self.preference_usd,
            "positions": dict(self.positions),
            "rank_acceptability": None if ranks is None else ranks.of(self.id),
            "regret": None if standing is None else standing.as_dict(),
            "null_reasons": reasons,
            "sizing": self._sizing(),
            "base_replicas_curve": [{"replicas": r, "npv_usd": usd} for r, usd in self.base_curve.items() if r < BASE_ALONE]
            or None,
            "base_alone_npv_usd": self.base_curve.get(BASE_ALONE),
            "notes": list(dict.fromkeys(self.base.notes)),
            "rental_market": None if self.rental_market is None else self.rental_market.as_dict(),
            "money": dict(self.measures.values),
            "fte": None if self.base.fte is None else [float(x) for x in self._months(self.base.fte)],
            "token_factors": {"input": float(self.base.factors.input[0]), "output": float(self.base.factors.output[0])},
        }

    def _why_no_market(self) -> str:
        if not isinstance(self.option, RentedOption):
            return "no rented GPUs of its own"
        if self.option.provider is not None:
            return "its host is named"
        agreed = self.option.contract.usd_per_gpu_hour is not None
        return "its price is that of a contract" if agreed else "no host lists this GPU on demand there"

    def _months(self, by_month: Array) -> Array:
        """The base draw of something by month, (months,)."""
        return np.asarray(np.broadcast_to(by_month, (by_month.shape[0], self.base.flows.months))[0])

    def _gpus(self) -> dict[str, int] | None:
        if self.base.gpus is None:
            return None
        by_month = self.base.gpus[0]
        if self.same_as is not None and not by_month.any():
            return None
        return {"first_month": round(float(by_month[0])), "peak": round(float(by_month.max()))}

    def _sizing(self) -> dict[str, Any] | None:
        if (
            self.base.load is None
            or self._gpus() is None
            or not isinstance(self.option, RentedOption | OwnedOption | HybridOption)
        ):
            return None
        replicas, used = self.base.replicas, self.base.utilization
        return {
            **sizing_dict(self.base.load.sizing, self.base.load.capacities),
            "ttft_peak_ms": self.base.load.ttft_peak_ms[0],
            "guards": [
                {"weights": g.sizing.weights, "gpus_per_replica": g.sizing.gpus_per_replica} for g in self.base.load.guards
            ],
            "replicas_first_month": None if replicas is None else float(replicas[0, 0]),
            "replicas_peak": None if replicas is None else float(replicas[0].max()),
            "utilization_first_month": None if used is None else float(used[0, 0]),
            "utilization_last_month": None if used is None else float(used[0, -1]),
        }
