"""Who may use the form: anybody who reaches it, or those whom an OpenID Connect provider knows, by Streamlit's own login.

It is asked for by an `[auth]` table in Streamlit's `secrets.toml`; without one nobody has to sign in.
"""

from __future__ import annotations

from importlib.util import find_spec

import streamlit as st


def asked_for() -> bool:
    """Whether the server has a provider to sign in with."""
    return bool(st.secrets.load_if_toml_exists()) and "auth" in st.secrets


def required() -> None:
    """Let pass who is signed in, and everybody where no login is asked for; others get a button and nothing else."""
    if not asked_for():
        return
    if find_spec("authlib") is None:
        st.error("This form asks for a login that it cannot make: install the extra, `pip install 'llm-adoption[login]'`.")
        st.stop()
    if not st.user.get("is_logged_in", False):
        st.title("LLM adoption calculator")
        st.markdown("Sign in to use this form. A link that you were given has to be opened once more afterwards.")
        st.button("Sign in", type="primary", on_click=st.login)
        st.stop()
    st.sidebar.button("Sign out", on_click=st.logout, type="tertiary")
