"""Smaller is enough? What a small model first, or a router, costs at the user's success rates."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator.quality.cascade import (
    break_even_success,
    cascade_success,
    cascade_usd_per_request,
    routed_usd_per_request,
    usd_per_success,
)
from calculator.quantities import base
from calculator.ui import state
from calculator.ui.widgets import plain, table
from calculator.wording import money

DEFAULT_SMALL, DEFAULT_LARGE = 0.8, 0.95


def show(result: dict[str, Any]) -> None:
    """Two options, two success rates, and the four ways to use them."""
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
        share = st.number_input("A router sends to the small one, share", 0.0, 1.0, 0.5, 0.05, key="cascade.share")
    cheap, dear = small["money"]["usd_per_request"], large["money"]["usd_per_request"]
    ways = {
        f"{small['id']} alone": (cheap, good),
        f"{large['id']} alone": (dear, best),
        "small first, large where it fails": (
            cascade_usd_per_request(cheap, dear, good, check),
            cascade_success(good, best),
        ),
        "routed at random": (routed_usd_per_request(cheap, dear, share), share * good + (1 - share) * best),
    }
    rows = [
        {
            "way": way,
            "USD per thousand requests": 1000 * usd,
            "success, %": 100 * rate,
            "USD per thousand successes": 1000 * usd_per_success(usd, rate),
        }
        for way, (usd, rate) in ways.items()
    ]
    table(pd.DataFrame(rows), "Two models alone, in a cascade and routed")
    needed = break_even_success(cheap, dear, check)
    saved = 1000 * (dear - ways["small first, large where it fails"][0])
    text = (
        f"The cascade is cheaper than {large['id']} alone where {small['id']} succeeds in more than {needed:.0%}; at "
        f"{good:.0%} it {'saves' if saved >= 0 else 'costs'} {money(abs(saved))} per thousand requests"
        f"{'' if saved >= 0 else ' more'}."
        if needed < 1
        else f"{small['id']} with its check costs as much as {large['id']}: a cascade cannot pay."
    )
    st.markdown(plain(text))
    st.caption(
        "Costs are the levelised ones at this scenario's volume: a fleet's fixed cost does not fall when it answers fewer "
        "requests. The check is taken as right, and failures of the two as independent; a router that knows what is hard "
        "does better than this one. Rates are yours to set: those shown at first "
        "are placeholders unless the options state their success."
    )


def _rate(label: str, option: str, otherwise: float, name: str) -> float:
    stated = state.current().option(option).success
    value = otherwise if stated is None else base(stated.rate)
    return float(st.number_input(label, 0.01, 1.0, value, 0.01, key=state.key(f"{name}.{option}")))
