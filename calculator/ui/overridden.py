"""Where the reader's own figures stand in the place of shipped assumptions: named, marked and reset."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from calculator.assumptions import load_assumptions
from calculator.assumptions.parameter import with_override
from calculator.decision.words import input_label
from calculator.errors import InputError
from calculator.own_figures import acting
from calculator.quantities import Range
from calculator.ui import state
from calculator.ui.widgets import plain
from calculator.wording import quoted

MARK = "yours"
COSTS = "Cost"
"""Tabs that show costs: they rest on every figure that some option's cost rests on."""
COST_TABS = (COSTS, "Break-even", "How sure, what matters", "Priorities")
TOPICS = {
    "How sure, what matters": ("studies", "timing", "correlations", "preferences", "demand"),
    "Priorities": ("priorities", "preferences"),
    "Sizing": ("serving", "models", "gpus", "demand", "benchmark_prompts", "caching", "token_factors", "gpu_rental"),
    "Rules and evidence": ("security", "customization", "switching", "lifetimes", "price_steps", "providers"),
    "Lock-in": (
        "lifetimes", "lifetime_groups", "launches", "price_steps", "switching", "vendor_stability", "retirements",
        "lifecycle", "staffing",
    ),
    "Security and controls": ("security", "advisories", "patching", "responsibility"),
    "Quality and the race": ("quality", "scores", "timeline", "releases", "token_prices", "offers"),
    "Footprint": ("footprint", "grid", "facility", "models", "electricity"),
}  # fmt: skip
"""Topics of assumptions that a tab shows beyond the costs."""


def headline() -> None:
    """One line below the verdict where the answer rests on own figures."""
    own = state.answered().assumptions
    if lines := [_worded(name, own) for name in own]:
        st.info(plain(f"{_counted(len(lines))} overridden: " + "; ".join(lines) + "."), icon=":material/edit:")


def mark(tab: str) -> None:
    """A line at the top of a tab that names the own figures that act there."""
    own = state.answered().assumptions
    here = [name for name in own if _topic_of(name) in TOPICS.get(tab, ())]
    if tab in COST_TABS:
        costed = {name for names in acting(state.answered()).values() for name in names}
        here = [name for name in own if name in here or name in costed]
    if here:
        st.caption(plain("Your own figures act here: " + "; ".join(_worded(name, own) for name in here) + "."))


def of_option(name: str) -> str:
    """What a card says of the own figures that an option's cost rests on; empty where it rests on none."""
    found = acting(state.answered()).get(name, ())
    return f"rests on {len(found)} own figure{'s' if len(found) > 1 else ''}" if found else ""


def listed() -> None:
    """Every own figure with a way back, and one for all."""
    own = state.current().assumptions
    if not own:
        st.caption("Every figure is the shipped one. Choose one below to set your own; the answer follows at once.")
        return
    with st.container(border=True):
        st.markdown(f"**{_counted(len(own))} overridden**")
        for name in own:
            text, button = st.columns([5, 1], vertical_alignment="center")
            text.markdown(plain(f"{name}: {_worded(name, own)}"))
            if button.button("Reset", key=state.key(f"reset.{name}"), width="stretch"):
                reset(name)
        if st.button("Reset all", key=state.key("reset.all")):
            reset()


def reset(name: str | None = None) -> None:
    """Back to the shipped figure, of one or of all, and draw the page anew."""
    state.change(("assumptions",) if name is None else ("assumptions", name), None)
    st.rerun()


def _counted(number: int) -> str:
    return f"{number} assumption{'' if number == 1 else 's'}"


def _worded(name: str, own: Mapping[str, Range | float]) -> str:
    """The own figure in words, with the shipped one behind."""
    try:
        shipped = load_assumptions().parameter(name)
    except InputError:
        return "there is no such assumption"
    now = with_override(shipped, own)
    spread = "" if now.low is None or now.high is None else f" ({quoted(now.low)} to {quoted(now.high)})"
    label = input_label(name, {name: shipped})
    return f"{label}: {quoted(now.number)}{spread} {now.unit}, shipped {quoted(shipped.number)}"


def _topic_of(name: str) -> str:
    return name.split(".")[0]
