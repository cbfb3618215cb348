"""Where self-hosting pays: by volume, month and utilization; what would change the winner; what a budget buys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from calculator.assumptions import load_assumptions
from calculator.charts import break_even as charts
from calculator.decision.words import input_label
from calculator.errors import InputError
from calculator.terminal.break_even import BASES, BUDGET_BASIS, flip_lines, pays_from
from calculator.ui import state
from calculator.ui.widgets import dark, draw, plain, table
from calculator.volumes import break_even_answer, budget_answer, curve_points, map_answer, mappable
from calculator.wording import count, shown_in

FIRST_MAP = "staffing.self_host_operations_fte"


@st.fragment
def show(result: dict[str, Any]) -> None:
    """Found when the tab is open; a change of pair, budget or map redraws this part alone."""
    with shown_in(result["currency"], result["usd_exchange_rate"]):
        place = st.empty()
        try:
            with place.container(), st.spinner("Searching for crossings", show_time=True):
                answer = break_even_answer(state.current(), tell=_telling())
        except InputError as error:
            st.text(str(error))
            return
        place.empty()
        _pairs(result, answer)
        st.subheader("What would change the winner")
        for line in flip_lines(answer["flip_points"]):
            st.markdown("- " + plain(line))
        _budget()
        _map()


def _telling() -> Callable[[str], object]:
    """Names the option that is costed next; writing it is where a changed input stops the search."""
    line = st.empty()
    return lambda name: line.caption(plain(f"{name}, at more volumes"))


def _pairs(result: dict[str, Any], answer: dict[str, Any]) -> None:
    pairs = answer["break_even"]
    if not pairs:
        st.text("No pair to compare: it takes a self-hosted option and one paid by the token.")
        return
    best = min(pairs, key=lambda p: _last(p, result))
    owns = list(dict.fromkeys(p["self_hosted"] for p in pairs))
    left, right = st.columns(2)
    own = left.selectbox("Self-hosted", owns, index=owns.index(best["self_hosted"]), key=state.key("own"))
    # a mix is not compared with the part that it amounts to
    others = [p["alternative"] for p in pairs if p["self_hosted"] == own]
    first = others.index(best["alternative"]) if best["alternative"] in others else 0
    other = right.selectbox("Against", others, index=first, key=state.key("other"))
    pair = next(p for p in pairs if (p["self_hosted"], p["alternative"]) == (own, other))
    if not pair["allowed"]:
        st.caption("At least one of the two does not pass every gate.")
    low, high = _window(pair, answer)
    curve = curve_points(state.current(), [own, other], low, high)
    alt = f"{charts.volume_title(pair)}. {pair['binds']}"
    draw(charts.cost_by_volume(pair, curve, answer["requests_per_month"], dark=dark()), "cost-by-volume", alt)
    st.caption(plain(f"{own}: {pair['binds']}."))
    draw(charts.cost_by_month(pair, result, dark=dark()), "cost-by-month", f"Cumulative cost of {own} and {other} by month")
    st.subheader("All pairs")
    table(_table(pairs), "Break-even of every self-hosted option against every option paid by the token")
    st.caption(f"Present values at base values. {BASES}")


def _last(pair: dict[str, Any], result: dict[str, Any]) -> tuple[Any, ...]:
    """How late a pair is shown: first those of the option that leads, then those that pass, then the nearest."""
    amounts_to = {o["id"]: o["same_as"] for o in result["options"]}
    sides = (pair["self_hosted"], pair["alternative"])
    return (
        pair["alternative_is_its_leg"] or amounts_to[pair["self_hosted"]] is not None,
        result["verdict"]["leader"] not in sides,
        not pair["allowed"],
        pair["ratio_at_scenario_volume"],
    )


def _window(pair: dict[str, Any], answer: dict[str, Any]) -> tuple[float, float]:
    """Volumes to draw: the crossings and the scenario where they are near each other, with room around them."""
    now = answer["requests_per_month"]
    at = [c["requests_per_month"] for c in pair["crossings"]]
    least, most = answer["searched_requests_per_month"]
    low, high = (min(at), max(at)) if at else (now, now)
    if at and now / 30 <= low and high <= now * 30:
        low, high = min(low, now), max(high, now)
    return max(low / 5, least), min(high * 4, most)


def _table(pairs: list[dict[str, Any]]) -> pd.DataFrame:
    def share(pair: dict[str, Any], key: str) -> float | None:
        return None if pair["utilization"] is None else round(100 * pair["utilization"][key], 1)

    return pd.DataFrame(
        [
            {
                "self-hosted": p["self_hosted"],
                "against": p["alternative"],
                "both allowed": p["allowed"],
                "pays from": pays_from(p),
                "cost ratio now": round(p["ratio_at_scenario_volume"], 3),
                "tends to": round(p["ratio_tends_to"], 3),
                "paid off by": p["month"]["label"] if p["month"] else None,
                "utilization, %": share(p, "planned"),
                "reachable, %": share(p, "reachable"),
                "needed, %": share(p, "needed"),
                "why": p["binds"],
            }
            for p in sorted(pairs, key=lambda p: (p["alternative_is_its_leg"], not p["allowed"]))
        ]
    )


def _budget() -> None:
    st.subheader("What a budget buys")
    usd = st.number_input(
        "Budget a month, USD", min_value=1.0, max_value=1e12, value=None, placeholder="an amount", key=state.key("budget")
    )
    if usd is None:
        return
    found = budget_answer(state.current(), float(usd))
    rows = [
        {
            "option": o["id"],
            "requests a month": count(o["requests_per_month"]),
            "up front, USD": round(o["up_front_usd"]),
            "dearest month, USD": round(o["dearest_month_usd"]),
            "why": "; ".join(o["null_reasons"].values()),
        }
        for o in sorted(found["options"], key=lambda o: -(o["requests_per_month"] or 0))
    ]
    table(pd.DataFrame(rows), "Largest volume of each option within the budget")
    st.caption(BUDGET_BASIS)


def _number_words(name: str) -> str:
    """What a number is, and its id, by which files and links know it."""
    known = load_assumptions()
    used = {name: known.parameter(name)} if name in known.ids() else {}
    said = input_label(name, used)
    return f"{said[0].upper()}{said[1:]} · {name}"


def _map() -> None:
    st.subheader("Which option is cheapest, by volume and another number")
    names = mappable(state.current())
    first = names.index(FIRST_MAP) if FIRST_MAP in names else 0
    name = st.selectbox("Number", names, index=first, format_func=_number_words, key=state.key("map"))
    bar = st.progress(0.0)
    try:
        found = map_answer(state.current(), name, tell=lambda done, of: bar.progress(done / of))
    except InputError as error:
        st.text(str(error))
        return
    finally:
        bar.empty()
    draw(charts.cheapest_map(found, dark=dark()), "cheapest-map", f"Cheapest option by volume and {_number_words(name)}")
    st.caption(f"Present values at base values. {BASES}")
