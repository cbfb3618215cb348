"""The user's own evaluations: a share of own tasks, or results on the benchmark of a floor."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import log10

from calculator.assumptions import Source
from calculator.options import Evaluation, Option
from calculator.quality.score import BENCHMARKS, Quality
from calculator.quality.statistics import Outcome, meets_floor, wilson_interval
from calculator.wording import written

MEANING: dict[Outcome, bool | None] = {"pass": True, "fail": False, "needs_evidence": None}
"""Whether a floor is reached."""
POINTS_PER_DECADE = 400
"""Arena points in which the odds of winning grow tenfold."""


@dataclass(frozen=True)
class OwnResult:
    """An own evaluation on a floor's benchmark, and what its 95 % interval (Wilson) says of the floor."""

    benchmark: str
    least: float
    """The floor, in the benchmark's unit."""
    evaluation: Evaluation

    @property
    def needed_share(self) -> float:
        """The share that the floor asks for: of a test in percent correct the floor itself, of comparisons a half.

        Arena scores are no share: there own results are the share of blind comparisons won (a tie counts half) against
        a model whose score is the floor's.
        """
        return 0.5 if self.benchmark == "arena_text" else self.least / 100

    @property
    def outcome(self) -> Outcome:
        return meets_floor(self.evaluation.score * self.evaluation.n, self.evaluation.n, self.needed_share)

    @property
    def decides(self) -> bool:
        """Whether the results are many enough to tell."""
        return self.outcome != "needs_evidence"

    def quality(self, option: Option) -> Quality:
        """The results as a score in the benchmark's unit."""
        scale = self._arena if self.benchmark == "arena_text" else _percent
        return _of_evaluation(option, self.evaluation, self.benchmark, scale, MEANING[self.outcome])

    def _arena(self, share_won: float) -> float | None:
        return arena_score(share_won, self.least)


def own_result(option: Option, benchmark: str, least: float) -> OwnResult | None:
    """The own evaluation whose task bears the benchmark's name, however it is written; None where there is none."""
    names = {_plain(benchmark), _plain(BENCHMARKS[benchmark])}
    held = next((e for e in option.evaluations if _plain(e.task) in names), None)
    return None if held is None else OwnResult(benchmark, least, held)


def arena_score(share_won: float, opponent: float) -> float | None:
    """The score at which a model wins that share against `opponent`: opponent + 400 log10(p/(1 - p)); None at 0 and 1.

    Bradley and Terry's model on the scale that Arena uses (https://arxiv.org/abs/2403.04132).

    >>> arena_score(0.5, 1430.0)
    1430.0
    """
    return None if not 0 < share_won < 1 else opponent + POINTS_PER_DECADE * log10(share_won / (1 - share_won))


def own_score(option: Option, task: str | None, least: float) -> Quality | None:
    """Percent of own tasks that the option solved, with its Wilson interval; of several tasks the one least sure.

    `least` is the floor as a share.
    """
    held = [e for e in option.evaluations if task is None or e.task == task]
    if not held:
        return None
    weakest = min(held, key=lambda e: wilson_interval(e.score * e.n, e.n))
    outcome = meets_floor(weakest.score * weakest.n, weakest.n, least)
    return _of_evaluation(option, weakest, "own", _percent, MEANING[outcome])


def _of_evaluation(
    option: Option, held: Evaluation, benchmark: str, scale: Callable[[float], float | None], reached: bool | None
) -> Quality:
    low, high = wilson_interval(held.score * held.n, held.n)
    ends = scale(low), scale(high)
    said = scale(held.score)
    return Quality(
        benchmark,
        next((s for s in (said, *ends) if s is not None), None),  # all or none won has no score but an end of its range
        *ends,
        option.reasoning_effort or "default",
        True,
        Source("Evaluation in the scenario", locator=f"{held.task}, {written(held.n, ',')} tasks"),
        f"own evaluation, 95 % interval {100 * low:.0f} to {100 * high:.0f} %",
        reached,
        own=True,
    )


def _percent(share: float) -> float:
    return 100 * share


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
