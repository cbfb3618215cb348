"""The assumptions behind the answer: find them, see where they come from, and set own figures in their place."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import streamlit as st

from calculator.assumptions import Assumptions, Parameter, load_assumptions
from calculator.assumptions.bounds import bounds
from calculator.assumptions.parameter import Source, with_override
from calculator.assumptions.searching import matching
from calculator.errors import InputError
from calculator.own_figures import own_figure
from calculator.quantities import Range
from calculator.ui import faults, overridden, state
from calculator.ui.widgets import choosing_table, plain, source_text, web
from calculator.wording import quoted

SHOWN = 300
"""Rows shown at once; a search narrows down what is longer."""


def show(result: dict[str, Any]) -> None:
    """Own figures first, then what was found, then the one to change."""
    overridden.listed()
    words = st.text_input(
        "Search", placeholder="words of a name, description, source or note", key=state.key("assumptions.search")
    )
    everything = st.toggle("Also those that this answer does not use", key=state.key("assumptions.all"))
    shipped = load_assumptions()
    own = state.current().assumptions
    candidates = _candidates(result, everything)
    found = [with_override(p, own) for p in matching(candidates, words)]
    found.sort(key=lambda p: not p.overridden)
    st.caption(
        f"{len(found):,} of {len(candidates):,} assumptions" + (f", the first {SHOWN} shown" if len(found) > SHOWN else "")
    )
    rows = found[:SHOWN]
    pick = state.key("assumptions.pick")
    numbers = [p.id for p in found if isinstance(p.value, int | float) and p.id in _ids()]
    choosing_table(
        pd.DataFrame([_row(p, shipped) for p in rows]),
        "Assumptions with value, range, unit, date and source; a chosen row can be changed below",
        state.key(f"assumptions.table.{words}.{everything}.{','.join(own)}"),
        lambda row: st.session_state.update({pick: rows[row].id if rows[row].id in numbers else None}),
        source=st.column_config.LinkColumn("source, link", display_text="open"),
    )
    if st.session_state.get(pick) not in numbers:
        st.session_state.pop(pick, None)
    name = st.selectbox(
        "Set your own figure for", numbers, index=None, placeholder="choose here, or a row of the table", key=pick
    )
    if name is not None:
        _one(with_override(shipped.parameter(name), own), shipped.parameter(name))


def _candidates(result: dict[str, Any], everything: bool) -> list[Parameter]:
    """As shipped; figures that the answer derived, which have no entry of their own, as it used them."""
    shipped = load_assumptions()
    used = {p["id"]: p for p in result["assumptions_used"]}
    derived = [_derived(p) for name, p in used.items() if name not in _ids()]
    ids = shipped.ids() if everything else [name for name in used if name in _ids()]
    return [*(shipped.parameter(name) for name in ids), *derived]


@cache
def _ids() -> frozenset[str]:
    return frozenset(load_assumptions().ids())


def _derived(p: dict[str, Any]) -> Parameter:
    known = {key: p[key] for key in ("id", "unit", "low", "high", "as_of", "kind", "note", "description")}
    value = tuple(p["value"]) if isinstance(p["value"], list) else p["value"]
    return Parameter(value=value, source=Source(**p["source"]) if p["source"] else None, **known)


def _row(p: Parameter, shipped: Assumptions) -> dict[str, Any]:
    source = p.source.as_dict() if p.source else None
    return {
        "whose": overridden.MARK if p.overridden else "",
        "assumption": p.id,
        "what it is": p.description,
        "value": ", ".join(p.value) if isinstance(p.value, tuple) else _words(p.value),
        "low": _words(p.low),
        "high": _words(p.high),
        "unit": p.unit,
        "shipped": _words(shipped.parameter(p.id).value) if p.overridden else "",
        "as of": p.as_of,
        "kind": p.kind,
        "source": web(source["url"]) if source else None,
        "where": source_text({**source, "url": None}) if source else "",
        "note": p.note,
    }


def _words(value: Any) -> str:
    return quoted(value) if isinstance(value, int | float) else "" if value is None else str(value)


def _one(p: Parameter, shipped: Parameter) -> None:
    """What is known of one assumption, and the form that sets an own figure."""
    least, most = bounds(p)
    between = f"; between {quoted(least)} and {quoted(most)}" if most < float("inf") else ""
    spread = "" if shipped.low is None else f" ({_words(shipped.low)} to {_words(shipped.high)})"
    st.markdown(f"**{plain(p.description or p.id)}**  \nUnit: {plain(p.unit + between)}.")
    place = ("assumptions", p.id)
    key = state.key(f"own.{p.id}.{p.low}.{p.value}.{p.high}")
    with st.form(key, border=True):
        fields = st.columns(3)
        shape = _digits(p)
        low, value, high = (
            field.number_input(f"{label}, {p.unit}", value=now, format=shape, step=None, key=f"{key}.{label}")
            for field, label, now in zip(fields, ("Low", "Value", "High"), (p.low, p.number, p.high), strict=True)
        )
        use = st.form_submit_button("Use these figures", type="primary")
    faults.tell(state.place_of(place))
    st.caption(
        plain(
            f"Shipped: {_words(shipped.value)}{spread}, as of {shipped.as_of}, {shipped.kind}: "
            f"{source_text(shipped.source.as_dict()) if shipped.source else 'no source'}. Without low and high the figure "
            "is exact; a value changed alone moves its range in proportion."
        )
    )
    if p.overridden and st.button("Back to the shipped figure", key=state.key(f"assumptions.reset.{p.id}")):
        overridden.reset(p.id)
    if use:
        _use(p, place, value, low, high)


def _use(p: Parameter, place: tuple[str, str], value: float | None, low: float | None, high: float | None) -> None:
    if value is None:
        faults.refuse(state.place_of(place), "the value is empty; enter a number")
    else:
        try:
            figure = own_figure(p, value, low, high)
        except InputError as error:
            faults.refuse(state.place_of(place), str(error))
        else:
            state.change(place, figure.model_dump() if isinstance(figure, Range) else figure)
    st.rerun()


def _digits(p: Parameter) -> str:
    """Digits that show each of the figures whole, never in powers of ten."""
    figures = [f for f in (p.low, p.number, p.high) if f is not None]
    decimals = max((len(quoted(f).partition(".")[2]) for f in figures), default=0)
    return f"%.{min(decimals + 2, 12) if decimals else 2}f" if any(abs(f) < 1e15 for f in figures) else "%.0f"
