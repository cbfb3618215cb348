"""Two scenarios side by side: what differs, both verdicts, every option's cost, and why the answer moved."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.attribution import attribution, side_by_side
from calculator.errors import InputError
from calculator.scenario import load_scenario
from calculator.sharing import open_link, scenario_from_bytes
from calculator.ui import faults, reference, state
from calculator.ui.widgets import dark, draw, plain, table
from calculator.wording import GATE_WORDS, percent

GROUPS = {
    "volume": "volume", "requests": "requests", "dates": "dates", "assumptions": "own figures", "options": "options",
    "rules": "rules", "economics": "economics", "weighing": "weighing",
}  # fmt: skip
OTHER = "Evaluating the other scenario …"
STEPS = "Evaluating each step …"


def show(result: dict[str, Any]) -> None:
    """A, the other scenario; B, the one at the side; then what differs, the options, and the way from A to B."""
    _choose()
    other = reference.current()
    if other is None:
        st.caption(
            "Choose what to compare with, or keep the scenario as it is now and change something: it is A, what stands at "
            "the side is B."
        )
        return
    place = st.empty()
    try:
        sides = side_by_side(other, state.answered(), tell=lambda n, of: place.progress(n / of, OTHER))
    except InputError as error:
        place.error(plain(str(error)))
        return
    place.empty()
    _verdicts(sides)
    _differences(sides["differences"])
    _options(sides)
    if sides["differences"]:
        _why(sides)


def _choose() -> None:
    """Four ways to say what to compare with."""
    now, example, file, link = st.columns(4, vertical_alignment="bottom")
    now.button("Keep the scenario as it is now", key="reference.keep", on_click=reference.keep, width="stretch")
    example.selectbox(
        "A worked example",
        list(state.examples()),
        index=None,
        placeholder="choose",
        key="reference.example",
        on_change=_example,
    )
    link.text_input("A link", placeholder="paste it here", key="reference.pasted", on_change=_pasted)
    with file.popover("A scenario file or report", width="stretch"):
        st.file_uploader(
            "Scenario file or report", type=["yaml", "yml", "json", "pdf"], key=reference.key("file"), on_change=_uploaded
        )
    faults.tell(reference.PLACE)


def _example() -> None:
    if (name := st.session_state["reference.example"]) is not None:
        reference.use(load_scenario(state.examples()[name]))
        st.session_state["reference.example"] = None


def _pasted() -> None:
    if text := st.session_state["reference.pasted"].strip():
        try:
            reference.use(open_link(text))
            st.session_state["reference.pasted"] = ""
        except InputError as error:
            faults.refuse(reference.PLACE, str(error).removeprefix("link: "))


def _uploaded() -> None:
    if (file := st.session_state[reference.key("file")]) is not None:
        try:
            reference.use(scenario_from_bytes(file.getvalue(), file.name))
        except InputError as error:
            faults.refuse(reference.PLACE, str(error))


def _verdicts(sides: dict[str, Any]) -> None:
    for column, name in zip(st.columns(2), ("a", "b"), strict=True):
        side, verdict = sides[name], sides[name]["verdict"]
        with column.container(border=True):
            st.markdown(f"**{name.upper()} · {plain(side['title'])}**")
            st.markdown(plain(verdict["text"]))
            for warning in side["warnings"]:
                st.caption(plain(f"Note: {warning}."))
    swap, drop, _ = st.columns([1, 1, 2])
    swap.button("Swap A and B", key="reference.swap", on_click=reference.swap, width="stretch")
    drop.button("Stop comparing", key="reference.drop", on_click=reference.use, args=(None,), width="stretch")


def _differences(found: list[dict[str, Any]]) -> None:
    st.subheader("What differs")
    if not found:
        st.markdown("Nothing that moves a figure.")
        return
    rows = [{"what": d["label"], "from A to B": d["text"], "kind": GROUPS[d["group"]]} for d in found]
    table(pd.DataFrame(rows), "Fields in which the two scenarios differ, from A to B")


def _options(sides: dict[str, Any]) -> None:
    st.subheader("Options side by side")
    rows = []
    for option in sides["options"]:
        a, b = option["a"], option["b"]
        row: dict[str, Any] = {"option": option["id"], "route": (b or a)["route"]}
        for name, side in (("A", a), ("B", b)):
            row[f"gates, {name}"] = "not there" if side is None else GATE_WORDS[side["feasibility"]]
        for name, side in (("A", a), ("B", b)):
            row[f"expected cost, USD, {name}"] = None if side is None else side["npv_usd"]["mean"]
        row["change, USD"] = option["change_usd"]
        for name, side in (("A", a), ("B", b)):
            row[f"cheapest in draws, {name}"] = "–" if side is None else percent(side["probability_cheapest"])
        rows.append(row)
    table(
        pd.DataFrame(rows), "Gates, expected present value of cost and chance of being cheapest of every option in A and B"
    )
    if sides["a"]["horizon_months"] != sides["b"]["horizon_months"]:
        st.caption("The horizons differ: present values add up unlike spans of time.")


def _why(sides: dict[str, Any]) -> None:
    st.subheader("Why the answer moved")
    other = reference.current()
    place = st.empty()
    try:
        found = attribution(other, state.answered(), tell=lambda n, of: place.progress(n / of, STEPS)) if other else {}
    except InputError as error:
        place.error(plain(str(error)))
        return
    place.empty()
    ahead = [] if found["choice"] is None else [charts.ahead_words(found)]
    if not ahead:
        st.markdown(plain(f"Not said of the option ahead: {found['null_reasons']['choice']}."))
    names = [*ahead, *found["options"]]
    if not names:
        st.caption("The two have no option in common.")
        return
    picked = st.selectbox("Cost of", names, key=f"compare.of.{bool(ahead)}")
    option = None if picked in ahead else picked
    alt = charts.attribution_alt(found, option)
    chart = charts.attribution_waterfall(found, option, dark=dark())
    draw(chart, "from-a-to-b", alt)
    if any(record["usd_to"] < 0 < record["usd_room"] for record in chart[1]):
        st.caption("Bars are means over both orders of the steps: on the way they may pass 0, the two scenarios do not.")
    effects = (found["choice"] if option is None else found["options"][option])["steps_usd"]
    for number, (step, usd) in enumerate(zip(found["steps"], effects, strict=True), 1):
        then = "nothing passes every gate" if step["leader"] is None else f"{step['leader']} is ahead"
        close = ", too close to call" if step["leader"] and not step["wins"] else ""
        st.markdown(plain(f"{number} {step['label']}: {charts.signed(usd)}; then {then}{close}."))
    st.caption(plain(f"{found['convention']} {sides['draws']:,} draws, the same for every step."))
