"""Advice: which studies would settle what is uncertain, what each is worth, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions
from calculator.decision.evidence import Evidence
from calculator.decision.information import Worth, evpi, evppi
from calculator.decision.simulation import Simulation
from calculator.decision.timing import matching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

OF_EVIDENCE = "settles figures, not whether an option is allowed"


@dataclass(frozen=True)
class Study:
    """One thing to find out."""

    id: str
    action: str
    inputs: tuple[str, ...]
    """Inputs of this scenario that it settles."""
    worth: Worth
    """What knowing them is worth: the most that the study should cost."""
    cost_usd: float
    cost_low_usd: float
    cost_high_usd: float
    months: float

    @property
    def advice(self) -> str:
        """do it | not worth it | unclear: whether its worth, give or take its error, is above or below its cost."""
        error = self.worth.error_usd or 0.0
        if self.worth.usd - error > self.cost_usd:
            return "do it"
        return "not worth it" if self.worth.usd + error < self.cost_usd else "unclear"

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": "figures",
            "action": self.action,
            "inputs": list(self.inputs),
            "option": None,
            "rules": [],
            "worth_usd": self.worth.usd,
            "worth_error_usd": self.worth.error_usd,
            "evppi_usd": self.worth.usd,
            "evppi_error_usd": self.worth.error_usd,
            "least_chance": None,
            "cost_usd": {"low": self.cost_low_usd, "base": self.cost_usd, "high": self.cost_high_usd},
            "months": self.months,
            "advice": self.advice,
            "null_reasons": dict.fromkeys(("option", "least_chance"), OF_EVIDENCE),
        }


@dataclass(frozen=True)
class Information:
    """What finding out is worth in a scenario."""

    evpi: Worth
    by_input: Mapping[str, Worth]
    """EVPPI of every uncertain input that could matter."""
    studies: tuple[Study, ...]
    """Most worth first."""


def ranked(studies: Sequence[Study], open_questions: Sequence[Evidence]) -> list[Study | Evidence]:
    """Everything that could be found out, most worth first; what alone would let an option in comes before."""
    found: list[Study | Evidence] = [*studies, *open_questions]
    return sorted(found, key=lambda s: -np.inf if s.worth is None else -s.worth.usd)


def information_dict(info: Information | None, open_questions: Sequence[Evidence]) -> dict[str, Any] | None:
    """What finding out is worth, figures and evidence in one list; None where there is neither."""
    if info is None and not open_questions:
        return None
    return {
        "evpi_usd": None if info is None else info.evpi.usd,
        "evpi_error_usd": None if info is None else info.evpi.error_usd,
        "studies": [study.as_dict() for study in ranked(() if info is None else info.studies, open_questions)],
    }


def information(known: Assumptions, simulation: Simulation, costs: Array, candidates: Sequence[str]) -> Information:
    """Worth of knowing everything, each of the `candidates` (input ids), and what each study settles.

    `costs` (draws, options) are those of the options that compete, net of priorities.
    """
    everything = evpi(costs)
    uniform = simulation.inputs.uniform
    single = {name: evppi([uniform(name)], costs, everything.usd) for name in candidates}
    studies = []
    for row in known.rows("studies").values():
        settles = matching(list(candidates), row.list("inputs"))
        if not settles:
            continue
        cost = row.parameter("cost_usd")
        best_single = max((single[n] for n in settles), key=lambda w: w.usd)
        joint = evppi([uniform(n) for n in settles], costs, everything.usd) if len(settles) > 1 else best_single
        low, high = cost.low or cost.number, cost.high or cost.number
        worth = max(joint, best_single, key=lambda w: w.usd)
        months = row.number("months", 0.0)
        studies.append(Study(row.key, row.text("action"), settles, worth, cost.number, low, high, months))
    return Information(everything, single, tuple(sorted(studies, key=lambda s: (-s.worth.usd, s.id))))
