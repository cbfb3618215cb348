"""What everybody sees first: the verdict, the options as cards, why, and the files to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from calculator import sharing
from calculator.charts.style import COLOURS
from calculator.decision.simulation import Progress
from calculator.errors import InputError
from calculator.evaluate import evaluate_scenario, pinned
from calculator.report import report_pdf, reported
from calculator.report.workbook import workbook_xlsx
from calculator.scenario import Scenario, dump_scenario
from calculator.ui import faults, overridden, reference, state
from calculator.ui.sparkline import picture, sparkline
from calculator.ui.widgets import dark, plain
from calculator.wording import GATE_WORDS, money, percent, ranked, same_words, shown_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINE, LINE_DARK = COLOURS[0], COLOURS[4]
CARDS = 6
"""Options shown as cards before the rest is folded away."""
MONTH = (
    "The running bill of the first and the last month at base values: usage with price steps, rent, lease, power, "
    "colocation, support, people, evaluation, audits. Set-up, moves, refresh, servers bought or sold and exit are in the "
    "present value; the small chart shows the months with what falls into them."
)
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
    point = state.point()  # before the places, which empty what stands there
    fault, title, verdict, cards = st.container(), st.empty(), st.empty(), st.empty()
    more, tell = _more(len(state.current().options) - CARDS), None
    if point is not None:
        title.title(plain(point["title"]))
        tell = _progress(verdict)
        with shown_in(point["currency"], point["usd_exchange_rate"]):
            _all_cards(point["options"], None, cards, more)
    return Places(fault, title, verdict, cards, more, tell)


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
        _all_cards(result["options"], verdict["winner"], places.cards, places.more)
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
        for reason in result["verdict"]["reasons"]:
            st.markdown("- " + plain(reason))
    downloads()


def _all_cards(found: list[dict[str, Any]], winner: str | None, first: Any, more: Any) -> None:
    options = sorted(ranked(found), key=lambda o: bool(o["same_as"]))  # a mix that is its own part has nothing to add
    with first.container():
        _cards(options[:CARDS], winner)
    if more is not None:
        with more.container():
            _cards(options[CARDS:], winner)


def _cards(options: list[dict[str, Any]], winner: str | None) -> None:
    cards, colour = st.grid(min_column_width=230), LINE_DARK if dark() else LINE
    for option in options:
        with cards.container(border=True):
            st.markdown(_name(option, winner))
            if option["same_as"]:
                st.caption(plain(same_words(option["same_as"])))
                continue
            st.metric(
                "first month",
                money(option["first_month_cost_usd"]),
                delta=f"{money(option['last_month_cost_usd'])} in the last",
                delta_color="off",
                delta_arrow="off",
                help=MONTH,
            )
            if months := option["monthly_cost_usd"][1:-1]:
                alt = f"Cost by month, {money(min(months))} to {money(max(months))}"
                st.html(picture(sparkline(months, colour), alt))
            st.caption(plain(_worth(option)))


def _name(option: dict[str, Any], winner: str | None) -> str:
    """Name, id, route and gates of an option as Markdown of two lines."""
    mark = " · winner" if option["id"] == winner else ""
    below = plain(f"{option['id']} · {option['route']} · {GATE_WORDS[option['feasibility']]}")
    return f"**{plain(option['name'] or option['id'])}**{mark}  \n:small[:gray[{below}]]"


def _worth(option: dict[str, Any]) -> str:
    """Present value, levelised price and chance of being cheapest in words; before the simulation what is known."""
    npv, chance = option["npv_usd"], option["probability_cheapest"]
    price = f"{money(option['usd_per_million_tokens'])} per million tokens"
    if npv["p10"] is None:
        return f"present value {money(npv['base'])} at base values; {price}; range and chance pending"
    stands = "does not compete" if chance is None else f"cheapest in {percent(chance)} of draws"
    own = overridden.of_option(option["id"])
    present = f"present value {money(npv['mean'])} expected, {money(npv['base'])} at base values"
    return f"{present}, {money(npv['p10'])} to {money(npv['p90'])} (P10 to P90); {price}; {stands}{own and '; ' + own}"


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
