"""Own evaluations: what they say of a floor, reading them from a file, and asking for them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator.errors import InputError
from calculator.quality.evaluation_files import parse_evaluations, with_evaluations
from calculator.quality.statistics import wilson_interval
from calculator.ui import state
from calculator.ui.widgets import table

DEFAULT_FLOOR = 0.8


def show(result: dict[str, Any]) -> None:
    """Results with their intervals and the gate's judgement, then a file to read and a floor to set."""
    st.subheader("Your own evaluations")
    scenario = state.current()
    judged = {o["id"]: g for o in result["options"] for g in o["gates"] if g["rule"] == "PERF-01"}
    rows = []
    for option in scenario.options:
        for e in option.evaluations:
            low, high = wilson_interval(e.score * e.n, e.n)
            gate = judged.get(option.id)
            rows.append(
                {
                    "option": option.id,
                    "task": e.task,
                    "solved, %": round(100 * e.score, 1),
                    "of tasks": e.n,
                    "95 % interval, low": round(100 * low, 1),
                    "high": round(100 * high, 1),
                    "quality floor of the option": gate["statement"] if gate else "no floor is set",
                }
            )
    if rows:
        table(pd.DataFrame(rows), "Own evaluations with their 95 % intervals")
    own = any(w.quality_floor is not None and w.quality_floor.benchmark == "own" for w in scenario.workloads)
    st.caption(
        "A share of your own tasks that an option solved says more than any benchmark. A floor on it passes where the whole "
        "95 % interval (Wilson) reaches it, fails where none does, and asks for more tasks otherwise. Results on a floor's "
        "benchmark count too: name the task gpqa_diamond (share right), or arena_text (share of blind comparisons won "
        "against a model whose score is the floor, a tie a half)."
    )
    left, right = st.columns(2)
    with left:
        _read()
    with right:
        least = st.number_input("Share that must be solved", 0.0, 1.0, DEFAULT_FLOOR, 0.01, key=state.key("own.floor"))
        if st.button("Set as the quality floor of every workload", key=state.key("own.set"), disabled=own):
            _set_floor(float(least))
        if own:
            st.caption("Own evaluations decide; the floor itself is with the workloads at the side.")


def _set_floor(least: float) -> None:
    floors = [{**w, "quality_floor": {"benchmark": "own", "score": least}} for w in state.data()["workloads"]]
    state.change(("workloads",), floors)
    state.renew()
    st.rerun()


def _read() -> None:
    uploaded = st.file_uploader(
        "Results as CSV or JSON: model, task, score (share solved), n", type=["csv", "json"], key=state.key("own.file")
    )
    if uploaded is None or not st.button("Use these results", key=state.key("own.use")):
        return
    try:
        state.use(with_evaluations(state.current(), parse_evaluations(uploaded.getvalue(), uploaded.name)))
    except InputError as error:
        st.error("Not used.")
        st.text(str(error))
    else:
        st.rerun()
