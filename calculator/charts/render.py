"""Charts as words and as SVG."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from calculator.charts.style import Chart, in_currency
from calculator.wording import money


def alt_text(result: dict[str, Any]) -> str:
    """The options' present values in words, for who cannot see a chart."""
    parts = [f"{o['id']} {money(o['npv_usd']['p50'])}" for o in result["options"]]
    return "Median present value of cost: " + "; ".join(parts)


def svg(chart: Chart, width: int = 640) -> str:
    """A chart as SVG in the bundled font, text kept as text."""
    import vl_convert

    _register_fonts()
    spec, records = in_currency(chart)
    full = {
        **spec,
        "width": width,
        "data": {"values": records},
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    }
    return str(vl_convert.vegalite_to_svg(full))


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(files("calculator") / "fonts"))
