"""Security losses, customization, who is responsible for what, and the controls to ask for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.ui.widgets import dark, draw, plain, source_text, table
from calculator.wording import money, ranked

ROUTE_WORDS = {"api": "API", "hosted": "host", "rented": "rented GPUs", "owned": "own servers"}
ANSWERS = {"yes": "yes", "no": "no", "unknown": "not known"}


def show(result: dict[str, Any]) -> None:
    """The view, money first."""
    _losses(result)
    _customization(result)
    _responsibility(result["controls"])
    _checklist(result["controls"])


def _losses(result: dict[str, Any]) -> None:
    st.subheader("Security losses")
    one = result["options"][0]["security_loss_usd"]
    st.caption(
        "Beside the money, not in it, unless the scenario switches on the expected difference to the baseline. "
        "No route is taken to be safer than another: published incident counts have no denominators. An own "
        "assessment goes in as security\\_ratio of an option."
    )
    if not one["workload_share_is_stated"]:
        st.warning(
            "The scenario does not say which share of the organization's AI exposure this workload is; a tenth is "
            "assumed so that a size can be seen. State security.workload\\_share."
        )
    draw(charts.loss_exceedance(result, dark=dark()), "security-losses", charts.loss_alt(result))
    rows = [
        {
            "option": o["id"],
            "a year, expected, USD": round(loss["expected"]),
            "P10 of that, USD": round(loss["expected_p10"]),
            "P90 of that, USD": round(loss["expected_p90"]),
            "chance of any in a year, %": round(100 * loss["probability_of_any"], 3),
            "P95 of a year, USD": round(loss["p95"]),
            "P99 of a year, USD": round(loss["p99"]),
            "worst 5 % of years, mean, USD": round(loss["mean_of_worst_5_percent"]),
            "horizon, expected, USD": round(loss["horizon"]["expected"]),
            "P99 of the horizon, USD": round(loss["horizon"]["p99"]),
        }
        for o in ranked(result["options"])
        for loss in [o["security_loss_usd"]]
    ]
    table(pd.DataFrame(rows), "Security losses by option")
    size = one["loss_of_an_incident"]
    st.caption(
        plain(
            f"One incident: median {money(size['median'])}, one in twenty above {money(size['p95'])}, "
            f"at most {money(size['cap'])}. A percentile of 0 means that years without any loss are likelier than that."
        )
    )


def _customization(result: dict[str, Any]) -> None:
    st.subheader("How far each option can be made your own")
    rows = [
        {
            "option": o["id"],
            **{level["title"]: ANSWERS[level["answer"]] for level in o["customization"]["levels"]},
            "fine-tuning in the cost, USD": o["cost_lines_usd"].get("fine_tuning", 0.0),
        }
        for o in ranked(result["options"])
    ]
    table(pd.DataFrame(rows), "What each option lets be customized")
    with st.expander("Evidence"):
        evidence = [
            {
                "option": o["id"],
                "step": level["title"],
                "answer": ANSWERS[level["answer"]],
                "what is known": level["statement"],
                "source": source_text(level["source"]),
                "as of": level["as_of"],
            }
            for o in ranked(result["options"])
            for level in o["customization"]["levels"]
        ]
        table(pd.DataFrame(evidence), "Evidence on customization")


def _responsibility(controls: dict[str, Any]) -> None:
    st.subheader("Who is responsible for what")
    rows = [
        {
            "what": row["topic"],
            **{ROUTE_WORDS[route]: row["owners"][route] for route in controls["routes"]},
            "remark": row["remark"] or "",
        }
        for row in controls["responsibility"]
    ]
    table(pd.DataFrame(rows), "Responsibility by route")
    st.caption("What is the customer's on every route speaks for none of them. The contract decides; not legal advice.")


def _checklist(controls: dict[str, Any]) -> None:
    st.subheader("Controls to ask for")
    routes = controls["routes"]
    route = st.radio("Route", routes, format_func=ROUTE_WORDS.__getitem__, horizontal=True, key="checklist_route")
    whose = st.multiselect(
        "Whose", ["customer", "shared", "provider"], default=["customer", "shared"], key="checklist_owner"
    )
    rows = [
        {
            "control": c["control"],
            "whose": c["owners"][route],
            "what shows it": c["evidence"],
            "OWASP 2026": ", ".join(r["id"] for r in c["owasp_2026"]),
            "OWASP 2025": ", ".join(c["owasp_2025"]),
            "NIST AI 600-1": ", ".join(c["nist_ai_600_1"]),
            "MITRE ATLAS": ", ".join(t["id"] for t in c["mitre_atlas"]),
        }
        for c in controls["checklist"]
        if c["owners"][route] in whose
    ]
    if rows:
        table(pd.DataFrame(rows), "Controls with owner and keys")
    st.caption(plain(f"Keys: {source_text(controls['source'])}."))
