"""Colours that stand out from the page: lines and areas at least 3 : 1, text at least 4.5 : 1, in both themes.

Thresholds: WCAG 2.2, success criteria 1.4.3 and 1.4.11. Charts are built in the light page's colours; `on_page` puts those
of a dark page in their place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from calculator.charts.style import COLOURS

LIGHT_PAGE, DARK_PAGE = "#ffffff", "#12161b"
WHITE, BLACK = "#ffffff", "#111111"
MARK = "#888888"
"""Zero lines and other marks that belong to no option."""
TEXT = dict(
    zip(COLOURS, ("#0072B2", "#B04A00", "#007A59", "#A8437E", "#1A6FA8", "#8A5C00", "#7F6000", "#666666"), strict=True)
)
"""Each colour as text on a light page."""
_DARK_COLOURS = ("#4AA3DF", "#FF8A3D", "#2FC79A", "#E29CC4", "#9AD4F5", "#F0B429", "#C9B037", "#9AA3AD")
DARK = {
    **dict(zip(COLOURS, _DARK_COLOURS, strict=True)),
    **dict(zip(TEXT.values(), _DARK_COLOURS, strict=True)),
    MARK: "#A0A0A0",
}
"""Each colour as a line, an area or text on a dark page."""
INKED = {"field": "ink", "type": "nominal", "scale": None, "legend": None}
"""The colour channel of text whose records carry `inks` or `on_fill`."""


def inks(colour: str) -> dict[str, str]:
    """The colour as text on the page, by theme."""
    return {"ink": TEXT[colour], "ink_dark": DARK[colour]}


def shades(number: int, dark: bool) -> list[str]:
    """So many steps of one blue, the one that stands out most first."""
    ends = np.array([[0x9A, 0xD4, 0xF5], [0x3F, 0x86, 0xB4]] if dark else [[0x0A, 0x4F, 0x80], [0x3A, 0x95, 0xD0]])
    steps = [ends[0] + (ends[1] - ends[0]) * k / max(1, number - 1) for k in range(number)]
    return [f"#{round(r):02X}{round(g):02X}{round(b):02X}" for r, g, b in steps]


def on_shade(colour: str) -> dict[str, str]:
    """The colour of text upon one of `shades`, whatever the theme."""
    text = max(WHITE, BLACK, key=lambda text: contrast(text, colour))
    return {"ink": text, "ink_dark": text}


def on_fill(colour: str) -> dict[str, str]:
    """The colour of text upon a bar or a cell of a colour, by theme; dark pages have light fills."""
    return {"ink": max(WHITE, BLACK, key=lambda text: contrast(text, colour)), "ink_dark": DARK_PAGE}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def on_page(part: Any, dark: bool) -> Any:
    """A spec in the colours of the reader's theme."""
    if not dark:
        return part
    if isinstance(part, dict):
        return {key: "ink_dark" if (key, value) == ("field", "ink") else on_page(value, dark) for key, value in part.items()}
    if isinstance(part, list):
        return [on_page(item, dark) for item in part]
    return DARK.get(part, part) if isinstance(part, str) else part
