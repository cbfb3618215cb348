"""Whether a model is good enough, and its context long enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from calculator.assumptions import Source
from calculator.demand import mean_tokens
from calculator.governance.facts import UNKNOWN, Fact, fact
from calculator.governance.gate import RANK, Gate, Outcome, ruling
from calculator.governance.subject import Subject
from calculator.options import ApiOption, Evaluation, HostedOption, SizedOption
from calculator.quality.own_results import OwnResult, own_result
from calculator.quality.score import BENCHMARKS
from calculator.quality.scoring import score_of
from calculator.quality.statistics import meets_floor, tasks_needed, wilson_interval
from calculator.quantities import Range, TokenSize, base
from calculator.wording import whole, written


def quality_gates(subject: Subject) -> Iterator[Gate]:
    """The hardest quality floor of the workloads, and the longest request against the context."""
    floors = [w.quality_floor for w in subject.scenario.workloads if w.quality_floor is not None]
    judged = [
        _own_floor(subject, f.task, f.score) if f.benchmark == "own" else _benchmark_floor(subject, f.benchmark, f.score)
        for f in floors
    ]
    if judged:
        yield max(judged, key=lambda g: RANK[g.outcome])
    yield _context(subject)


def _longest(size: TokenSize | Range | float) -> float:
    if isinstance(size, TokenSize):
        return size.p95 if size.p95 is not None else base(size.mean)
    return base(size)


def context_fact(subject: Subject) -> Fact:
    """Longest context of the option: of the offer, else of the weights."""
    option, known = subject.option, subject.known
    if isinstance(option, ApiOption | HostedOption):
        offered = fact(known.rows("offers").get(f"{option.provider}/{option.model}"), "context_tokens", subject.on)
        if offered.parameter is not None or isinstance(option, ApiOption):
            return offered
    weights = option.weights if isinstance(option, SizedOption) else subject.weights
    return fact(known.rows("models").get(weights), "context_tokens", subject.on) if weights else UNKNOWN


def _context(subject: Subject) -> Gate:
    known = context_fact(subject)
    longest = max(_longest(w.input_tokens) + base(mean_tokens(w.output_tokens)) for w in subject.scenario.workloads)
    limit = known.number
    if limit is None:
        return ruling(
            "PERF-02", "needs_evidence", f"longest context: {known.why_open}", known, "the provider's context limit"
        )
    said = f"requests of {whole(longest)} tokens, the model takes {whole(limit)}"
    return ruling("PERF-02", "pass" if longest <= limit else "fail", said, known, "a model with a longer context")


def _benchmark_floor(subject: Subject, benchmark: str, least: float) -> Gate:
    """Own results on the benchmark where they are many enough to tell, else the published score; both are told."""
    published = _floor(subject, benchmark, least)
    own = own_result(subject.option, benchmark, least)
    if own is None:
        return published
    judged = _own_on_benchmark(subject, own)
    if not own.decides and published.outcome != "needs_evidence":
        return replace(published, statement=f"{published.statement}; {judged.statement} do not tell")
    differs = published.outcome not in ("needs_evidence", judged.outcome)
    return replace(judged, overrides=published.statement if differs else None)


def _own_on_benchmark(subject: Subject, own: OwnResult) -> Gate:
    held, least = own.evaluation, own.needed_share
    low, high = wilson_interval(held.score * held.n, held.n)
    counted = f"{written(held.score * held.n, '.4g')} of {whole(held.n)}"
    name = BENCHMARKS[own.benchmark]
    duels = own.benchmark == "arena_text"
    what = f"{counted} comparisons with a model at {written(own.least, 'g')} won" if duels else f"{counted} right"
    asked = "a half must be won" if duels else f"the floor is {written(own.least, 'g')} %"
    said = f"own results on {name}: {what}, {100 * low:.0f} to {100 * high:.0f} %, {asked}"
    source = Source("Evaluation in the scenario", locator=f"options.{subject.option.id}.evaluations")
    remedy = _remedy(own.outcome, held, least)
    return Gate(
        "PERF-01", own.outcome, said, f"{held.task}: {counted}", source, grade="own", remedy=remedy, own_evidence=True
    )


def _remedy(outcome: Outcome, held: Evaluation, least: float) -> str:
    """What would turn a judgement on own results."""
    if outcome != "needs_evidence":
        return "a stronger model or a lower floor" if outcome == "fail" else ""
    needed = tasks_needed(held.score, least)
    return "more tasks, or a stronger model" if needed is None else f"about {whole(needed)} tasks would tell at this rate"


def _floor(subject: Subject, benchmark: str, least: float) -> Gate:
    name = BENCHMARKS[benchmark]
    quality = score_of(subject.option, benchmark, subject.known)
    remedy = f"an independent score at this effort and precision, or your own results as task {benchmark}"
    if quality is None or quality.score is None:
        return Gate("PERF-01", "needs_evidence", f"no independent {name} score", remedy=remedy)
    said = f"{name} {quality.score:.0f}, the floor is {written(least, 'g')}"
    cell = f"{name} {written(quality.score, 'g')} at {quality.effort} effort"
    if not quality.matches:
        return Gate("PERF-01", "needs_evidence", f"{said}; {quality.note}", cell, quality.source, remedy=remedy)
    outcome: Outcome = "pass" if quality.score >= least else "fail"
    mend = "" if outcome == "pass" else "a stronger model or a lower floor"
    return Gate("PERF-01", outcome, said, cell, quality.source, remedy=mend)


def _own_floor(subject: Subject, task: str | None, least: float) -> Gate:
    """The user's own evaluation of the option: all of its 95 % interval must reach the floor; the worst task decides."""
    held = [e for e in subject.option.evaluations if task is None or e.task == task]
    if not held:
        of = "" if task is None else f" of {task}"
        said = f"no own evaluation{of}, the floor is {least:.0%} of tasks".replace("%", " %")
        return Gate("PERF-01", "needs_evidence", said, remedy="evaluate it on your tasks and state task, score and n")
    return max((_own(subject, e, least) for e in held), key=lambda g: RANK[g.outcome])


def _own(subject: Subject, held: Evaluation, least: float) -> Gate:
    solved = held.score * held.n
    low, high = wilson_interval(solved, held.n)
    outcome: Outcome = meets_floor(solved, held.n, least)
    cell = f"{held.task}: {written(solved, '.4g')} of {whole(held.n)}"
    said = f"{cell}: {100 * low:.0f} to {100 * high:.0f} %, the floor is {written(100 * least, '.4g')} %"
    remedy = _remedy(outcome, held, least)
    source = Source("Evaluation in the scenario", locator=f"options.{subject.option.id}.evaluations")
    return Gate("PERF-01", outcome, said, cell, source, grade="own", remedy=remedy, own_evidence=True)
