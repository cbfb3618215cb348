"""A short block: how sure, what matters, what to find out, when."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

HEADINGS = {
    "how_sure": "How sure",
    "what_matters": "What matters",
    "what_to_find_out": "What to find out",
    "what_we_value": "What priorities change",
    "when": "When",
}


def print_decision(out: Console, result: dict[str, Any]) -> None:
    """The sentences of the analysis by question; a question without an answer is left out."""
    for question, heading in HEADINGS.items():
        lines = result["decision"]["text"][question]
        if lines:
            out.print(Text(heading, style="bold"))
            for line in lines:
                out.print(Text("  " + line))
