"""How good the models are, and how open weights have been catching up."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.assumptions import load_assumptions
from calculator.quality.race import BENCHMARKS, Point, frontier, lag_quantile, lag_trend, lags, timeline, when_reached
from calculator.ui import cascade, evaluations, open_models
from calculator.ui.widgets import dark, draw, plain, source_text, table
from calculator.wording import ranked


def show(result: dict[str, Any]) -> None:
    """Scores of the options against their cost, then the race on a benchmark of choice."""
    if any(r["score"] is not None for r in result["quality_frontier"]):
        draw(charts.quality_cost(result, dark()), "quality-cost", charts.quality_cost_title(result))
        st.caption(
            "Grey: another option costs no more and scores no less, a gate fails, or the score is of another effort or "
            "precision. Money is that of the base values."
        )
    table(_scores(result), "Scores of the options' models")
    evaluations.show(result)
    cascade.show(result)
    open_models.show()
    st.subheader("Open against proprietary")
    benchmark = st.selectbox("Benchmark", list(BENCHMARKS), format_func=BENCHMARKS.__getitem__, key="race.benchmark")
    points = timeline(load_assumptions(), benchmark)
    draw(charts.race(points, benchmark, dark()), f"race-{benchmark}", charts.race_alt(points, benchmark))
    _lag(points)
    _foresee(points)
    with st.expander("Every model of this series, with its source"):
        table(_models(points), f"Every model of {BENCHMARKS[benchmark]}")


def _models(points: tuple[Point, ...]) -> pd.DataFrame:
    """The newest first."""
    return pd.DataFrame(
        [
            {
                "model": p.model,
                "developer": p.developer or "not stated",
                "weights": p.access,
                "released": p.released,
                "the day is": ("a first sighting" if p.proxy_date else "the release")
                + (f", {p.dated_by}" if p.dated_by else ""),
                "score": p.score,
                "source": source_text(p.source.as_dict() if p.source else None),
            }
            for p in sorted(points, key=lambda p: p.released, reverse=True)
        ]
    )


def _scores(result: dict[str, Any]) -> pd.DataFrame:
    places = {r["id"]: r for r in result["quality_frontier"]}
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                "model": o["weights"] or o["model"],
                "benchmark": q["benchmark"] if q else None,
                "score": q["score"] if q else None,
                "low": q["low"] if q else None,
                "high": q["high"] if q else None,
                "scored at effort": q["effort"] if q else None,
                "runs at effort": o["reasoning_effort"] or "default",
                "same effort and precision": None if q is None else "yes" if q["matches"] else "no",
                "USD per M tokens": o["usd_per_million_tokens"],
                "USD per success": o["money"]["usd_per_successful_request"],
                "quality for money": _standing(places[o["id"]]),
                "note": (q["note"] if q else o["null_reasons"].get("quality", "")),
            }
            for o in ranked(result["options"])
            for q in [o["quality"]]
        ]
    )


def _standing(place: dict[str, Any]) -> str:
    by = place["dominated_by"]
    return "on the frontier" if place["on_frontier"] else f"dominated by {by}" if by else "no place: " + place["reason"]


def _lag(points: tuple[Point, ...]) -> None:
    """How long open models took to reach each proprietary record."""
    found = lags(points)
    trend = lag_trend(found)
    quantiles = [lag_quantile(found, p) for p in (0.1, 0.5, 0.9)]
    words = ["not yet" if q is None else f"{q:.1f}" for q in quantiles]
    st.markdown(
        plain(
            f"Months until an open model scored as much as a proprietary record: {words[1]} in the middle, "
            f"{words[0]} to {words[2]} for eight of ten. "
            + (
                "Too few records to tell a trend."
                if trend is None
                else f"Trend: {trend.months_per_year:+.1f} months a year ({trend.low:+.1f} to {trend.high:+.1f})."
            )
        )
    )
    rows = [
        {
            "proprietary record": lag.record.model,
            "released": lag.record.released,
            "score": lag.record.score,
            "reached by": lag.reached_by.model if lag.reached_by else "not yet",
            "on": lag.reached_by.released if lag.reached_by else None,
            "months": round(lag.months, 1),
        }
        for lag in found
    ]
    with st.expander("Lag of every record"):
        table(pd.DataFrame(rows), "Lag of every proprietary record")


def _foresee(points: tuple[Point, ...]) -> None:
    """When open weights will reach the model in use."""
    proprietary = sorted((p for p in points if p.access == "proprietary"), key=lambda p: p.released, reverse=True)
    records = frontier(points, "proprietary")
    names = [p.model for p in proprietary]
    chosen = st.selectbox(
        "When will open weights reach …", names, index=names.index(records[-1].model) if records else 0, key="race.model"
    )
    model = next(p for p in proprietary if p.model == chosen)
    found = when_reached(points, model.score, model.released)
    if found.outcome == "reached" and found.reached_by is not None:
        text = f"Reached: {found.reached_by.model} scored {found.reached_by.score:g} on {found.reached_by.released}."
    elif found.outcome == "range":
        latest = f"{found.latest:%B %Y}" if found.latest else "an unknown date"
        text = f"If lags stay as they were: {found.earliest:%B %Y} to {latest}, in the middle {found.median:%B %Y}."
    else:
        text = f"Not foreseeable: {found.reason}."
    st.markdown(plain(text))
    st.caption(
        "From the lags of earlier records, those not yet reached counted as lasting; a benchmark is not your task, and what "
        f"came after this series' last model, of {max(p.released for p in points)}, is not known to it."
    )
