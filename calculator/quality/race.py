"""The race of open weights against proprietary models on one benchmark.

A frontier is the running record of one side over release dates. The lag of a proprietary record is the time until
the first open model scores at least as much; a record that no open model has reached yet is censored at the last
date of the series. Lags are summed up by Kaplan and Meier's estimate (https://doi.org/10.2307/2281868), which takes
censored ones for what they are, and their trend by Theil and Sen's slope (Sen 1968,
https://doi.org/10.1080/01621459.1968.10480934) with a bootstrap interval over records.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from calculator.assumptions import Assumptions, Source, as_date
from calculator.errors import InputError

DAYS_PER_MONTH = 365.25 / 12
BENCHMARKS = {
    "arena_text": "Arena text",
    "gpqa_diamond": "GPQA Diamond",
    "swe_bench_verified": "SWE-bench Verified",
    "mmlu": "MMLU (saturated, for history)",
}
"""Series whose licences let them be shipped, by topic under assumptions/timeline."""
Access = Literal["open", "proprietary"]
BOOTSTRAPS = 1000
LEAST_REACHED = 5
"""Lags that must have ended before a date is foreseen."""


@dataclass(frozen=True)
class Point:
    """One model's best score on a benchmark."""

    model: str
    developer: str
    access: Access
    released: date
    score: float
    low: float | None
    high: float | None
    proxy_date: bool
    """Whether the date is only the first sighting, days to weeks after the launch."""
    source: Source | None
    dated_by: str = ""
    """Who gives the date, where it is not the source of the score."""


@dataclass(frozen=True)
class Lag:
    """How long open models took to reach a proprietary record."""

    record: Point
    reached_by: Point | None
    """None where no open model has reached it within the series."""
    months: float
    """Until reached, or observed so far; 0 where an open model was there before."""

    @property
    def reached(self) -> bool:
        return self.reached_by is not None


def timeline(known: Assumptions, benchmark: str) -> tuple[Point, ...]:
    """All models of a series by date; InputError for a series that is not shipped."""
    if benchmark not in BENCHMARKS:
        raise InputError(f"benchmark: {benchmark!r} is not shipped; choose one of {', '.join(BENCHMARKS)}")
    points = []
    for row in known.rows(f"timeline.{benchmark}").values():
        score = row.parameter("score")
        points.append(
            Point(
                model=row.text("model"),
                developer=row.text("developer", ""),
                access="open" if row.text("access") == "open" else "proprietary",
                released=as_date(row.text("released")),
                score=score.number,
                low=score.low,
                high=score.high,
                proxy_date=row.text("date_basis") == "proxy",
                source=score.source,
                dated_by=row.text("dated_by", ""),
            )
        )
    return tuple(sorted(points, key=lambda p: (p.released, p.model)))


def frontier(points: Iterable[Point], access: Access) -> tuple[Point, ...]:
    """The records of one side: models that scored more than every earlier one of it.

    Of several on one day the best counts.
    """
    records: list[Point] = []
    for point in sorted((p for p in points if p.access == access), key=lambda p: (p.released, -p.score, p.model)):
        if not records or point.score > records[-1].score:
            records.append(point)
    return tuple(records)


def best_until(points: Iterable[Point], access: Access, on: date) -> Point | None:
    """The best model of one side at a date."""
    there = [p for p in points if p.access == access and p.released <= on]
    return max(there, key=lambda p: p.score, default=None)


def best_by_half_year(points: Sequence[Point]) -> dict[str, dict[Access, float | None]]:
    """Best score of models released in each half year, by side: `{"2024H1": {"open": 84.2, "proprietary": 90.4}}`."""
    halves: dict[str, dict[Access, float | None]] = {}
    for p in points:
        name = f"{p.released.year}H{1 if p.released.month <= 6 else 2}"
        half = halves.setdefault(name, {"open": None, "proprietary": None})
        best = half[p.access]
        half[p.access] = p.score if best is None else max(best, p.score)
    return dict(sorted(halves.items()))


