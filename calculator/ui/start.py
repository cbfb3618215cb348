"""From no idea to a first answer: five inputs."""

from __future__ import annotations

from datetime import date

import streamlit as st
from pydantic import ValidationError

from calculator.assumptions import load_assumptions
from calculator.attribution.differences import differences_of
from calculator.errors import InputError
from calculator.scenario import Scenario
from calculator.start import Answers, begun_from, start_scenario, use_cases
from calculator.ui import faults, state

CLASSES = ["public", "internal", "confidential", "restricted", "air_gapped"]
PLACE = "start"
DEFAULTS = {
    "Workload": {
        "growth": {"annual_growth"},
        "sizes of prompt and answer": {"input_tokens", "output_tokens"},
        "repeats and batches": {"cacheable_input_share", "batch_share"},
        "latency": {"slo"},
        "hours": {"traffic"},
        "quality floor": {"quality_floor"},
    },
    "Rules for data": {"all but sensitivity and place": {"data"}},
    "Money": {"horizon": {"horizon_months"}, "discount rate": {"discount_rate"}},
    "Options": {"what is compared": {"options"}},
    "Tab Assumptions": {"every figure about the world": {"assumptions"}},
}
"""What the five answers leave open, by the part of the page where it is set, with its keys in the scenario file."""
PLACES = {"Anywhere": (), "European Union": ("EU",), "United States": ("US",), "United Kingdom": ("GB",)}


def form() -> None:
    """Asks, and makes the answer's scenario the session's."""
    known = load_assumptions()
    titles = use_cases(known)
    offers = sorted(known.rows("offers"))
    with st.form("start", border=False):
        use_case = st.selectbox("What is it for?", list(titles), format_func=titles.__getitem__)
        amount = st.number_input("How many a month?", min_value=1.0, value=1_000_000.0, step=100_000.0, format="%.0f")
        unit = st.radio(
            "Counted in", ["requests", "users"], horizontal=True, help="Users are turned into requests by a typical figure."
        )
        classification = st.selectbox(
            "How sensitive are the data?", CLASSES, index=1, format_func=lambda c: c.replace("_", "-")
        )
        place = st.selectbox("Where may prompts be processed?", list(PLACES))
        today = st.selectbox("What is used today?", offers, index=None, placeholder="nothing yet")
        asked = st.form_submit_button("Show a first answer", type="primary", width="stretch")
    faults.tell(PLACE)
    if not asked:
        return
    try:
        answers = {
            "use_case": use_case,
            "amount": amount or 0.0,
            "unit": unit,
            "classification": classification,
            "residency": PLACES[place],
            "today": today,
        }
        scenario = start_scenario(Answers.model_validate(answers), date.today(), known)
        state.use(scenario)
        st.session_state["started"] = scenario
    except ValidationError as error:
        faults.refuse(PLACE, f"how many a month: {error.errors()[0]['msg'].removeprefix('Value error, ')}")
    except InputError as error:
        faults.refuse(PLACE, str(error))
    st.rerun()


def _started(now: Scenario) -> Scenario | None:
    """The first answer that a scenario was made from; after a refresh or in another browser, made again."""
    started: Scenario | None = st.session_state.get("started")
    if started is None or started.workloads[0].name != now.workloads[0].name:
        started = st.session_state["started"] = begun_from(now)
    return started


def defaults() -> None:
    """After a start from five answers: what is still a default, and where it is changed."""
    now = state.current()
    started = _started(now)
    if started is None:
        return
    changed = {d.path[-1 if d.path[0] == "workloads" else 0] for d in differences_of(started, now)}
    left = {fold: [label for label, keys in fields.items() if not changed & keys] for fold, fields in DEFAULTS.items()}
    lines = [f"- {fold}: {', '.join(labels)}" for fold, labels in left.items() if labels]
    if lines:
        st.caption("Made from your answers. Still defaults, open each below to change it:\n" + "\n".join(lines))
