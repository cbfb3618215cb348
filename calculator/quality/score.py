"""What a score of an option's model is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from calculator.assumptions import Source

BENCHMARKS = {"arena_text": "Arena text", "gpqa_diamond": "GPQA Diamond", "own": "Own evaluation, %"}


@dataclass(frozen=True)
class Quality:
    """A score of an option's model: published, or the user's own."""

    benchmark: str
    score: float | None
    low: float | None
    high: float | None
    effort: str
    """Effort of the scored run."""
    matches: bool
    """Whether the scored run used the option's effort and a precision as good."""
    source: Source | None
    note: str
    meets_floor: bool | None = None
    own: bool = False
    """Whether it is the user's own evaluation."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "benchmark": BENCHMARKS[self.benchmark],
            "score": self.score,
            "low": self.low,
            "high": self.high,
            "effort": self.effort,
            "matches": self.matches,
            "meets_floor": self.meets_floor,
            "own_evaluation": self.own,
            "source": self.source.as_dict() if self.source else None,
            "note": self.note,
        }
