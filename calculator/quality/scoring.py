"""How good an option's model is, for the effort and precision it is costed at."""

from __future__ import annotations

from dataclasses import replace

from calculator.assumptions import Assumptions, Row
from calculator.options import ApiOption, HostedOption, HybridOption, Option, Precision, SizedOption
from calculator.quality.own_results import own_result, own_score
from calculator.quality.score import Quality
from calculator.scenario import Scenario

DEFAULT_BENCHMARK = "arena_text"


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


def option_quality(scenario: Scenario, option: Option, known: Assumptions) -> Quality | None:
    """The score that the option is shown with: on the floor's benchmark, else Arena text; a hybrid's weaker leg."""
    floors = [w.quality_floor for w in scenario.workloads if w.quality_floor]
    benchmark = floors[0].benchmark if floors else DEFAULT_BENCHMARK
    if isinstance(option, HybridOption):
        legs = [option_quality(scenario, scenario.option(leg), known) for leg in option.legs]
        present = [q for q in legs if q is not None and q.score is not None]
        return min(present, key=lambda q: q.score or 0.0) if len(present) == len(legs) else None
    least = max((f.score for f in floors if f.benchmark == benchmark), default=0.0)
    if benchmark == "own":
        return own_score(option, floors[0].task, least)
    quality = score_of(option, benchmark, known)
    if not floors:
        return quality
    published = None if quality is None else replace(quality, meets_floor=_meets(quality, least))
    own = own_result(option, benchmark, least)
    if own is None or (not own.decides and published is not None and published.meets_floor is not None):
        return published
    return own.quality(option)


def _meets(quality: Quality, least: float) -> bool | None:
    """Whether a published score reaches the floor; None where it does not tell."""
    return None if not quality.matches or quality.score is None else quality.score >= least
