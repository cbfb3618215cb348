"""Smaller is enough? What a small model first, or a router, costs at the user's success rates."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator.quality.cascade import (
    ByDifficulty,
    Router,
    break_even_success,
    cascade_success,
    cascade_usd_per_request,
    rate_on_easy,
    routed_usd_per_request,
    usd_per_success,
)
from calculator.quantities import base
from calculator.ui import state
from calculator.ui.widgets import plain, table
from calculator.wording import money

DEFAULT_SMALL, DEFAULT_LARGE = 0.8, 0.95
DEFAULT_HARD, DEFAULT_ERROR = 0.2, 0.1


def show(result: dict[str, Any]) -> None:
    """Two options, their success rates, a router, and the ways to use them."""
    st.subheader("Smaller is enough?")
    options = sorted(result["options"], key=lambda o: o["money"]["usd_per_request"])
    if len(options) < 2:
        st.caption("Needs two options.")
        return
    names = [o["id"] for o in options]
    left, right = st.columns(2)
    with left:
        small = options[names.index(st.selectbox("Tried first", names, index=0, key=state.key("cascade.small")))]
        good = _rate("It succeeds in, share", small["id"], DEFAULT_SMALL, "cascade.small.rate")
        check = st.number_input("A check of its answer costs, USD", 0.0, None, 0.0, 0.0001, "%.4f", key="cascade.check")
    with right:
        place = len(names) - 1
        large = options[
            names.index(st.selectbox("Asked where it fails", names, index=place, key=state.key("cascade.large")))
        ]
        best = _rate("It succeeds in, share", large["id"], DEFAULT_LARGE, "cascade.large.rate")
        fee = st.number_input("A router's judgement costs, USD", 0.0, None, 0.0, 0.0001, "%.4f", key="cascade.router")
    router, easy_hard = _router(good, best)
    ways = _ways(small, large, (good, best), check, fee, router, easy_hard)
    rows = [
        {
            "way": way,
            "to the large one, %": 100 * share,
            "USD per thousand requests": 1000 * usd,
            "success, %": 100 * rate,
            "USD per thousand successes": 1000 * usd_per_success(usd, rate) if rate > 0 else None,
        }
        for way, (share, usd, rate) in ways.items()
    ]
    table(pd.DataFrame(rows).round({"to the large one, %": 1, "success, %": 1}), "Two models alone, in a cascade and routed")
    st.markdown(plain(_finding(small, large, good, check, ways[CASCADE][1])))
    st.caption(
        "Costs are the levelised ones at this scenario's volume: a fleet's fixed cost does not fall when it answers fewer "
        "requests. The check is taken as right, and failures of the two as independent. A router sends hard (1 − missed) + "
        "(1 − hard) × false alarms of the requests to the large model. Rates are yours to set: those shown at first are "
        "placeholders unless the options state their success. In a scenario file a mix takes the router's figures under "
        "routing.difficulty."
    )


CASCADE, ROUTED, BOTH = (
    "small first, large where it fails",
    "routed by difficulty",
    "routed by difficulty, large also where the small one fails",
)


def _ways(
    small: dict[str, Any],
    large: dict[str, Any],
    rates: tuple[float, float],
    check: float,
    fee: float,
    router: Router[float],
    by_difficulty: tuple[ByDifficulty[float], ByDifficulty[float]],
) -> dict[str, tuple[float, float, float]]:
    """Share that the large model answers, USD a request, success rate; by way."""
    cheap, dear = small["money"]["usd_per_request"], large["money"]["usd_per_request"]
    good, best = rates
    to_large = router.large_share
    routed = routed_usd_per_request(cheap, dear, 1 - to_large, fee)
    failed = router.failed_share(by_difficulty[0])
    success = router.success(*by_difficulty)
    return {
        f"{small['id']} alone": (0.0, cheap, good),
        f"{large['id']} alone": (1.0, dear, best),
        CASCADE: (1 - good, cascade_usd_per_request(cheap, dear, good, check), cascade_success(good, best)),
        ROUTED: (to_large, routed, success),
        BOTH: (
            to_large + failed,
            routed + (1 - to_large) * check + failed * dear,
            success + router.caught_share(*by_difficulty),
        ),
    }


def _router(good: float, best: float) -> tuple[Router[float], tuple[ByDifficulty[float], ByDifficulty[float]]]:
    """The router's figures, and success by difficulty that agrees with the overall rates."""
    columns = st.columns(5, vertical_alignment="bottom")
    with columns[0]:
        hard = _share("Requests that are hard, share", DEFAULT_HARD, "cascade.hard", most=0.99)
    with columns[1]:
        missed = _share("Hard ones taken for easy", DEFAULT_ERROR, "cascade.missed")
    with columns[2]:
        alarms = _share("Easy ones taken for hard", DEFAULT_ERROR, "cascade.alarms")
    rates = []
    for column, label, rate, lowest in (
        (3, "Small one succeeds on hard", good, True),
        (4, "Large one on hard", best, False),
    ):
        least, most = max(0.0, (rate - (1 - hard)) / hard) if hard else 0.0, min(1.0, rate / hard) if hard else 1.0
        with columns[column]:
            name = f"cascade.{'small' if lowest else 'large'}.hard.{rate:g}.{hard:g}"
            on_hard = _share(label, least if lowest else rate, name, least=least, most=most)
        rates.append(ByDifficulty(min(1.0, max(0.0, rate_on_easy(rate, on_hard, hard))), on_hard))
    return Router(hard, missed, alarms), (rates[0], rates[1])


def _share(label: str, value: float, name: str, least: float = 0.0, most: float = 1.0) -> float:
    return float(st.number_input(label, least, most, min(most, max(least, value)), 0.05, key=name))


def _finding(small: dict[str, Any], large: dict[str, Any], good: float, check: float, cascade_usd: float) -> str:
    needed = break_even_success(small["money"]["usd_per_request"], large["money"]["usd_per_request"], check)
    if needed >= 1:
        return f"{small['id']} with its check costs as much as {large['id']}: a cascade cannot pay."
    saved = 1000 * (large["money"]["usd_per_request"] - cascade_usd)
    return (
        f"The cascade is cheaper than {large['id']} alone where {small['id']} succeeds in more than {needed:.0%}; at "
        f"{good:.0%} it {'saves' if saved >= 0 else 'costs'} {money(abs(saved))} per thousand requests"
        f"{'' if saved >= 0 else ' more'}."
    )


def _rate(label: str, option: str, otherwise: float, name: str) -> float:
    stated = state.current().option(option).success
    value = otherwise if stated is None else base(stated.rate)
    return float(st.number_input(label, 0.01, 1.0, value, 0.01, key=state.key(f"{name}.{option}")))
