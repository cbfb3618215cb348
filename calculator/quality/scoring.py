"""How good an option's model is, for the effort and precision it is costed at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from calculator.assumptions import Assumptions, Row, Source
from calculator.options import ApiOption, HostedOption, HybridOption, Option, Precision, SizedOption
from calculator.quality.statistics import wilson_interval
from calculator.scenario import Scenario

DEFAULT_BENCHMARK = "arena_text"
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

    def as_dict(self) -> dict[str, Any]:
        return {
            "benchmark": BENCHMARKS[self.benchmark],
            "score": self.score,
            "low": self.low,
            "high": self.high,
            "effort": self.effort,
            "matches": self.matches,
            "meets_floor": self.meets_floor,
            "source": self.source.as_dict() if self.source else None,
            "note": self.note,
        }


def model_names(option: Option, known: Assumptions) -> tuple[str, ...]:
    """Ids under which the option's model may be scored."""
    if isinstance(option, SizedOption):
        return (option.weights,)
    if isinstance(option, HostedOption):
        offer = known.rows("offers").get(f"{option.provider}/{option.model}")
        weights = option.weights or (offer.text("weights", None) if offer is not None else None)
        return (weights, option.model) if weights else (option.model,)
    return (option.model,) if isinstance(option, ApiOption) else ()


def score_of(option: Option, benchmark: str, known: Assumptions) -> Quality | None:
    """The score at the option's effort, else the nearest one, marked as such; None where there is none."""
    effort = option.reasoning_effort or "default"
    rows = known.rows("scores")
    found: Row | None = None
    for name in model_names(option, known):
        exact = rows.get(f"{name}@{effort}")
        if exact is not None and benchmark in exact:
            found = exact
            break
        other = [r for r in rows.values() if r.text("model") == name and benchmark in r]
        if other and found is None:
            found = other[0]
    if found is None:
        return None
    cell = found.parameter(benchmark)
    same_effort = found.text("effort") == effort
    precision_note = _precision_note(option, known)
    notes = []
    if not same_effort:
        notes.append(f"scored at {found.text('effort')} effort, the option runs at {effort}")
    if precision_note:
        notes.append(precision_note)
    return Quality(
        benchmark, cell.number, cell.low, cell.high, found.text("effort"), not notes, cell.source, "; ".join(notes)
    )


def _precision_note(option: Option, known: Assumptions) -> str:
    if not isinstance(option, SizedOption) or option.precision is None:
        return ""
    weights = option.precision.weights if isinstance(option.precision, Precision) else option.precision
    released = (
        known.rows("models")[option.weights].text("checkpoint_precision", "bf16")
        if option.weights in known.rows("models")
        else "bf16"
    )
    if weights is None or weights == released:
        return ""
    row = known.rows("quality").get(weights)
    if row is not None and row.text("harmless") == "yes":
        return ""
    return f"scored at {released}, the option runs at {weights}"


def own_score(option: Option, task: str | None) -> Quality | None:
    """Percent of own tasks that the option solved, with its Wilson interval; of several tasks the one least sure."""
    held = [e for e in option.evaluations if task is None or e.task == task]
    if not held:
        return None
    weakest = min(held, key=lambda e: wilson_interval(e.score * e.n, e.n))
    low, high = (100 * share for share in wilson_interval(weakest.score * weakest.n, weakest.n))
    source = Source("Evaluation in the scenario", locator=f"{weakest.task}, {weakest.n:,} tasks")
    effort = option.reasoning_effort or "default"
    return Quality("own", 100 * weakest.score, low, high, effort, True, source, f"95 % interval {low:.0f} to {high:.0f} %")


def option_quality(scenario: Scenario, option: Option, known: Assumptions) -> Quality | None:
    """The score that the option is shown with: on the floor's benchmark, else Arena text; a hybrid's weaker leg."""
    floors = [w.quality_floor for w in scenario.workloads if w.quality_floor]
    benchmark = floors[0].benchmark if floors else DEFAULT_BENCHMARK
    if isinstance(option, HybridOption):
        legs = [option_quality(scenario, scenario.option(leg), known) for leg in option.legs]
        present = [q for q in legs if q is not None and q.score is not None]
        return min(present, key=lambda q: q.score or 0.0) if len(present) == len(legs) else None
    quality = own_score(option, floors[0].task) if benchmark == "own" else score_of(option, benchmark, known)
    if quality is None or not floors:
        return quality
    least = max(f.score for f in floors if f.benchmark == benchmark)
    return replace(quality, meets_floor=_meets(quality, least))


def _meets(quality: Quality, least: float) -> bool | None:
    """Whether the score reaches the floor; None where it does not tell."""
    if not quality.matches or quality.score is None:
        return None
    if quality.benchmark != "own":
        return quality.score >= least
    assert quality.low is not None and quality.high is not None
    return True if quality.low >= 100 * least else False if quality.high < 100 * least else None
