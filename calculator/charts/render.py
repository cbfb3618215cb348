"""Charts as words, as SVG and as PNG."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from calculator import drawer
from calculator.charts.style import Chart, in_currency, theme, with_short_forms
from calculator.wording import money

KEPT = 64
"""Charts drawn last that are kept: a few reports, some ten thousand characters each."""


def alt_text(result: dict[str, Any]) -> str:
    """The options' present values in words, for who cannot see a chart."""
    parts = [f"{o['id']} {money(o['npv_usd']['p50'])}" for o in result["options"]]
    return "Median present value of cost: " + "; ".join(parts)


def svg(chart: Chart, width: int = 640) -> str:
    """A chart as SVG in the bundled font, text kept as text."""
    return svg_later(chart, width)()


def svg_later(chart: Chart, width: int = 640) -> Callable[[], str]:
    """`svg`, drawn meanwhile where a drawer is open, and else when the function is called."""
    spec = json.dumps(_whole(chart, width))
    answer = drawer.ask(spec)
    return lambda: answer() or _drawn(spec)


def png(chart: Chart, width: int = 640) -> bytes:
    """A chart as PNG in the bundled font, at twice the pixels that a screen shows."""
    import vl_convert

    _register_fonts()
    return bytes(vl_convert.vegalite_to_png(_whole(chart, width), scale=2))


def on_white(chart: Chart) -> Chart:
    """The chart as it goes into other documents: dark ink on white, whatever the page's theme."""
    spec, records = with_short_forms(chart[0]), chart[1]
    return {**spec, "config": {**theme(dark=False), "background": "white"}, "padding": 12}, records


def _whole(chart: Chart, width: int) -> dict[str, Any]:
    spec, records = in_currency(chart)
    schema = "https://vega.github.io/schema/vega-lite/v6.json"
    return {**spec, "width": width, "data": {"values": records}, "$schema": schema}


@lru_cache(maxsize=KEPT)
def _drawn(spec: str) -> str:
    import vl_convert

    _register_fonts()
    return str(vl_convert.vegalite_to_svg(spec))


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(files("calculator") / "fonts"))
