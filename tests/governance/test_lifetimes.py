"""Survival curves against second implementations, and what follows from them."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.governance.lifetimes import (
    DAYS_PER_YEAR,
    extra_forced_migrations_per_year,
    group_of,
    groups,
    kaplan_meier,
    mean_cycle_years,
)

LIVES = st.lists(st.tuples(st.integers(1, 900), st.booleans()), min_size=2, max_size=40).filter(
    lambda x: any(e for _, e in x)
)


@pytest.mark.parametrize("name", sorted(groups(load_assumptions())))
def test_shipped_curves_fall_and_lie_in_their_bands(name: str) -> None:
    group = groups(load_assumptions())[name]
    curve = group.curve
    assert curve.n >= 5 and curve.ended >= 4 and group.sources and all(s.url for s in group.sources)
    assert all(np.diff(curve.survival) < 0)
    for low, share, high in zip(curve.low, curve.survival, curve.high, strict=True):
        assert 0 <= low <= share <= high <= 1


@given(LIVES)
@settings(max_examples=40, deadline=None)
def test_agrees_with_scipy(lives: list[tuple[int, bool]]) -> None:
    """scipy.stats.ecdf: product-limit estimate and Greenwood's log-log interval."""
    from scipy.stats import CensoredData, ecdf

    days, ended = [float(d) for d, _ in lives], [e for _, e in lives]
    theirs = ecdf(
        CensoredData(
            uncensored=[d for d, e in zip(days, ended, strict=True) if e],
            right=[d for d, e in zip(days, ended, strict=True) if not e],
        )
    )
    ours = kaplan_meier(days, ended)
    np.testing.assert_allclose(theirs.sf.evaluate(np.array(ours.days)), ours.survival, atol=1e-12)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # undefined where nothing survives
        band = theirs.sf.confidence_interval(method="log-log")
        low, high = band.low.evaluate(np.array(ours.days)), band.high.evaluate(np.array(ours.days))
    inside = np.isfinite(low) & (np.array(ours.survival) > 0)
    np.testing.assert_allclose(np.array(ours.low)[inside], low[inside], atol=1e-9)
    np.testing.assert_allclose(np.array(ours.high)[inside], high[inside], atol=1e-9)


def test_agrees_with_lifelines() -> None:
    lifelines = pytest.importorskip("lifelines", reason="pip install 'llm-adoption[crosscheck]'; it needs pandas below 3")
    for group in groups(load_assumptions()).values():
        days, ended = lives_of(group.id)
        fit = lifelines.KaplanMeierFitter().fit(days, ended)
        curve = group.curve
        np.testing.assert_allclose(fit.predict(list(curve.days)).to_numpy(), curve.survival, atol=1e-12)
        band = fit.confidence_interval_.loc[list(curve.days)].to_numpy()
        inside = np.array(curve.survival) > 0
        np.testing.assert_allclose(np.array([curve.low, curve.high]).T[inside], band[inside], atol=1e-9)


def lives_of(name: str) -> tuple[list[float], list[bool]]:
    from datetime import date

    from calculator.retirements import dated_lives

    known = load_assumptions()
    row = known.row("lifetime_groups", name)
    days, ended = [], []
    for fact in dated_lives(known):
        launch = fact.text("launch")
        if fact.text("platform") in row.list("platforms") and fact.text("class") in row.list("classes"):
            if launch < row.text("launched_from"):
                continue
            end = fact.text("shutdown", None) or "2026-11-23"
            days.append(float((date.fromisoformat(end) - date.fromisoformat(launch)).days))
            ended.append("shutdown" in fact)
    return days, ended


@given(LIVES, st.floats(0, 600), st.floats(30, 1500))
@settings(max_examples=60, deadline=None)
def test_mean_residual_life_is_the_mean_of_the_draws(lives: list[tuple[int, bool]], age: float, within: float) -> None:
    curve = kaplan_meier([float(d) for d, _ in lives], [e for _, e in lives])
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = np.minimum(curve.residual_days(u, np.array([age]), np.ones(1)), within).mean()
    assert drawn == pytest.approx(curve.mean_residual_days(age, within), rel=2e-3, abs=1.0)


def test_a_higher_hazard_shortens_every_life() -> None:
    curve = groups(load_assumptions())["hosts-open"].curve
    u = np.linspace(0.01, 0.99, 99)
    lives = [curve.residual_days(u, np.array([90.0]), np.array([ratio])) for ratio in (0.5, 1.0, 2.0)]
    assert (lives[0] >= lives[1]).all() and (lives[1] >= lives[2]).all() and lives[0].mean() > lives[2].mean()


def test_exponential_lives_have_no_memory() -> None:
    lives = -np.log((np.arange(4000) + 0.5) / 4000) * DAYS_PER_YEAR
    curve = kaplan_meier(lives.tolist(), [True] * 4000)
    rates = [extra_forced_migrations_per_year(mean_cycle_years(curve, age, 2), 2) for age in (0.0, 0.5, 1.0)]
    assert rates == pytest.approx([0.6565] * 3, rel=0.01)


@given(LIVES, st.floats(0, 2), st.floats(0.1, 10))
@settings(max_examples=60, deadline=None)
def test_extra_moves_are_never_negative(lives: list[tuple[int, bool]], age: float, refresh: float) -> None:
    curve = kaplan_meier([float(d) for d, _ in lives], [e for _, e in lives])
    mean = mean_cycle_years(curve, age, refresh)
    assert 0 < mean <= refresh * (1 + 1e-9)
    assert extra_forced_migrations_per_year(mean, refresh) >= 0


@pytest.mark.parametrize(
    ("provider", "endpoint", "model", "hosted", "expected"),
    [
        ("openai", None, "gpt-6-luna", False, "openai-general"),
        ("openai", None, "gpt-5.3-codex", False, "openai-special"),
        ("google", None, "gemini-3.1-pro-preview", False, "google-special"),
        ("google", "vertex", "gemini-3.5-flash-lite", False, "vertex-general"),
        ("mistral", None, "mistral-medium-3.5", False, "vendors-general"),
        ("novita", None, "gemma-4-31b", True, "hosts-open"),
    ],
)
def test_every_offer_finds_its_curve(provider: str, endpoint: str | None, model: str, hosted: bool, expected: str) -> None:
    assert group_of(load_assumptions(), provider, model, hosted=hosted, endpoint=endpoint).id == expected


@pytest.mark.parametrize(
    ("days", "ended", "says"),
    [([], [], "at least one"), ([-1.0], [True], "at least 0"), ([float("nan")], [True], "number"), ([1.0], [], "each")],
)
def test_refuses_what_is_no_life(days: list[float], ended: list[bool], says: str) -> None:
    with pytest.raises(InputError, match=says):
        kaplan_meier(days, ended)


def test_refuses_impossible_rhythms() -> None:
    with pytest.raises(InputError, match="refresh_years"):
        extra_forced_migrations_per_year(1.0, -1.0)
    with pytest.raises(InputError, match="age_years"):
        mean_cycle_years(kaplan_meier([10.0], [True]), -0.1, 1)
