"""Frontiers, lags and foresight, against figures worked by hand."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.quality.race import (
    BENCHMARKS,
    Access,
    Lag,
    Point,
    best_by_half_year,
    frontier,
    lag_of,
    lag_quantile,
    lag_survival,
    lags,
    timeline,
    when_reached,
)

KNOWN = load_assumptions()


def point(model: str, access: Access, day: str, score: float) -> Point:
    return Point(model, "", access, date.fromisoformat(day), score, None, None, False, None)


@pytest.mark.parametrize(
    ("benchmark", "record", "reached_by", "days"),
    [
        ("gpqa_diamond", "o3", "Kimi K2 Thinking", (date(2025, 11, 6) - date(2025, 4, 16)).days),
        ("mmlu", "GPT-4 (initial release)", "Llama 3.1 405B", (date(2024, 7, 23) - date(2023, 3, 14)).days),
        ("mmlu", "GPT-4o", "Kimi K2 Instruct", (date(2025, 7, 11) - date(2024, 5, 13)).days),
        ("arena_text", "gemini-3-pro", "kimi-k3-max", (date(2026, 8, 16) - date(2025, 11, 18)).days),
        ("swe_bench_verified", "Claude Sonnet 4", "GLM-4.7", (date(2025, 12, 22) - date(2025, 5, 22)).days),
    ],
)
def test_lags_worked_by_hand(benchmark: str, record: str, reached_by: str, days: int) -> None:
    points = timeline(KNOWN, benchmark)
    lag = next(found for found in lags(points) if found.record.model == record)
    assert lag.reached_by is not None and lag.reached_by.model == reached_by
    assert lag.months == pytest.approx(days / 30.4375)


def test_best_scores_by_half_year_are_those_of_the_chart() -> None:
    """MMLU, open against proprietary, as the well-known chart of April 2024 and its sequel show them."""
    halves = best_by_half_year(timeline(KNOWN, "mmlu"))
    expected = {
        "2022H2": (44.8, 64.8),
        "2023H1": (63.4, 86.4),
        "2023H2": (76.4, 84.0),
        "2024H1": (84.2, 90.4),
        "2024H2": (88.5, 91.8),
        "2025H2": (90.0, 92.5),
    }
    for half, (open_best, proprietary_best) in expected.items():
        assert halves[half]["open"] == pytest.approx(open_best, abs=0.5)
        assert halves[half]["proprietary"] == pytest.approx(proprietary_best, abs=0.5)


def test_the_timeline_is_wide_and_current() -> None:
    models = {(p.model, p.released) for name in BENCHMARKS for p in timeline(KNOWN, name)}
    assert len(models) >= 150
    assert len({m for m, day in models if day.year == 2026}) >= 40
    assert all(p.source is not None and p.source.title for name in BENCHMARKS for p in timeline(KNOWN, name))


POINTS = st.lists(
    st.builds(
        lambda access, day, score: point("m", access, str(date(2024, 1, 1) + timedelta(days=day)), float(score)),
        st.sampled_from(["open", "proprietary"]),
        st.integers(0, 900),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=30,
)


@given(POINTS, st.integers(0, 900))
def test_a_weaker_model_never_moves_a_frontier(points: list[Point], day: int) -> None:
    sides: tuple[Access, ...] = ("open", "proprietary")
    for access in sides:
        before = frontier(points, access)
        when = date(2024, 1, 1) + timedelta(days=day)
        until = [p.score for p in before if p.released <= when]
        if until:
            weaker = replace(before[0], released=when, score=until[-1])
            assert frontier([*points, weaker], access) == before


@given(POINTS)
def test_records_rise_and_lags_are_never_negative(points: list[Point]) -> None:
    records = frontier(points, "proprietary")
    assert all(a.score < b.score and a.released <= b.released for a, b in pairwise(records))
    assert all(lag.months >= 0 for lag in lags(points))


def test_survival_of_lags_agrees_with_scipy() -> None:
    found = lags(timeline(KNOWN, "gpqa_diamond"))
    data = CensoredData(
        uncensored=[lag.months for lag in found if lag.reached], right=[lag.months for lag in found if not lag.reached]
    )
    curve = ecdf(data).sf
    months, remaining = lag_survival(found)
    assert np.allclose(remaining, curve.evaluate(months))


def test_an_unreached_record_is_not_taken_as_reached() -> None:
    points = [point("a", "proprietary", "2024-01-01", 50), point("b", "open", "2024-07-01", 40)]
    assert lag_of(points, points[0]).reached is False
    assert lag_quantile(lags(points), 0.5) is None


def test_what_is_reached_is_not_foreseen() -> None:
    points = [point("a", "proprietary", "2024-01-01", 50), point("b", "open", "2024-07-01", 55)]
    found = when_reached(points, 50, date(2024, 1, 1))
    assert found.outcome == "reached"
    assert found.reached_by is not None and found.reached_by.model == "b"


def test_too_few_records_give_no_date() -> None:
    points = [point("a", "proprietary", "2024-01-01", 50), point("b", "open", "2024-07-01", 40)]
    assert when_reached(points, 50, date(2024, 1, 1)).outcome == "not foreseeable"


def test_a_usual_lag_gives_a_range_in_order() -> None:
    points = []
    for n in range(8):
        points.append(point(f"p{n}", "proprietary", f"{2018 + n}-01-01", 10.0 * n))
        if n < 7:
            points.append(point(f"o{n}", "open", f"{2018 + n}-{4 + n % 5:02d}-01", 10.0 * n))
    found = when_reached(points, 70, date(2025, 1, 1))
    assert found.outcome == "range"
    assert found.earliest and found.median and found.latest
    assert date(2025, 1, 1) < found.earliest <= found.median <= found.latest < date(2025, 12, 31)


def test_a_series_that_may_not_be_shipped_is_named() -> None:
    with pytest.raises(InputError, match="choose one of"):
        timeline(KNOWN, "livebench")


def test_lag_of_reached_on_the_same_day_is_nothing() -> None:
    points = [point("a", "proprietary", "2024-01-01", 50), point("b", "open", "2023-07-01", 55)]
    assert lag_of(points, points[0]) == Lag(points[0], points[1], 0.0)