def lag_of(points: Sequence[Point], record: Point) -> Lag:
    """How long open models took, or have taken so far, to score at least as much as `record`."""
    end = max(p.released for p in points)
    reached = [p for p in points if p.access == "open" and p.score >= record.score]
    first = min(reached, key=lambda p: (p.released, -p.score), default=None)
    until = first.released if first is not None else end
    return Lag(record, first, max(0.0, (until - record.released).days / DAYS_PER_MONTH))


def lags(points: Sequence[Point]) -> tuple[Lag, ...]:
    """The lag of every proprietary record, by date."""
    return tuple(lag_of(points, record) for record in frontier(points, "proprietary"))


def lag_survival(found: Sequence[Lag]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Kaplan–Meier share of records not yet reached after so many months: (months, share), a step at each."""
    months = np.unique([lag.months for lag in found if lag.reached])
    share, steps = 1.0, []
    for m in months:
        at_risk = sum(lag.months >= m for lag in found)
        ended = sum(lag.reached and lag.months == m for lag in found)
        share *= 1 - ended / at_risk
        steps.append(share)
    return months, np.array(steps)


def lag_quantile(found: Sequence[Lag], probability: float) -> float | None:
    """Months after which that share of records was reached; None where the curve does not get there."""
    months, remaining = lag_survival(found)
    there = np.nonzero(remaining <= 1 - probability + 1e-12)[0]
    return float(months[there[0]]) if there.size else None


@dataclass(frozen=True)
class Trend:
    """Whether lags grow or shrink, in months of lag a year of record date."""

    months_per_year: float
    low: float
    high: float
    """Central 80 % over bootstrap samples of the records."""


def lag_trend(found: Sequence[Lag], seed: int = 7) -> Trend | None:
    """Theil–Sen slope of ended lags over the date of their record; None for fewer than five."""
    from scipy.stats import theilslopes

    ended = [lag for lag in found if lag.reached]
    if len(ended) < LEAST_REACHED:
        return None
    years = np.array([lag.record.released.toordinal() / 365.25 for lag in ended])
    months = np.array([lag.months for lag in ended])
    slope = float(theilslopes(months, years)[0])
    generator = np.random.default_rng(seed)
    slopes = []
    for _ in range(BOOTSTRAPS):
        sample = generator.integers(0, len(ended), len(ended))
        if np.unique(years[sample]).size > 1:
            slopes.append(float(theilslopes(months[sample], years[sample])[0]))
    low, high = np.quantile(slopes, [0.1, 0.9])
    return Trend(slope, float(low), float(high))


@dataclass(frozen=True)
class Foresight:
    """When open weights reach a score."""

    outcome: Literal["reached", "range", "not foreseeable"]
    reached_by: Point | None = None
    earliest: date | None = None
    """One record in ten was reached sooner."""
    median: date | None = None
    latest: date | None = None
    """One record in ten took longer; None where that is not known."""
    reason: str = ""


def when_reached(points: Sequence[Point], score: float, since: date) -> Foresight:
    """When open weights reach `score`, first scored by a proprietary model on `since`.

    The date is that of the first sight plus the lag of earlier records, given that it has lasted until the end of
    the series: quantiles of the Kaplan–Meier curve beyond that age. Not foreseeable with fewer than five ended lags, or
    where the curve beyond that age does not fall to its median.
    """
    open_first = min((p for p in points if p.access == "open" and p.score >= score), key=lambda p: p.released, default=None)
    if open_first is not None:
        return Foresight("reached", open_first)
    found = lags(points)
    if sum(lag.reached for lag in found) < LEAST_REACHED:
        return Foresight("not foreseeable", reason="too few records were reached to tell a usual lag")
    end = max(p.released for p in points)
    age = max(0.0, (end - since).days / DAYS_PER_MONTH)
    months, remaining = lag_survival(found)
    now = float(remaining[months <= age][-1]) if (months <= age).any() else 1.0
    dates = []
    for probability in (0.1, 0.5, 0.9):
        there = np.nonzero((months > age) & (remaining <= now * (1 - probability) + 1e-12))[0] if now > 0 else np.array([])
        dates.append(since + timedelta(days=float(months[there[0]]) * DAYS_PER_MONTH) if there.size else None)
    if dates[1] is None:
        return Foresight("not foreseeable", earliest=dates[0], reason="it has lasted longer than most earlier records did")
    return Foresight("range", None, dates[0], dates[1], dates[2])
