"""The page: inputs at the side, the answer in the middle."""

import streamlit as st

from calculator.ui import inputs, results, state

st.set_page_config(page_title="LLM adoption calculator", layout="wide")
with st.sidebar:
    st.header("LLM adoption calculator")
    inputs.side()
result = state.answer()
if problem := st.session_state.get("problem"):
    st.error("Not computed; the last good answer is shown.")
    st.text(problem)
if result is not None:
    results.show(result)
