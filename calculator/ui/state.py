"""State of the form: one scenario; widgets are views of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import streamlit as st

from calculator import sharing
from calculator.assumptions import assumptions_folder
from calculator.decision.simulation import Progress
from calculator.errors import InputError
from calculator.evaluate import DEFAULT_DRAWS, evaluate_scenario, kept_result
from calculator.point import point_figures
from calculator.scenario import Scenario, load_scenario, scenario_data, scenario_from
from calculator.ui import faults

AT_ONCE = max(2, os.cpu_count() or 2)
_TURNS = BoundedSemaphore(AT_ONCE)
ASK_SECONDS = 0.5
"""How often who waits for a turn asks whether the input has changed."""

DEFAULT_EXAMPLE = "support-assistant"


def examples() -> dict[str, Path]:
    """Shipped scenarios by name, the default first."""
    found = {p.stem: p for p in sorted((assumptions_folder() / "scenarios").glob("*.yaml"))}
    first = {DEFAULT_EXAMPLE: found.pop(DEFAULT_EXAMPLE)} if DEFAULT_EXAMPLE in found else {}
    return {**first, **found}


def current() -> Scenario:
    """The scenario of this session; the default example at first."""
    if "scenario" not in st.session_state:
        use(load_scenario(examples()[DEFAULT_EXAMPLE]))
        st.session_state["linked"] = st.session_state["scenario"]
    scenario: Scenario = st.session_state["scenario"]
    return scenario


def answered() -> Scenario:
    """The scenario of the answer that is shown; after a fault another one than the current."""
    scenario: Scenario = st.session_state["answered"]
    return scenario


def use(scenario: Scenario) -> None:
    """Make a scenario the session's, and let every widget show it anew."""
    st.session_state["scenario"] = scenario
    faults.forget()
    renew()


def renew() -> None:
    """Let every widget show the scenario anew, after something else than the widget itself changed it."""
    st.session_state["generation"] = st.session_state.get("generation", 0) + 1


def follow_link() -> None:
    """Open what the address says, where it says something else than this session last wrote: a link, Back, refresh."""
    current()
    asked = st.query_params.get(sharing.PARAMETER, "")
    if asked == st.session_state.get("link", ""):
        return
    st.session_state["link"] = asked
    try:
        use(sharing.scenario_from_parameter(asked) if asked else load_scenario(examples()[DEFAULT_EXAMPLE]))
        st.session_state["linked"] = current()
    except InputError as error:
        faults.refuse(faults.LINK, str(error).removeprefix("link: "))


def write_link() -> None:
    """Keep the address in step with the scenario, so that refresh loses nothing and Back is undo."""
    scenario = current()
    if scenario == st.session_state["linked"]:
        return
    parameter = sharing.address_parameter(scenario)
    if parameter is None:
        return  # `in_address` says so
    faults.accept(faults.LINK)
    st.session_state.update(link=parameter, linked=scenario)
    st.query_params[sharing.PARAMETER] = parameter


def in_address() -> bool:
    """Whether the address holds, or is about to hold, the scenario."""
    scenario = current()
    return scenario == st.session_state["linked"] or sharing.address_parameter(scenario) is not None


def key(name: str) -> str:
    """A widget's key, new for each scenario that was opened."""
    return f"{name}.{st.session_state.get('generation', 0)}"


def data() -> dict[str, Any]:
    """The scenario as plain data, as its file holds it."""
    return scenario_data(current())


def change(path: tuple[Any, ...], value: Any) -> None:
    """Set one value by its path in the scenario file; what the schema refuses is shown and changes nothing."""
    content: Any = data()
    place = content
    for step in path[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    if value is None:
        place.pop(path[-1], None)
    else:
        place[path[-1]] = value
    where = place_of(path)
    try:
        st.session_state["scenario"] = scenario_from(content, "form")
        faults.accept(where)
    except InputError as error:
        faults.refuse(where, str(error).removeprefix("form: ").removeprefix(f"{where}: "))


def place_of(path: tuple[Any, ...]) -> str:
    """The name of a place in the scenario file, as messages have it."""
    return ".".join(map(str, path))


def point() -> dict[str, Any] | None:
    """Figures at base values while the answer has yet to be simulated; None where it is there, or there is a fault."""
    scenario = current()
    if st.session_state.get("answered") == scenario or kept_result(scenario) is not None:
        return None
    try:
        return point_figures(scenario)
    except InputError:
        return None  # `answer` tells it


@contextmanager
def turn(progress: Progress | None = None) -> Iterator[None]:
    """One of a few simulations and files built at once: more would not be sooner, and each holds some hundred megabytes.

    Who waits asks `progress` now and then, so that a changed input ends the wait as it ends a simulation.
    """
    while not _TURNS.acquire(timeout=ASK_SECONDS):
        if progress is not None:
            progress(0, DEFAULT_DRAWS)
    try:
        yield
    finally:
        _TURNS.release()


def answer(progress: Progress | None = None) -> dict[str, Any] | None:
    """The result of the current scenario; after a fault the last good one, with the fault to be told.

    A changed input stops it at the next call of `progress`, which has to draw on the page: Streamlit raises there.
    """
    scenario = current()
    try:
        if st.session_state.get("answered") != scenario:
            with turn(progress):
                st.session_state["answer"] = evaluate_scenario(scenario, progress=progress).as_dict()
            st.session_state["answered"] = scenario
        faults.accept(faults.ANSWER)
    except InputError as error:
        faults.refuse(faults.ANSWER, str(error))
    last: dict[str, Any] | None = st.session_state.get("answer")
    return last
