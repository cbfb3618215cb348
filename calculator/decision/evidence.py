"""What clearing an open question is worth: evidence that would let an option in that is ahead of what passes.

How likely it is that a question turns out well is nobody's published figure, so that the worth is a bound: the
expected saving over the option ahead, were the answer a good one for certain. Divided into the cost of asking it gives
the least chance from which asking pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from calculator.assumptions import Assumptions, Row
from calculator.decision.convergence import mean_error_95
from calculator.decision.information import Worth
from calculator.decision.verdict import Candidate

NO_STUDY = "no study of this kind has a known cost"
NOTHING_PASSES = "nothing passes, so that there is nothing to save against"


@dataclass(frozen=True)
class Evidence:
    """All that must be found out for one option to pass, and what that is worth at most."""

    option: str
    rules: tuple[str, ...]
    """Open rules, all of which must turn out well."""
    action: str
    worth: Worth | None
    """The expected saving over the option ahead if all turn out well; None where nothing passes."""
    cost_usd: float | None
    """None where no study is known for one of the rules."""
    cost_low_usd: float | None
    cost_high_usd: float | None
    months: float | None
    """The studies run side by side."""

    @property
    def least_chance(self) -> float | None:
        """The chance that all turn out well from which asking is worth its cost; None where that is not known."""
        if self.worth is None or self.cost_usd is None or self.worth.usd <= 0:
            return None
        return self.cost_usd / self.worth.usd

    @property
    def advice(self) -> str:
        """do it where nothing else passes; not worth it where even a good answer saves less than asking costs."""
        if self.worth is None:
            return "do it"
        chance = self.least_chance
        return "not worth it" if chance is not None and chance >= 1 else "depends on the chance"

    def as_dict(self) -> dict[str, Any]:
        cost = {"low": self.cost_low_usd, "base": self.cost_usd, "high": self.cost_high_usd}
        reasons = {} if self.worth is not None else {"worth_usd": NOTHING_PASSES}
        return {
            "id": f"evidence.{self.option}",
            "kind": "evidence",
            "action": self.action,
            "inputs": [],
            "option": self.option,
            "rules": list(self.rules),
            "worth_usd": None if self.worth is None else self.worth.usd,
            "worth_error_usd": None if self.worth is None else self.worth.error_usd,
            "evppi_usd": None,
            "evppi_error_usd": None,
            "least_chance": self.least_chance,
            "cost_usd": None if self.cost_usd is None else cost,
            "months": self.months,
            "advice": self.advice,
            "null_reasons": {**reasons, **({} if self.cost_usd is not None else {"cost_usd": NO_STUDY, "months": NO_STUDY})},
        }


def evidence(known: Assumptions, candidates: Sequence[Candidate], leader: str | None) -> tuple[Evidence, ...]:
    """For every option that only needs evidence and would be ahead of the `leader`: what to find out, most worth first.

    Where nothing passes (`leader` None) the cheapest such option alone: its worth is being allowed at all.
    """
    ahead = next((c for c in candidates if c.id == leader), None)
    ranked = sorted(candidates, key=lambda c: (c.expected_usd, c.id))
    hopeful = [c for c in ranked if c.feasibility == "needs_evidence" and c.feasibility_optimistic == "pass"]
    if ahead is None:
        return tuple(_evidence(known, c, None) for c in hopeful[:1])
    return tuple(_evidence(known, c, ahead) for c in hopeful if c.expected_usd < ahead.expected_usd)


def _evidence(known: Assumptions, candidate: Candidate, ahead: Candidate | None) -> Evidence:
    rules = tuple(sorted(candidate.failed_rules))
    by_rule = {rule: _study(known, rule) for rule in rules}
    studies = list({row.key: row for row in by_rule.values() if row is not None}.values())
    costs = [row.parameter("cost_usd") for row in studies]
    priced = None not in by_rule.values()
    return Evidence(
        option=candidate.id,
        rules=rules,
        action=f"{_asked(by_rule)}, to settle {', '.join(rules)} of {candidate.id}",
        worth=None if ahead is None else _saving(ahead, candidate),
        cost_usd=sum(c.number for c in costs) if priced else None,
        cost_low_usd=sum(c.number if c.low is None else c.low for c in costs) if priced else None,
        cost_high_usd=sum(c.number if c.high is None else c.high for c in costs) if priced else None,
        months=max((row.number("months", 0.0) for row in studies), default=0.0) if priced else None,
    )


def _study(known: Assumptions, rule: str) -> Row | None:
    """The first study that answers a rule's open question."""
    rows = known.rows("studies").values()
    return next((row for row in rows if any(fnmatchcase(rule, pattern) for pattern in row.list("rules"))), None)


def _asked(by_rule: dict[str, Row | None]) -> str:
    """What one would do, in words."""
    actions = dict.fromkeys("finding evidence" if row is None else row.text("action") for row in by_rule.values())
    return " and ".join(actions)


def _saving(ahead: Candidate, candidate: Candidate) -> Worth:
    saved = np.subtract(*np.broadcast_arrays(ahead.cost_usd, candidate.cost_usd))
    error = mean_error_95(saved)
    return Worth(float(saved.mean()), None if error is None else float(error))
