"""Small pieces that several parts of the page use."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Literal

import pandas as pd
import streamlit as st

from calculator import charts
from calculator.charts.ink import DARK_PAGE, on_page
from calculator.charts.style import Chart, in_currency, with_short_forms
from calculator.report.blocks import title_text
from calculator.wording import shown, shown_in

INK = ["ink", "ink_dark"]
"""Fields of a chart's records that say nothing but a colour."""
LOCALIZED = 3
"""Decimals that a browser shows of a number in the reader's own format."""

WHOLE = 20
"""Tables of up to so many rows are shown without a scroll bar of their own."""


def plain(text: str) -> str:
    """Text as Markdown that shows it literally: what comes from a file is never markup."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>~$:^=&@/])", r"\\\1", text.replace(" %", "\u00a0%"))


def dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark" if st.context.theme else False


def look() -> str:
    """Style that Streamlit's theme has no option for.

    Every tab's name is seen at any width: a strip that scrolls hides most of them, on a phone even the open one.
    Buttons that are light on a dark page have dark text.
    """
    primary = f"[data-testid^=stBaseButton-primary], [data-testid^=stBaseButton-primary] p {{color: {DARK_PAGE}}}"
    wrapped = ".st-key-tab > div > [role=tablist] {flex-wrap: wrap; row-gap: 0.25rem}"
    return f"<style>{wrapped} {primary if dark() else ''}</style>"


def draw(chart: Chart, name: str, alt: str) -> None:
    """A chart with its data to take away; `alt` says in words what its title, the finding, does not."""
    spec, records = in_currency(chart)
    finding = title_text(spec.get("title"))
    frame = pd.DataFrame(records)
    spec = on_page(with_short_forms(spec), dark())
    st.vega_lite_chart(frame, spec, theme=None, width="stretch", alt=alt if alt.startswith(finding) else f"{finding}. {alt}")
    now = shown()  # a file is built when asked for, after the page's own currency is gone

    def drawn(build: Callable[[Chart], str | bytes]) -> str | bytes:
        with shown_in(now.currency, now.per_usd, now.locale):
            return build(charts.on_white(chart))

    files: dict[str, tuple[str, Callable[[], str | bytes]]] = {
        "SVG": ("image/svg+xml", lambda: drawn(charts.svg)),
        "PNG": ("image/png", lambda: drawn(charts.png)),
        "CSV": ("text/csv", lambda: frame.drop(columns=INK, errors="ignore").to_csv(index=False)),
    }
    with st.popover("Save", type="tertiary"):
        for kind, (media, content) in files.items():
            ending = kind.lower()
            st.download_button(kind, content, f"{name}.{ending}", media, key=f"{ending}.{name}", on_click="ignore")


def source_text(source: dict[str, Any] | None) -> str:
    """Title, place and address of a source on one line."""
    return ", ".join(x for x in (source["title"], source["locator"], source["url"]) if x) if source else ""


def table(frame: pd.DataFrame, alt: str, **columns: Any) -> None:
    """A table; columns whose name has the word USD are shown in the scenario's currency, and still sort as numbers.

    Amounts carry the digits that a decision needs, what is not known is a dash; `columns` is Streamlit's column
    configuration where a column needs its own.
    """
    now = shown()
    money = [name for name in frame.columns if "USD" in str(name).replace(",", " ").split()]
    names = {name: str(name).replace("USD", now.currency) for name in money}
    amounts = {name: pd.to_numeric(frame[name]) * now.per_usd for name in money}
    decimals = {name: _decimals(values) for name, values in amounts.items()}
    shown_frame = frame.assign(**{n: v.round(decimals[n]) for n, v in amounts.items()}).rename(columns=names)
    formats = {
        names[n]: st.column_config.NumberColumn(format="localized" if d <= LOCALIZED else f"%.{d}f")
        for n, d in decimals.items()
    }
    formats |= {name: st.column_config.NumberColumn(format="localized") for name in frame.columns if _long(frame[name])}
    height: Literal["content", "auto"] = "content" if len(frame) <= WHOLE else "auto"
    config = {**formats, **columns}
    st.dataframe(shown_frame, hide_index=True, column_config=config, placeholder="–", height=height, alt=alt)


def choosing_table(frame: pd.DataFrame, alt: str, key: str, chosen: Callable[[int], object], **columns: Any) -> None:
    """A table of which one row can be chosen; `chosen` is told its place before the page is drawn anew."""

    def choose() -> None:
        if rows := st.session_state[key].selection.rows:
            chosen(rows[0])

    st.dataframe(
        frame, hide_index=True, column_config=columns, placeholder="", alt=alt, key=key,
        on_select=choose, selection_mode="single-row",
    )  # fmt: skip


def web(url: str | None) -> str | None:
    """A link only where it leads to the web."""
    return url if url is not None and url.startswith("https://") else None


def _long(numbers: pd.Series) -> bool:
    """Whether a column has numbers that take separators to be read."""
    return pd.api.types.is_numeric_dtype(numbers) and bool((numbers.abs() >= 10_000).any())


def _decimals(amounts: pd.Series) -> int:
    """Decimals of a column of amounts: none from a hundred up, else three digits of the smallest."""
    sizes = amounts.abs()[amounts.abs() > 0]
    if sizes.empty or sizes.max() >= 100:
        return 0
    return min(6, max(0, 2 - math.floor(math.log10(sizes.min()))))
