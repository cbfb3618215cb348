"""The answer: verdict, options, charts, tables, files."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.evaluate import evaluate_scenario, pinned
from calculator.report import report_pdf
from calculator.scenario import dump_scenario
from calculator.terminal import GATE_WORDS, money, percent, ranked
from calculator.ui import state


def plain(text: str) -> str:
    """Text as Markdown that shows it literally: what comes from a file is never markup."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~$:^=&@/])", r"\\\1", text)


def show(result: dict[str, Any]) -> None:
    """The whole answer, headline first."""
    verdict = result["verdict"]
    st.title(plain(result["title"]))
    box = st.warning if verdict["too_close"] or verdict["winner"] is None else st.success
    box(plain(verdict["text"]))
    for warning in result["warnings"]:
        st.info(plain(warning))
    _cards(result)
    _charts(result)
    st.subheader("Options side by side")
    st.dataframe(_table(result), hide_index=True, alt="Options with gates, costs and scores")
    with st.expander("Why, and what would change it", expanded=True):
        for reason in verdict["reasons"]:
            st.markdown("- " + plain(reason))
    with st.expander("What is allowed, on which evidence"):
        st.dataframe(_gates(result), hide_index=True, alt="Rules, outcomes and sources by option")
    with st.expander("Own GPUs: how each fleet is sized"):
        st.dataframe(_sizing(result), hide_index=True, alt="Replica and fleet of each option on own GPUs")
    with st.expander("Assumptions behind this answer"):
        st.dataframe(_assumptions(result), hide_index=True, alt="Every assumption used with its source and date")
    _downloads()


def _cards(result: dict[str, Any]) -> None:
    options = ranked(result["options"])
    columns = st.columns(min(4, len(options)))
    for place, option in enumerate(options):
        with columns[place % len(columns)].container(border=True):
            mark = " · winner" if option["id"] == result["verdict"]["winner"] else ""
            st.markdown(f"**{plain(option['id'])}**{mark}  \n{option['route']} · {GATE_WORDS[option['feasibility']]}")
            st.metric(
                f"first month → {money(option['last_month_cost_usd'])} last",
                money(option["first_month_cost_usd"]),
                chart_data=option["monthly_cost_usd"][1:-1] or None,
                help="Cost of the first and last month in USD",
            )
            npv = option["npv_usd"]
            st.caption(
                plain(
                    f"present value {money(npv['p10'])} to {money(npv['p90'])} (P10 to P90); "
                    f"{money(option['usd_per_million_tokens'])} per million tokens; "
                    f"cheapest in {percent(option['probability_cheapest'])} of draws"
                )
            )


def _charts(result: dict[str, Any]) -> None:
    dark = st.context.theme.type == "dark" if st.context.theme else False
    text = charts.alt_text(result)
    for build in (charts.cumulative_cost, charts.cost_breakdown, charts.cost_ranges):
        spec, records = build(result, dark=dark)
        st.vega_lite_chart(pd.DataFrame(records), spec, theme=None, width="stretch", alt=text)


def _table(result: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for option in ranked(result["options"]):
        quality, gpus, npv = option["quality"], option["gpus"], option["npv_usd"]
        rows.append(
            {
                "option": option["id"],
                "route": option["route"],
                "gates": GATE_WORDS[option["feasibility"]],
                "score": quality["score"] if quality else None,
                "scored at": quality["effort"] if quality else None,
                "GPUs at peak": gpus["peak"] if gpus else None,
                "first month, USD": round(option["first_month_cost_usd"]),
                "last month, USD": round(option["last_month_cost_usd"]),
                "USD per M tokens": round(option["usd_per_million_tokens"], 3),
                "PV P10, USD": round(npv["p10"]),
                "PV P50, USD": round(npv["p50"]),
                "PV P90, USD": round(npv["p90"]),
                "cheapest": percent(option["probability_cheapest"]),
                "notes": "; ".join(option["notes"]),
            }
        )
    return pd.DataFrame(rows)


def _source(source: dict[str, Any] | None) -> str:
    return ", ".join(x for x in (source["title"], source["locator"], source["url"]) if x) if source else ""


def _gates(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                "rule": f"{g['rule']} {g['title']}",
                "outcome": GATE_WORDS[g["outcome"]],
                "what is known": g["statement"],
                "would change with": g["remedy"],
                "source": _source(g["source"]),
                "as of": g["as_of"],
            }
            for o in ranked(result["options"])
            for g in o["gates"]
        ]
    )


def _sizing(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                "replica": f"{s['gpus_per_replica']} x {s['gpu']}",
                "weights, GiB": round(s["weights_gib"], 1),
                "KV cache, GiB": round(s["kv_gib"], 1),
                "tokens/s a replica": round(s["tokens_per_second_per_replica"]),
                "sequences at once": round(s["batch"]),
                "ms a token": round(s["tpot_ms"], 1),
                "binds": s["binds"],
                "replicas, first month": s["replicas_first_month"],
                "replicas, peak": s["replicas_peak"],
                "utilization, first month": percent(s["utilization_first_month"]),
            }
            for o in ranked(result["options"])
            if (s := o["sizing"])
        ]
    )


def _assumptions(result: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "assumption": p["id"],
                "value": ", ".join(p["value"]) if isinstance(p["value"], list) else str(p["value"]),
                "low": p["low"],
                "high": p["high"],
                "unit": p["unit"],
                "as of": p["as_of"],
                "kind": p["kind"],
                "set by you": p["overridden"],
                "source": _source(p["source"]),
                "note": p["note"],
            }
            for p in result["assumptions_used"]
        ]
    )


def _downloads() -> None:
    scenario = pinned(state.current())

    def pdf() -> bytes:
        return report_pdf(evaluate_scenario(state.current()).as_dict(), dump_scenario(scenario))

    left, right = st.columns(2)
    left.download_button(
        "Scenario file", dump_scenario(scenario), "scenario.yaml", "application/yaml", on_click="ignore", width="stretch"
    )
    right.download_button("Report as PDF", pdf, "report.pdf", "application/pdf", on_click="ignore", width="stretch")
