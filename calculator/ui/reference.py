"""The scenario that the current one is compared with: kept by the session and, where it fits, by the address."""

from __future__ import annotations

import streamlit as st

from calculator import sharing
from calculator.errors import InputError
from calculator.scenario import Scenario
from calculator.ui import faults, state

PARAMETER = "with"
"""Of the address, so that refresh and Back keep what is compared; a shared link has none."""
PLACE = "compared with"


def current() -> Scenario | None:
    """What to compare with; None where nothing was chosen yet."""
    found: Scenario | None = st.session_state.get("reference")
    return found


def use(scenario: Scenario | None) -> None:
    """Compare with this scenario from now on."""
    st.session_state["reference"] = scenario
    st.session_state["reference.number"] = st.session_state.get("reference.number", 0) + 1
    faults.accept(PLACE)


def key(name: str) -> str:
    """A widget's key, new for each scenario that was chosen."""
    return f"reference.{name}.{st.session_state.get('reference.number', 0)}"


def keep() -> None:
    """Compare with the scenario as it is now."""
    use(state.current())


def swap() -> None:
    """Make the other one the session's scenario and compare it with the present one."""
    if (other := current()) is not None:
        keep()
        state.use(other)


def follow_address() -> None:
    """Take what the address says, where it says something else than this session last wrote."""
    asked = st.query_params.get(PARAMETER, "")
    if asked == st.session_state.get("reference.link", ""):
        return
    st.session_state["reference.link"] = asked
    try:
        use(sharing.scenario_from_parameter(asked) if asked else None)
        st.session_state["reference.linked"] = current()
    except InputError as error:
        faults.refuse(PLACE, str(error).removeprefix("link: "))


def write_address() -> None:
    """Keep the address in step with what is compared; what cannot go by link stays with the session alone."""
    scenario = current()
    if scenario == st.session_state.get("reference.linked"):
        return
    st.session_state["reference.linked"] = scenario
    parameter = "" if scenario is None else sharing.address_parameter(scenario) or ""
    st.session_state["reference.link"] = parameter
    if parameter:
        st.query_params[PARAMETER] = parameter
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
