"""The side of the page: examples, files, workload, rules, options."""

from __future__ import annotations

import zlib
from functools import reduce
from typing import Any, NamedTuple

import streamlit as st

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.quantities import Range, TokenSize, base, rescaled
from calculator.scenario import Scenario, dump_scenario, load_scenario, parse_scenario
from calculator.sharing import scenario_from_bytes
from calculator.ui import faults, options, rules, start, state
from calculator.ui.start import CLASSES
from calculator.wages import wage_countries

EDITOR = "scenario file"
HELP = {
    "horizon": "How far ahead costs are counted; what is bought and not used up by then is sold.",
    "rate": "What money costs you: later payments weigh that much less a year. Nominal, inflation included.",
    "input": "The prompt with its instructions and documents. A token is a word or a part of one.",
    "output": "What readers see of an answer; hidden reasoning is added by the model and effort of each option.",
    "repeats": "The part that is the same from request to request, such as instructions: most offers bill it for less.",
    "batch": "Answers within a day instead of at once: many providers charge less for it.",
    "tpot": "How fast an answer has to be written: 50 ms a token are 20 tokens a second.",
}
"""What an expert's term means to who pays."""


class Field(NamedTuple):
    """A number of a workload, by its path in the scenario file."""

    label: str
    path: tuple[str, ...]
    digits: str
    step: float
    help: str | None = None
    """Its entry of HELP."""


FIELDS = (
    Field("Requests a month", ("requests_per_month",), "%.0f", 100_000.0),
    Field("Growth a year (0.4 = 40 %)", ("annual_growth",), "%.2f", 0.1),
    Field("Input tokens a request", ("input_tokens",), "%.0f", 100.0, "input"),
    Field("Output tokens a request (visible answer)", ("output_tokens",), "%.0f", 10.0, "output"),
    Field("Share of the prompt that repeats (0.35 = 35 %)", ("cacheable_input_share",), "%.2f", 0.05, "repeats"),
    Field("Share of requests that may wait a day (0.2 = 20 %)", ("batch_share",), "%.2f", 0.05, "batch"),
    Field("Time per output token at most, ms", ("slo", "tpot_ms"), "%.0f", 5.0, "tpot"),
)
PROFILES = {"office_hours": "Office hours", "consumer": "Consumers, evenings", "always_on": "Around the clock"}


def side() -> None:
    """Everything the user decides."""
    with st.expander("Start your own in five inputs"):
        start.form()
    start.defaults()
    _files()
    scenario = state.current()
    for number, workload in enumerate(scenario.workloads):
        fold = st.expander(f"Workload {number + 1}", number == 0, key=f"fold.workload.{number}", on_change="rerun")
        if fold.open:
            with fold:
                st.text(workload.name)
                _workload(number, scenario)
    for label, name, show in FOLDS:
        fold = st.expander(label, key=name, on_change="rerun")  # what is folded away is not drawn anew at every change
        if fold.open:
            with fold:
                show(scenario)


def _money(scenario: Scenario) -> None:
    _number("Horizon, months", ("horizon_months",), scenario.horizon_months, whole=True, help=HELP["horizon"])
    _number(
        "Discount rate a year (0.08 = 8 %)",
        ("discount_rate",),
        scenario.discount_rate,
        digits="%.3f",
        step=0.01,
        help=HELP["rate"],
    )
    _team(scenario)


def _team(scenario: Scenario) -> None:
    """Whose wages the engineers are paid."""
    name, stated = state.key("team_country"), scenario.organization.team_country
    names = wage_countries(load_assumptions())
    if stated is not None:
        names.setdefault(stated, stated)
    st.selectbox(
        "Country of the team, for wages",
        [None, *names],
        index=[None, *names].index(stated),
        format_func=lambda code: "the organization's" if code is None else names[code],
        key=name,
        on_change=lambda: state.change(("organization", "team_country"), st.session_state[name]),
    )


def _files() -> None:
    names = list(state.examples())
    picked = st.selectbox("Example", names, index=None, placeholder="Open a worked example", key=state.key("example"))
    if picked is not None:
        state.use(load_scenario(state.examples()[picked]))
        st.rerun()
    uploaded = st.file_uploader(
        "Open a scenario file or a report", type=["yaml", "yml", "json", "pdf"], key=state.key("upload")
    )
    if uploaded is not None:
        try:
            scenario = scenario_from_bytes(uploaded.getvalue(), uploaded.name)
        except InputError as error:
            st.error("This file was not opened.")
            st.text(str(error))
        else:
            state.use(scenario)
            st.rerun()


