"""Everything that is said about a choice beyond its expected cost: how sure, what matters, what to find out, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.decision.convergence import mean_error_95
from calculator.decision.evidence import Evidence, evidence
from calculator.decision.preferences import Acceptability, Positions, acceptability
from calculator.decision.regret import Standing, WrongWays, standings, wrong_ways
from calculator.decision.sensitivity import Bar, TwoWay, tornado, two_way
from calculator.decision.simulation import Costing, Simulation
from calculator.decision.skew import Skew, skew
from calculator.decision.studies import Information, information, information_dict
from calculator.decision.timing import Pilot, Timing, timing
from calculator.decision.verdict import Candidate, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEWEST_DRAWS = 128
"""Below this only the spread is shown."""
MOST_BARS = 25
PILOTS = 3
"""Studies that are weighed as plans of their own."""


@dataclass(frozen=True)
class Analysis:
    """Of one result; what cannot be said is None, with the reason in `reasons`."""

    leader: str | None
    rival: str | None
    standings: Mapping[str, Standing]
    wrong_ways: WrongWays | None
    confidence_error: float | None
    gap_at_medians_usd: float | None
    bars: tuple[Bar, ...] | None
    two_way: TwoWay | None
    information: Information | None
    evidence: tuple[Evidence, ...]
    timing: Timing | None
    acceptability: Acceptability | None
    reasons: Mapping[str, str]
    skew: Skew | None = None
    """Why the leader's mean is not its base."""

    def sensitivity(self) -> list[dict[str, Any]] | None:
        """One entry an input, widest swing first: tornado, variance share, EVPPI."""
        if self.bars is None:
            return None
        worth = self.information.by_input if self.information else {}
        return [
            {
                **bar.as_dict(),
                "evppi_usd": worth[bar.input].usd if bar.input in worth else None,
                "evppi_error_usd": worth[bar.input].error_usd if bar.input in worth else None,
            }
            for bar in self.bars[:MOST_BARS]
        ]

    def as_dict(self) -> dict[str, Any]:
        """What concerns the choice as a whole."""
        return {
            "leader": self.leader,
            "rival": self.rival,
            "gap_at_medians_usd": self.gap_at_medians_usd,
            "confidence_error": self.confidence_error,
            "wrong_ways": self.wrong_ways and self.wrong_ways.as_dict(),
            "two_way": self.two_way and self.two_way.as_dict(),
            "information": information_dict(self.information, self.evidence),
            "timing": self.timing and self.timing.as_dict(),
            "priorities": self.acceptability
            and {
                "most_usd": dict(self.acceptability.most_usd),
                "hand_overs": [h.as_dict() for h in self.acceptability.hand_overs],
            },
            "reasons": dict(self.reasons),
        }


def analyse(
    costing: Costing,
    simulation: Simulation,
    candidates: Sequence[Candidate],
    verdict: Verdict,
    positions: Positions,
) -> Analysis:
    """All of it, for the options that pass; where none does, for those that would if open questions were settled.

    `positions` are those of the options on the fixed scales of the priorities.
    """
    passing = [c for c in candidates if c.feasibility == "pass"]
    if not passing:
        passing = [c for c in candidates if c.feasibility_optimistic == "pass"]
    passing = sorted(passing, key=lambda c: (c.expected_usd, c.id))
    leader = next((c for c in passing if c.id == verdict.leader), passing[0] if passing else None)
    rivals = [c for c in passing if leader is not None and c.is_rival_of(leader)]
    rival = next((c for c in rivals if c.id == verdict.rival), rivals[0] if rivals else None)
    costs = {c.id: np.asarray(np.broadcast_to(c.cost_usd, simulation.draws)) for c in passing}
    found = standings(costs)
    ranks = _ranks(costing, passing, positions)
    questions = evidence(costing.known, candidates, verdict.leader)
    if leader is None or rival is None or simulation.draws < FEWEST_DRAWS:
        why = "fewer than two different decisions are left" if simulation.draws >= FEWEST_DRAWS else "too few draws"
        reasons = dict.fromkeys(("sensitivity", "two_way", "information", "timing"), why)
        name = None if leader is None else leader.id
        return Analysis(name, None, found, None, None, None, None, None, None, questions, None, ranks, reasons)
    credits = {c.id: c.credit_usd for c in passing}
    net = credits[leader.id] - credits[rival.id]
    middle, bars = tornado(costing, simulation, leader.id, rival.id, net)
    names = [c.id for c in passing]
    map_of_two = two_way(costing, bars, names, [credits[n] for n in names], leader.id, rival.id)
    contend = [n for n in names if n in (leader.id, rival.id) or _may_win(costs, n)]
    matters = [bar.input for bar in bars] if len(contend) == 2 else sorted(costing.inputs.uncertain)
    table = np.stack([costs[n] for n in contend], axis=1)
    worth = information(costing.known, simulation, table, matters)
    when, why_not = _timing(costing, passing, leader.id, rival.id, worth)
    ahead = (costs[leader.id] <= costs[verdict.closest or rival.id]).astype(float)
    error = mean_error_95(ahead)
    reasons = {} if when else {"timing": why_not}
    return Analysis(
        leader=leader.id,
        rival=rival.id,
        standings=found,
        wrong_ways=wrong_ways(costs[leader.id], costs[rival.id]),
        confidence_error=None if error is None else float(error),
        gap_at_medians_usd=middle,
        bars=tuple(bars),
        two_way=map_of_two,
        information=worth,
        evidence=questions,
        timing=when,
        acceptability=ranks,
        reasons=reasons,
        skew=skew(costing, simulation, leader.id),
    )


def _ranks(costing: Costing, passing: Sequence[Candidate], positions: Positions) -> Acceptability | None:
    if not passing:
        return None
    known, priorities = costing.known, costing.scenario.priorities
    costs = {c.id: c.expected_cost_usd for c in passing}
    plausible = known.parameter("preferences.plausible_share_of_cost").number * max(min(costs.values()), 0.0)
    measured = [c for c in priorities.usd if any(c in positions.get(name, {}) for name in costs)]
    most = {c: usd for c, usd in priorities.most_usd(plausible).items() if c in measured}
    weighing = {c: usd for c, usd in priorities.usd.items() if c in measured}
    return acceptability(costs, positions, weighing, most, costing.scenario.seed)


def _may_win(costs: Mapping[str, Array], name: str) -> bool:
    """Whether an option is the cheapest in any draw: only then can knowing more lead to it."""
    others = np.minimum.reduce([usd for other, usd in costs.items() if other != name])
    return bool((costs[name] < others).any())


def _timing(
    costing: Costing, passing: Sequence[Candidate], leader: str, rival: str, worth: Information
) -> tuple[Timing | None, str]:
    scenario = costing.scenario
    incumbent = scenario.baseline
    if incumbent is None:
        by_token = [c.id for c in passing if c.route in ("api", "hosted")]
        if not by_token:
            return None, "nothing runs today and no option paid by the token passes to bridge the time"
        incumbent = by_token[0]
    elif incumbent not in [c.id for c in passing]:
        return None, f"{incumbent}, which runs today, does not pass every gate, so that staying is not a matter of cost"
    target = leader if leader != incumbent else rival
    if target == incumbent:
        return None, "the choice is between the incumbent and itself"
    useful = [s for s in worth.studies if s.worth.usd > 0][:PILOTS]
    pilots = [Pilot(s.action, s.inputs, s.cost_usd, s.months) for s in useful]
    return timing(costing, target, incumbent, pilots), ""
