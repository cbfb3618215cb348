"""The few kinds of block that a report is made of; the template draws them, sections fill them.

Text is data: the template prints it as it stands, whatever characters it holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache, reduce
from importlib.resources import files
from typing import Any

from calculator.charts.style import TITLE_WIDTH, Chart
from calculator.report.drawing import drawn_later

Block = dict[str, Any]
Section = dict[str, Any]
Row = list[str]
SMALL, NORMAL = 7.0, 8.5
"""Points of a table's text: nothing that is to be read is smaller than 7."""
KEPT_ROWS = 8
"""Tables of so many rows stay on one page."""


@cache
def _strings() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((files("calculator.report") / "strings.json").read_text(encoding="utf-8"))
    return content


def words(key: str, **values: Any) -> str:
    """A text of the strings file by its dotted key, with `{name}` filled in; values are never read as a pattern."""
    found: Any = _strings()
    for step in key.split("."):
        found = found[step]
    text = str(found)
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def word_list(key: str) -> list[str]:
    """A list of the strings file, such as a table's headings."""
    found: Any = _strings()
    for step in key.split("."):
        found = found[step]
    return [str(item) for item in found]


def section(key: str, blocks: Sequence[Block | None], *, new_page: bool = True) -> Section | None:
    """A section under the heading `key.heading`; None where it has nothing to say."""
    filled = [block for block in blocks if block]
    return {"heading": words(f"{key}.heading"), "blocks": filled, "new_page": new_page} if filled else None


def unmarked(text: str) -> str:
    """A sentence of the engine without the marks that set names of fields apart."""
    return re.sub(r"`([a-z][\w.-]+)`", r"\1", text)


def heading(text: str) -> Block:
    """A heading inside a section."""
    return {"kind": "heading", "text": text}


def text(content: str, *, quiet: bool = False) -> Block:
    """A paragraph."""
    return {"kind": "text", "text": unmarked(content), "quiet": quiet}


def bullets(items: Sequence[str]) -> Block | None:
    """A list of points."""
    return {"kind": "bullets", "items": list(map(unmarked, items))} if items else None


def notes(said: Sequence[tuple[str, str]], *, columns: int = 1) -> Block | None:
    """Marks and what is said under each, small, one behind the other."""
    items = [{"mark": mark, "text": unmarked(note)} for mark, note in said]
    return {"kind": "notes", "items": items, "columns": columns} if items else None


def callout(content: str) -> Block:
    """What must not be overlooked."""
    return {"kind": "callout", "text": unmarked(content)}


def figure(
    chart: Chart, alt: str, caption: str = "", *, height: int | None = None, half: bool = False, beside: Sequence[str] = ()
) -> Block:
    """A chart under its title as text, drawn when the report is put together; `alt` says in words what it shows.

    `height` is the plot's in pixels, `beside` what stands right of it. `half` charts stand beside another (`pair`): as
    large in print, on half the width.
    """
    return {
        "kind": "figure",
        "title": title_text(chart[0].get("title")),
        "drawing": drawn_later(chart, height, half, beside),
        "alt": alt,
        "caption": caption,
    }


def title_text(title: Any) -> str:
    """A chart's title as one line of text; Vega-Lite takes a text, lines or an object with a subtitle."""
    if isinstance(title, dict):
        return ". ".join(x for x in (title_text(title.get("text")), title_text(title.get("subtitle"))) if x)
    return reduce(_joined, title) if isinstance(title, list) and title else str(title or "")


def _joined(line: str, following: str) -> str:
    """Two lines as one; a word longer than a line was broken without a space."""
    word = len(line.rpartition(" ")[2]) + len(following.partition(" ")[0])
    return f"{line}{'' if word > TITLE_WIDTH else ' '}{following}"


def pair(left: Block | None, right: Block | None) -> Block | None:
    """Two blocks side by side; None where there is neither."""
    found = [block for block in (left, right) if block]
    return {"kind": "pair", "items": found} if found else None


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    widths: Sequence[float | None] | None = None,
    left: Sequence[int] = (0,),
    strong: Sequence[int] = (),
    dense: bool = False,
    roomy: bool = False,
    parted: bool = False,
) -> Block | None:
    """A table whose heading repeats on every page; None where it would have no rows.

    `widths` are shares of what is left after the columns that take what they need (None); `left` are the columns
    of text, the others are figures; a row of one cell heads those after it; `strong` rows stand out; `dense` ones are
    small and stand close, `roomy` ones leave space to write, `parted` ones may break over pages however short.
    """
    if not rows:
        return None
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": [[unmarked(str(cell)) for cell in row] for row in rows],
        "caption": caption,
        "widths": list(widths or [1.0] + [None] * (len(columns) - 1)),
        "left": list(left),
        "size": SMALL if dense else NORMAL,
        "strong": list(strong),
        "whole": len(rows) <= KEPT_ROWS and not parted,
        "dense": dense,
        "roomy": roomy,
    }