def _number(
    label: str,
    path: tuple[Any, ...],
    value: Any,
    *,
    digits: str = "%.6g",
    step: float = 1.0,
    whole: bool = False,
    help: str | None = None,
) -> None:
    """A number field on the scenario; a range shows its base and keeps its spread in proportion."""
    shown = _base(value)
    name = state.key(state.place_of(path))

    def changed() -> None:
        entered = st.session_state[name]
        if entered is None:
            faults.refuse(state.place_of(path), "the field is empty; enter a number")
            return
        state.change(path, int(entered) if whole else _rescaled(value, float(entered)))

    # The field's own default is nothing: with a number there, Streamlit puts it back into an emptied field without a word.
    if name not in st.session_state:
        st.session_state[name] = int(shown) if whole else float(shown)
    if whole:
        st.number_input(label, value=None, step=1, key=name, on_change=changed, help=help)
    else:
        st.number_input(label, value=None, step=step, format=digits, key=name, on_change=changed, help=help)
    faults.tell(state.place_of(path))


def _base(value: Any) -> float:
    return base(value.mean if isinstance(value, TokenSize) else value)


def _rescaled(value: Any, entered: float) -> Any:
    """The value with another base, as a scenario file holds it; spreads stay in proportion."""
    if isinstance(value, TokenSize):
        size: dict[str, Any] = {"mean": _rescaled(value.mean, entered)}
        return size if value.p95 is None or entered <= 0 else {**size, "p95": value.p95 * entered / base(value.mean)}
    moved = rescaled(value, entered)
    return moved.model_dump() if isinstance(moved, Range) else moved


def _workload(number: int, scenario: Scenario) -> None:
    workload, at = scenario.workloads[number], ("workloads", number)
    for field in FIELDS:
        value = reduce(getattr, field.path, workload)
        help = HELP.get(field.help or "")
        _number(field.label, (*at, *field.path), value, digits=field.digits, step=field.step, help=help)
    profile = workload.traffic.profile
    if isinstance(profile, str):
        name = state.key(f"profile.{number}")
        st.selectbox(
            "When requests come",
            list(PROFILES),
            index=list(PROFILES).index(profile),
            format_func=PROFILES.__getitem__,
            key=name,
            on_change=lambda: state.change((*at, "traffic", "profile"), st.session_state[name]),
        )
    if workload.quality_floor is not None:
        own = workload.quality_floor.benchmark == "own"
        _number(
            "Quality floor, " + ("share of own tasks" if own else workload.quality_floor.benchmark),
            (*at, "quality_floor", "score"),
            workload.quality_floor.score,
            digits="%.2f" if own else "%.0f",
            step=0.01 if own else 5.0,
        )


def _rules(scenario: Scenario) -> None:
    data = scenario.data
    name = state.key("classification")
    st.selectbox(
        "Classification",
        CLASSES,
        index=CLASSES.index(data.classification),
        format_func=lambda c: c.replace("_", "-"),
        key=name,
        on_change=lambda: state.change(("data", "classification"), st.session_state[name]),
    )
    places = state.key("residency")
    known = sorted({"EU", "EEA", "US", "GB", "DE", "FR", *data.residency})
    st.multiselect(
        "Prompts may be processed in (empty: anywhere)",
        known,
        default=list(data.residency),
        key=places,
        on_change=lambda: state.change(("data", "residency"), st.session_state[places] or None),
    )
    certificates = state.key("certifications")
    st.multiselect(
        "Certificates that a provider must hold",
        sorted({"soc2", "iso27001", "iso42001", "hipaa", *data.certifications}),
        default=list(data.certifications),
        key=certificates,
        on_change=lambda: state.change(("data", "certifications"), st.session_state[certificates] or None),
    )
    rules.more(scenario)


def _editor(scenario: Scenario) -> None:
    now = dump_scenario(scenario)
    text = st.text_area("Scenario file", value=now, height=420, key=state.key(f"editor.{zlib.crc32(now.encode())}"))
    if st.button("Use this file", key=state.key("use")):
        try:
            state.use(parse_scenario(text, "scenario"))
        except InputError as error:
            faults.refuse(EDITOR, str(error))
        st.rerun()
    faults.tell(EDITOR)


FOLDS = (
    ("Rules for data", "fold.rules", _rules),
    ("Money", "fold.money", _money),
    ("Options", "fold.options", options.editor),
    ("Everything else, as a file", "fold.file", _editor),
)
