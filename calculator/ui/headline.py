"""What everybody sees first: the verdict, the options as cards, why, and the files to take away."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import Any, NamedTuple

import streamlit as st

from calculator import sharing
from calculator.decision.simulation import Progress
from calculator.errors import InputError
from calculator.evaluate import evaluate_scenario, pinned
from calculator.report import report_pdf, reported
from calculator.report.workbook import workbook_xlsx
from calculator.scenario import Scenario, dump_scenario
from calculator.ui import faults, overridden, reference, state
from calculator.ui.cards import SHOWN, cards_of, draw
from calculator.ui.widgets import plain
from calculator.wording import shown_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SENDING_SECONDS = 0.015
"""How long the interpreter is left to what sends the pending figures, before the simulation claims it for itself."""
SIMULATING = 0.8
"""Share of the time that goes into drawing; the rest weighs what was drawn."""


class Places(NamedTuple):
    """Where the parts of the answer stand, in their order on the page."""

    fault: Any
    title: Any
    verdict: Any
    cards: Any
    more: Any
    """Options beyond the first few; None where there are none, or they are folded away."""
    tell: Progress | None
    """Draws how far the simulation is; None where there is nothing to simulate."""


def pending() -> Places:
    """Figures at base values at once, marked pending, until the simulated ones take their place."""
    point, worded = state.point(), []  # both before the places, which empty what stands there
    if point is not None:
        with shown_in(point["currency"], point["usd_exchange_rate"]):
            worded = cards_of(point["options"], None)
    fault, title, verdict, first = st.container(), st.empty(), st.empty(), st.empty()
    more, tell = _more(len(state.current().options) - SHOWN), None
    if point is not None:
        title.title(plain(point["title"]))
        tell = _progress(verdict)
        draw(worded, first, more)
        sleep(SENDING_SECONDS)
    return Places(fault, title, verdict, first, more, tell)


def answered(places: Places) -> dict[str, Any] | None:
    """The answer, shown in its places."""
    result = state.answer(places.tell)
    with places.fault:
        faults.tell_general()
    if result is None:
        return None
    verdict = result["verdict"]
    with shown_in(result["currency"], result["usd_exchange_rate"]):
        places.title.title(plain(result["title"]))
        say = places.verdict.warning if verdict["too_close"] or verdict["winner"] is None else places.verdict.success
        say(plain(verdict["text"]))
        draw(cards_of(result["options"], verdict["winner"]), places.cards, places.more)
    return result


def _more(options: int) -> Any:
    """The inside of a fold for so many options, where it is open."""
    if options <= 0:
        return None
    fold = st.expander(f"{options} more options", key="more", on_change="rerun")
    return fold.empty() if fold.open else None


def _progress(place: Any) -> Callable[[int, int], None]:
    """A bar in the verdict's place; drawing on it is where a changed input stops the simulation."""
    bar = place.progress(0.0, "Figures at base values; how sure they are is being simulated …")

    def tell(done: int, of: int) -> None:
        bar.progress(SIMULATING * done / of, f"Figures at base values; {done:,} of {of:,} draws simulated …")

    return tell


def show(result: dict[str, Any]) -> None:
    """What follows the cards: own figures, warnings, reasons, files to take away."""
    overridden.headline()
    if not state.in_address():
        st.info("The address cannot hold this scenario (long, or with a measured profile): save its file before a refresh.")
    for warning in result["warnings"]:
        st.info(plain(warning))
    with st.expander("Why, and what would change it", expanded=True):
        st.markdown("\n".join("- " + plain(reason) for reason in result["verdict"]["reasons"]))
    downloads()


def downloads() -> None:
    """The scenario with its pins, and the report and the workbook, which are built when asked for."""
    current = state.current()  # files are built in a thread that knows no session
    scenario = pinned(current)

    def text() -> str:
        return dump_scenario(scenario)

    def pdf() -> bytes:
        with state.turn():
            return report_pdf(reported(current, evaluate_scenario(current)), text())

    def workbook() -> bytes:
        with state.turn():
            return workbook_xlsx(evaluate_scenario(current).as_dict(), text())

    report, sheets, file, kept, share = st.columns([5, 6, 4, 5, 5])
    report.download_button(
        "Report as PDF", pdf, "report.pdf", "application/pdf", on_click="ignore", width="stretch", type="primary"
    )
    sheets.download_button("Workbook with formulas", workbook, "plan.xlsx", XLSX, on_click="ignore", width="stretch")
    file.download_button("Scenario file", text, "scenario.yaml", "application/yaml", on_click="ignore", width="stretch")
    kept.button("Keep to compare", key="keep", on_click=_keep, width="stretch")
    link = share.popover("Share a link", width="stretch", key="share", on_change="rerun")
    if link.open:
        with link:
            _share(scenario)


def _keep() -> None:
    reference.keep()
    st.toast("Kept. Change something, then open the tab Compare.")


def _share(scenario: Scenario) -> None:
    try:
        text = sharing.link(scenario, (st.context.url or "").split("?")[0])
    except InputError as error:
        st.text(str(error).removeprefix("link: "))
        st.download_button(
            "Scenario file instead", lambda: dump_scenario(scenario), "scenario.yaml", "application/yaml", on_click="ignore"
        )
        return
    st.code(text, language=None, wrap_lines=True)
    st.caption("The link holds the inputs themselves. Proxies and chat programs log links: what is secret goes by file.")
