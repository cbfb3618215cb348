"""When: decide now, pilot first, or wait some months.

Until another option carries the load, the incumbent does: what runs today, or the cheapest option paid by the
token. A plan that moves at month m pays the incumbent's monthly flows before m and the target's from m on; what the
target spends up front, and what it would have bought before m, is paid at m at the prices of then. The service may be
given up at any time (a constant hazard): monthly flows end with it, money spent up front does not come back, and a
reservation runs on for half its term on average. Waiting and pilots reveal some inputs; the plan then goes on only
where the target is the cheaper one given what was revealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.costs.flows import month_end_discount_factors
from calculator.decision.convergence import mean_error_95
from calculator.decision.information import expected_given
from calculator.decision.simulation import Costing
from calculator.inputs import Inputs
from calculator.options import HybridOption, OwnedOption, RentedOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WAITS = (3, 6, 12)
"""Months of waiting that are tried."""
DRAWS = 2048
UP_FRONT = frozenset({"set_up", "migration", "hardware"})
"""Lines that come with the move rather than with the month."""
RESERVED_MONTHS = {"reserved_1y": 12, "reserved_3y": 36}


@dataclass(frozen=True)
class Plan:
    """One way to go about it; USD of present value, expected over draws and over being given up."""

    name: str
    months: float
    """Until the decision is made."""
    cost_usd: float
    saves_usd: float
    """Against deciding now; negative where it costs more."""
    error_usd: float | None
    moves: float
    """Chance that the plan ends with moving to the target."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "plan": self.name,
            "months": self.months,
            "cost_usd": self.cost_usd,
            "saves_usd": self.saves_usd,
            "error_usd": self.error_usd,
            "probability_moves": self.moves,
        }


@dataclass(frozen=True)
class Timing:
    """Plans for moving from the incumbent to the target."""

    incumbent: str
    target: str
    plans: tuple[Plan, ...]
    runs_today: bool = True
    """Whether the incumbent is what runs today; else it would carry the load until the decision."""

    @property
    def best(self) -> Plan:
        return min(self.plans, key=lambda p: (p.cost_usd, p.months))

    def as_dict(self) -> dict[str, Any]:
        return {
            "incumbent": self.incumbent,
            "target": self.target,
            "runs_today": self.runs_today,
            "best": self.best.name,
            "plans": [plan.as_dict() for plan in self.plans],
        }


@dataclass(frozen=True)
class Pilot:
    """A study that delays the decision: what it costs and which inputs it settles."""

    name: str
    inputs: tuple[str, ...]
    cost_usd: float
    months: float


@dataclass(frozen=True)
class _Move:
    """Flows of both options over draws, (draws, months + 1), and what the move meets."""

    incumbent: Array
    monthly: Array
    up_front: Array
    delay_months: Array
    survival: Array
    """Chance that the service still runs at each month's end, (draws, months + 1)."""
    discount: Array
    reserved_months: float

    def stay_usd(self) -> Array:
        """Present value of never moving, (draws,)."""
        return np.asarray((self.incumbent * self.survival) @ self.discount)

    def move_usd(self, wait: float) -> Array:
        """Present value of deciding for the target after `wait` months, (draws,)."""
        months = self.incumbent.shape[1] - 1
        starts = np.clip(np.round(wait + self.delay_months), 0, months).astype(int)
        month = np.arange(months + 1)
        own = month[None, :] > starts[:, None]
        running = np.where(own, self.monthly, self.incumbent) * self.survival
        spent = min(int(np.ceil(wait)), months)
        paid = self.up_front.copy()  # what was due before the decision is paid at it, at the prices it had
        paid[:, spent] = paid[:, : spent + 1].sum(axis=1)
        paid[:, :spent] = 0
        ends = self.survival[:, :-1] - self.survival[:, 1:]
        tail = np.where(own, self.monthly, 0.0)[:, 1:] * ends * self.reserved_months / 2
        later = np.pad(tail, ((0, 0), (1, 0)))
        return np.asarray((running + paid * self.survival[:, [spent]] + later) @ self.discount)


def timing(costing: Costing, target: str, incumbent: str, pilots: Sequence[Pilot] = ()) -> Timing:
    """Compare deciding now, waiting and pilots, for a move from `incumbent` to `target`."""
    known = sorted(costing.inputs.uncertain)
    inputs = Inputs(costing.known, draws=DRAWS, seed=costing.scenario.seed, known=known)
    move = _move(costing, inputs, target, incumbent)
    stay, go = move.stay_usd(), move.move_usd(0)
    moves = float(go.mean()) < float(stay.mean())
    now = go if moves else stay
    plans = [Plan("decide now", 0, float(now.mean()), 0.0, None, float(moves))]
    revealed = matching(known, costing.known.row("timing", "waiting").list("revealed"))
    studies = [Pilot(f"wait {m} months", revealed, 0, m) for m in WAITS if m < costing.scenario.horizon_months]
    for study in (*studies, *pilots):
        later = move.move_usd(study.months)
        saving = expected_given([inputs.uniform(n) for n in study.inputs], (stay - later)[:, None])[:, 0]
        cost = np.where(saving > 0, later, stay) + study.cost_usd
        error = mean_error_95(now - cost)
        gain = float((now - cost).mean())
        share = float((saving > 0).mean())
        plans.append(
            Plan(study.name, study.months, float(cost.mean()), gain, None if error is None else float(error), share)
        )
    return Timing(incumbent, target, tuple(plans), runs_today=costing.scenario.baseline is not None)


def matching(names: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """Names that fit one of the patterns, in their order."""
    return tuple(n for n in names if any(fnmatchcase(n, p) for p in patterns))


def _move(costing: Costing, inputs: Inputs, target: str, incumbent: str) -> _Move:
    outcomes = costing.outcomes(inputs, (target, incumbent))
    scenario, option = costing.scenario, costing.scenario.option(target)
    months, size = scenario.horizon_months, DRAWS
    full = (size, months + 1)
    lines = outcomes[target].flows.lines
    up_front = np.broadcast_to(sum((usd for line, usd in lines.items() if line in UP_FRONT), np.zeros((1, 1))), full)
    hazard = inputs.number("timing.cancellation_probability_per_year")
    legs = [scenario.option(option.base)] if isinstance(option, HybridOption) else [option]
    lead = max((_lead_time_months(costing, leg) for leg in legs), default=0.0)
    reserved = [RESERVED_MONTHS.get(leg.commitment, 0) for leg in legs if isinstance(leg, RentedOption)]
    return _Move(
        incumbent=np.broadcast_to(outcomes[incumbent].flows.total, full),
        monthly=np.broadcast_to(outcomes[target].flows.total, full) - up_front,
        up_front=up_front,
        delay_months=np.broadcast_to(inputs.number(f"timing.adoption_delay_months_{option.route}") + lead, size),
        survival=np.broadcast_to((1 - hazard[:, None]) ** (np.arange(months + 1) / 12), full),
        discount=month_end_discount_factors(scenario.discount_rate, months),
        reserved_months=float(max(reserved, default=0)),
    )


def _lead_time_months(costing: Costing, option: object) -> float:
    if not isinstance(option, OwnedOption):
        return 0.0
    server = costing.known.rows("servers").get(option.gpu)
    return 0.0 if server is None else float(server.number("lead_time_months", 0.0))
