"""A card's small picture of cost by month: a few hundred bytes of SVG, where a chart library takes a tenth of a second."""

from __future__ import annotations

import base64
from collections.abc import Sequence

WIDTH, HEIGHT = 200, 40
"""Units of the picture's own; it is stretched over the width of its card."""


def sparkline(usd_by_month: Sequence[float], colour: str) -> str:
    """An SVG of values over time, filled down to zero: what looks twice as high costs twice as much."""
    low, high = min(0.0, *usd_by_month), max(0.0, *usd_by_month)
    span = (high - low) or 1.0

    def down(usd: float) -> str:
        return f"{1 + (high - usd) / span * (HEIGHT - 2):.1f}"  # a share first: the smallest of floats has no inverse

    across = WIDTH / max(1, len(usd_by_month) - 1)
    points = " ".join(f"{month * across:.1f},{down(usd)}" for month, usd in enumerate(usd_by_month))
    zero = down(0.0)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon fill="{colour}" opacity="0.15" points="0,{zero} {points} {WIDTH},{zero}"/>'
        f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" vector-effect="non-scaling-stroke" points="{points}"/>'
        "</svg>"
    )


def picture(svg: str, alt: str) -> str:
    """An SVG as an HTML image that needs no further request; `alt` is the page's own text, free of quotes and markup."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}" style="display:block;width:100%;height:{HEIGHT}px">'
