"""The page: inputs at the side, the answer in the middle."""

import streamlit as st

from calculator.ui import (
    assumptions,
    break_even,
    compare,
    cost,
    faults,
    footprint,
    governance,
    headline,
    inputs,
    lock_in,
    login,
    overridden,
    priorities,
    quality,
    reference,
    security,
    sizing,
    state,
    uncertainty,
)
from calculator.ui.widgets import look
from calculator.wording import shown_in

# Parts of the answer by the name of their tab; only the open one is drawn.
TABS = {
    "Cost": cost.show,
    "Break-even": break_even.show,
    "How sure, what matters": uncertainty.show,
    "Priorities": priorities.show,
    "Sizing": sizing.show,
    "Rules and evidence": governance.show,
    "Lock-in": lock_in.show,
    "Security and controls": security.show,
    "Quality and the race": quality.show,
    "Footprint": footprint.show,
    "Assumptions": assumptions.show,
    "Compare": compare.show,
}

st.set_page_config(page_title="LLM adoption calculator", layout="wide")
login.required()
faults.start()
state.follow_link()
reference.follow_address()
places = headline.pending()  # before the side, which takes longer to draw than they do
with st.sidebar:
    st.header("LLM adoption calculator")
    inputs.side()
rest = st.container()
result = headline.answered(places)
if result is not None:
    with shown_in(result["currency"], result["usd_exchange_rate"]):
        headline.show(result)
        st.html(look())
        tabs = st.tabs(list(TABS), key="tab", on_change="rerun")
        for tab, (name, show) in zip(tabs, TABS.items(), strict=True):
            if tab.open:
                with tab:
                    st.header(name)
                    overridden.mark(name)
                    show(result)
with rest:
    faults.tell_rest()
state.write_link()
reference.write_address()
