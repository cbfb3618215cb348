"""What was entered and not used, told once: beside its field where that is drawn, else above the answer."""

from __future__ import annotations

import streamlit as st

from calculator.ui.widgets import plain

ANSWER = "answer"
"""The place of a fault that only the calculation found."""
LINK = "link"
_HEADINGS = {ANSWER: "Not computed; the last good answer is shown", LINK: "This link was not opened"}


def start() -> None:
    """Begin a run of the page: nothing has been told yet."""
    _told().clear()


def refuse(place: str, text: str) -> None:
    """Remember what is wrong at a place; it stays until something there is accepted, or another scenario opened."""
    _open()[place] = text


def accept(place: str) -> None:
    """Nothing is wrong there any more."""
    _open().pop(place, None)


def forget() -> None:
    """Nothing is wrong anywhere: another scenario was opened."""
    _open().clear()


def tell(place: str) -> None:
    """Say below a field why what stands in it is not used; draws nothing where it is."""
    if text := _open().get(place):
        _told().add(place)
        st.error(plain(f"Not used: {text}. The last good answer stays."))


def tell_general() -> None:
    """Say what has no field: a link that was not opened, an answer that could not be computed."""
    for place, heading in _HEADINGS.items():
        if text := _open().get(place):
            _told().add(place)
            st.error(plain(f"{heading}: {text}."))


def tell_rest() -> None:
    """Say what no field has told, a line each; call it after all fields are drawn."""
    for place, text in _open().items():
        if place not in _told():
            st.error(plain(f"Not used; the last good answer stays: {text}."))


def _told() -> set[str]:
    """Places told in this run of the page."""
    found: set[str] = st.session_state.setdefault("told", set())
    return found


def _open() -> dict[str, str]:
    found: dict[str, str] = st.session_state.setdefault("faults", {})
    return found
