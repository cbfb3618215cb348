"""Who wins, by one rule.

Gates first: only options that pass by the strict reading can win. Among them the lowest expected present value
of cost, net of priorities, is ahead. It wins if the paired probability (same draws) that it beats whichever option
of another route or other weights is hardest to beat reaches the scenario's threshold; listing five hosts of one model
changes nothing. That is nearly always the one with the lowest expected cost, but one that costs hardly more and varies
otherwise may undercut it more often.
Leaving the baseline must save more than `materiality` of the baseline's present value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


FEWEST_DRAWS = 32
"""Below this a share of draws says nothing about how sure an answer is."""


@dataclass(frozen=True)
class Candidate:
    """What the rule needs to know of an option."""

    id: str
    route: str
    weights: str
    """Model identity: weights, or the proprietary model."""
    feasibility: str
    feasibility_optimistic: str
    failed_rules: frozenset[str]
    """Rules that fail or need evidence."""
    cost_usd: Array
    """Present value of cost over draws, net of priorities, (draws,)."""
    credit_usd: float = 0.0
    """What priorities took off."""
    parts: frozenset[str] = frozenset()
    """Of a mix: the options that it is made of."""
    same_as: str | None = None
    """The option that a mix amounts to where its base is not worth having."""

    @property
    def expected_usd(self) -> float:
        """Net of priorities."""
        return float(self.cost_usd.mean())

    @property
    def expected_cost_usd(self) -> float:
        """The money alone."""
        return self.expected_usd + self.credit_usd

    def is_rival_of(self, other: Candidate) -> bool:
        """Whether it is a different decision: another route or other weights, and not a mix beside its own part.

        Reserved GPUs with hours on demand beside the same model on demand alone are variants of one decision: the
        mix can always do what its part does, so that beating it says nothing.
        """
        variant = self.weights == other.weights and (self.id in other.parts or other.id in self.parts)
        return not variant and (self.route != other.route or self.weights != other.weights)


@dataclass(frozen=True)
class Verdict:
    """The answer: ids are None where there is none."""

    winner: str | None
    cheapest: str | None
    conditional_winner: str | None
    confidence: float | None
    too_close: bool
    rival: str | None
    """The best option of another route or other weights; of a close call, the one that it is too close with."""
    leader: str | None
    """The option ahead, whether or not it is far enough ahead to win."""
    stays_for_materiality: bool
    closest: str | None = None
    """The option of another route or other weights that confidence is measured against: the hardest to beat."""
    why_no_confidence: str | None = None
    """Why there is a leader and a rival, but no confidence."""


def decide(
    candidates: Sequence[Candidate], baseline: str | None, materiality: float, close_call_confidence: float
) -> Verdict:
    """Apply the rule; the order of candidates does not matter.

    With fewer draws than `FEWEST_DRAWS` confidence is None, with the reason.
    """
    ranked = sorted(candidates, key=lambda c: (c.expected_usd, c.id))
    passing = [c for c in ranked if c.feasibility == "pass"]
    hopeful = [c for c in ranked if c.feasibility_optimistic == "pass"]
    conditional = None
    if hopeful and (not passing or hopeful[0].expected_usd < passing[0].expected_usd):
        conditional = hopeful[0].id
    if not passing:
        return Verdict(None, None, conditional, None, False, None, None, False)
    leader, stays = passing[0], False
    margin_usd: Array | float = 0.0
    current = next((c for c in passing if c.id == baseline), None)
    if current is not None and leader.id != current.id:
        saving = current.expected_usd - leader.expected_usd
        if saving <= materiality * current.expected_cost_usd:
            leader, stays, margin_usd = current, True, materiality * (current.cost_usd + current.credit_usd)
    rivals = [c for c in passing if c.is_rival_of(leader)]
    chances = {c.id: float(np.mean(leader.cost_usd - margin_usd <= c.cost_usd)) for c in rivals}
    closest = min(rivals, key=lambda c: chances[c.id], default=None)  # of equals the best by expected cost
    confidence = 1.0 if closest is None else chances[closest.id]
    too_close = closest is not None and confidence < close_call_confidence
    rival = closest if too_close else next(iter(rivals), None)
    draws = max(c.cost_usd.size for c in passing)
    few = rival is not None and draws < FEWEST_DRAWS
    return Verdict(
        winner=None if too_close else leader.id,
        cheapest=min(passing, key=lambda c: (c.expected_cost_usd, c.id)).id,
        conditional_winner=conditional,
        confidence=None if few else confidence,
        too_close=too_close,
        rival=None if rival is None else rival.id,
        leader=leader.id,
        stays_for_materiality=stays,
        closest=None if closest is None else closest.id,
        why_no_confidence=f"{draws} draw{'s are' if draws != 1 else ' is'} too few; from {FEWEST_DRAWS} on it is told"
        if few
        else None,
    )


def probability_cheapest(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Share of draws in which each strictly feasible option costs least, priorities apart; ties are split.

    A mix that amounts to one of its parts leaves the chance to that part.
    """
    feasible = {c.id for c in candidates if c.feasibility == "pass"}
    passing = [c for c in candidates if c.id in feasible and c.same_as not in feasible]
    if not passing:
        return {}
    size = max(c.cost_usd.size for c in passing)
    costs = np.stack([np.broadcast_to(c.cost_usd + c.credit_usd, size) for c in passing])
    least = costs.min(axis=0)
    best = costs <= least + 1e-12 * np.abs(least)
    shares = (best / best.sum(axis=0)).mean(axis=1)
    return {**dict.fromkeys(sorted(feasible), 0.0), **{c.id: float(s) for c, s in zip(passing, shares, strict=True)}}


def probability_by(probabilities: Mapping[str, float], label: Mapping[str, str]) -> dict[str, float]:
    """Probabilities of options added up by a label such as route or weights, largest first."""
    sums: dict[str, float] = {}
    for name, share in probabilities.items():
        sums[label[name]] = sums.get(label[name], 0.0) + share
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


@dataclass(frozen=True)
class RulePrice:
    """What lifting one rule would save: the best option it keeps out, against the best that passes."""

    best: str
    saving_usd: float | None
    """None where nothing passes, so that there is nothing to compare with."""


def rule_prices(
    candidates: Sequence[Candidate], lifted_usd: Mapping[str, Mapping[str, Array]] | None = None
) -> dict[str, RulePrice]:
    """For every rule that binds: the best option were it lifted, and the expected saving against the best that passes.

    A rule binds where it alone keeps an option out, or where it makes an allowed option dearer: `lifted_usd` holds
    the cost, (draws,), of options by rule were that rule lifted.
    """
    passing = [c for c in candidates if c.feasibility == "pass"]
    current = min((c.expected_usd for c in passing), default=None)
    without = lifted_usd or {}
    prices: dict[str, RulePrice] = {}
    for rule in sorted({r for c in candidates for r in c.failed_rules} | set(without)):
        allowed = [c for c in candidates if c.failed_rules <= {rule}]
        costs = {c.id: _cost_without(c, without.get(rule, {})) for c in allowed}
        if not costs:
            continue
        best = min(costs, key=lambda name: (costs[name], name))
        if current is None:
            prices[rule] = RulePrice(best, None)
        elif costs[best] < current:
            prices[rule] = RulePrice(best, current - costs[best])
    return prices


def _cost_without(candidate: Candidate, lifted_usd: Mapping[str, Array]) -> float:
    """Expected cost of an option, as it is or were a rule lifted."""
    usd = lifted_usd.get(candidate.id)
    return candidate.expected_usd if usd is None else float(usd.mean())
