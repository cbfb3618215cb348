"""A card for each option: what it costs now and at the end, its present value, its chance of being cheapest.

What a card says is worked out first, for all of them; then they are drawn at one go, to reach the browser together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st

from calculator.charts.ink import on_page
from calculator.charts.style import COLOURS
from calculator.ui import overridden
from calculator.ui.sparkline import picture, sparkline
from calculator.ui.widgets import dark, plain
from calculator.wording import GATE_WORDS, money, percent, ranked, same_words

SHOWN = 6
"""Options shown as cards before the rest is folded away."""
MONTH = (
    "The running bill of the first and the last month at base values: usage with price steps, rent, lease, power, "
    "colocation, support, people, evaluation, audits. Set-up, moves, refresh, servers bought or sold and exit are in the "
    "present value; the small chart shows the months with what falls into them."
)


class Card(NamedTuple):
    """What one card says, in Markdown or HTML that is safe to show."""

    name: str
    """Name, id, route and gates on two lines."""
    worth: str
    figure: str | None
    """The running bill of the first month; None for a mix that amounts to one of its parts."""
    later: str
    months: str


def cards_of(options: list[dict[str, Any]], winner: str | None) -> list[Card]:
    """Cards of options of `compare`'s result, or of `point_figures`, the cheapest first."""
    colour = on_page(COLOURS[0], dark())
    ordered = sorted(ranked(options), key=lambda o: bool(o["same_as"]))  # a mix that is its own part has nothing to add
    return [_card(option, winner, colour) for option in ordered]


def draw(cards: list[Card], first: Any, more: Any) -> None:
    """The first few in one place, the others in the other; None where that is folded away."""
    for place, part in ((first, cards[:SHOWN]), (more, cards[SHOWN:])):
        if place is None:
            continue
        with place.container():
            grid = st.grid(min_column_width=230)
        for card in part:
            with grid.container(border=True):
                _draw(card)


def _draw(card: Card) -> None:
    st.markdown(card.name)
    if card.figure is not None:
        st.metric("first month", card.figure, delta=card.later, delta_color="off", delta_arrow="off", help=MONTH)
    if card.months:
        st.html(card.months)
    st.caption(card.worth)


def _card(option: dict[str, Any], winner: str | None, colour: str) -> Card:
    mark = " · winner" if option["id"] == winner else ""
    below = plain(f"{option['id']} · {option['route']} · {GATE_WORDS[option['feasibility']]}")
    name = f"**{plain(option['name'] or option['id'])}**{mark}  \n:small[:gray[{below}]]"
    if option["same_as"]:
        return Card(name, plain(same_words(option["same_as"])), None, "", "")
    months = option["monthly_cost_usd"][1:-1]
    return Card(
        name,
        plain(_worth(option)),
        money(option["first_month_cost_usd"]),
        f"{money(option['last_month_cost_usd'])} in the last",
        months and picture(sparkline(months, colour), f"Cost by month, {money(min(months))} to {money(max(months))}"),
    )


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
