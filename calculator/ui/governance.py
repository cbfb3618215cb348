"""What is allowed, on which evidence: options by dimension, the evidence behind each cell, licences, prices of rules."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator.ui.widgets import plain, source_text, table, web
from calculator.wording import GATE_WORDS, money, ranked

FIELDS = {"strict": "feasibility", "optimistic": "feasibility_optimistic"}
DIMENSIONS = {
    "data_ownership": "data ownership",
    "lock_in": "lock-in",
    "security": "security",
    "customization": "customization",
    "quality": "quality",
}
READINGS = {
    "strict": "Strict: what is not proven does not pass",
    "optimistic": "Optimistic: what is not proven passes",
}


def show(result: dict[str, Any]) -> None:
    """The view, most compact first."""
    reading = st.radio("Reading", list(READINGS), format_func=READINGS.__getitem__, horizontal=True, key="reading")
    table(_overview(result, reading), "Options by dimension, with gate result and money in each cell")
    st.caption(
        "Each cell: what the gates say, the rules that are open, and its money over the horizon: of lock-in the median of "
        "forced moves, price steps and leaving; of security the expected loss, beside the cost; of customization what "
        "fine-tuning costs. A dash is an amount that is not known."
    )
    for reason in money_reasons(result["options"]):
        st.caption(plain(reason))
    _rule_prices(result)
    _evidence(result, reading)
    st.caption(plain("Not judged: " + "; ".join(result["verdict"]["not_judged"]) + "."))
    st.caption(plain(result["verdict"]["counsel"]))


def _overview(result: dict[str, Any], reading: str) -> pd.DataFrame:
    field = FIELDS[reading]
    return pd.DataFrame(
        [
            {
                "option": o["id"],
                "all rules": GATE_WORDS[o[field]],
                **{label: _cell(o, dimension, field) for dimension, label in DIMENSIONS.items()},
            }
            for o in ranked(result["options"])
        ]
    )


def _cell(option: dict[str, Any], dimension: str, field: str) -> str:
    """Gate result, open rules and money of one option in one dimension."""
    found = option["governance"]["dimensions"][dimension]
    parts = []
    if found["feasibility"] is None:
        parts.append("nothing asked")
    else:
        parts.append(GATE_WORDS[found[field]])
        if found["open_rules"] and found[field] != "pass":
            parts[0] += f" ({', '.join(found['open_rules'])})"
    usd = dimension_usd(option, dimension)
    if usd is not None:
        parts.append(usd)
    return " · ".join(parts)


def dimension_usd(option: dict[str, Any], dimension: str) -> str | None:
    """Money of a dimension in words, or a dash where it is not known; None where a dimension has no money of its own."""
    if dimension == "lock_in":
        lock_in = option["lock_in_usd"]
        return "–" if lock_in is None else money(lock_in["p50"])
    if dimension == "security":
        loss = option["security_loss_usd"]
        return "–" if loss is None else money(loss["expected"])
    if dimension == "customization":
        tuned = option["cost_lines_usd"].get("fine_tuning")
        return None if tuned is None else money(tuned)
    return None


def money_reasons(options: list[dict[str, Any]]) -> list[str]:
    """Why a cell has a dash instead of an amount, once for each reason."""
    fields = {"lock_in_usd": "Lock-in", "security_loss_usd": "Security"}
    found = [
        f"{label}: {o['null_reasons'][field]}."
        for field, label in fields.items()
        for o in options
        if o[field] is None and field in o["null_reasons"]
    ]
    return list(dict.fromkeys(found))


def _rule_prices(result: dict[str, Any]) -> None:
    prices = result["rule_prices_usd"]
    if not prices:
        return
    titles = {g["rule"]: g["title"] for o in result["options"] for g in o["gates"]}
    st.subheader("What the rules cost")
    rows = [
        {
            "rule": f"{rule} {titles.get(rule, '')}",
            "best option without it": price["best"],
            "would save, about": "nothing passes with it" if price["saving_usd"] is None else money(price["saving_usd"]),
        }
        for rule, price in prices.items()
    ]
    table(pd.DataFrame(rows), "For each rule that binds: the best option without it, at today's alternatives")


def _evidence(result: dict[str, Any], reading: str) -> None:
    st.subheader("Evidence")
    options = {o["id"]: o for o in ranked(result["options"])}
    left, right = st.columns(2)
    name = left.selectbox("Option", list(options), key="evidence_option")
    open_only = right.toggle("Only what does not pass", key="evidence_open")
    option = options[name]
    passing = ("pass",) if reading == "strict" else ("pass", "needs_evidence")
    for reason in option["governance"]["explanation"]:
        st.markdown(f"- **{plain(reason['title'])}**: {plain(reason['statement'])}. {plain(_mend(reason['remedy']))}")
    shown = [g for g in option["gates"] if not open_only or g["outcome"] not in passing]
    if shown:
        table(
            pd.DataFrame([_row(g) for g in shown]),
            f"Rules, facts and sources of {name}",
            link=st.column_config.LinkColumn(display_text="open"),
        )
    for licence in option["governance"]["licences"]:
        _licence(licence)


def _mend(remedy: str) -> str:
    return f"What would change it: {remedy}." if remedy else ""


def _row(gate: dict[str, Any]) -> dict[str, Any]:
    source = gate["source"]
    return {
        "rule": f"{gate['rule']} {gate['title']}",
        "outcome": GATE_WORDS[gate["outcome"]],
        "whose": "yours" if gate["own_evidence"] else "public",
        "what is known": gate["statement"] + (f" (public facts: {gate['overrides']})" if gate["overrides"] else ""),
        "would change with": gate["remedy"],
        "fact": gate["fact"],
        "source": source_text({**source, "url": None} if source else None),
        "link": web(source["url"] if source else None),
        "as of": gate["as_of"],
        "grade": gate["grade"],
    }


def _licence(licence: dict[str, Any]) -> None:
    with st.expander(f"Licence of {plain(licence['model'])}: {plain(licence['licence'])}"):
        for clause in licence["clauses"]:
            st.markdown("- " + plain(clause))
        if web(licence["url"]):
            st.link_button("Read the licence", licence["url"])
        st.caption(plain(f"{source_text(licence['source'])}; as of {licence['as_of']}, grade {licence['grade']}"))
