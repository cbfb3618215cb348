"""What finance asks of each option."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from calculator.errors import clip
from calculator.wording import money, payback_words, percent, ranked, small_money

SPLIT = (
    "Input and output apart: tokens by what they are charged, GPUs by the time that a replica spends on prompts and on "
    "answers, the rest in that proportion."
)
"""How one cost is split over two kinds of token."""


def print_money(out: Console, result: dict[str, Any]) -> None:
    """First-year cash, payback and IRR against the baseline, price of a request, commitment and stranded cost."""
    out.print(Text("Money", style="bold"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    headings = (
        "option",
        "cash, first year",
        "payback",
        "IRR",
        "per request",
        "per good one",
        "per M in / out",
        "peak commitment",
    )
    months = result["horizon_months"]
    middle = min(12, months)
    for heading in (*headings, f"stranded at {middle}", "people, FTE"):
        table.add_column(heading, justify="left" if heading == "option" else "right", no_wrap=True)
    for option in ranked(result["options"]):
        found, fte = option["money"], option["fte"]
        table.add_row(
            Text(clip(option["id"], 28)),
            money(found["first_year_cash_usd"]),
            payback_words(found["payback_month"], option["null_reasons"].get("money.payback_month", "")),
            percent(found["irr_per_year"]),
            _small(found["usd_per_request"]),
            _small(found["usd_per_successful_request"]),
            f"{_small(found['usd_per_million_input_tokens'])} / {_small(found['usd_per_million_output_tokens'])}",
            money(found["peak_commitment_usd"]),
            money(found["stranded_usd"][middle]),
            "–" if fte is None else f"{fte[0]:.1f}–{fte[-1]:.1f}",
        )
    out.print(table)
    out.print(Text(f"People: {result['team']['note']}. {SPLIT}", style="dim"))


def _small(usd: float | None) -> str:
    """A price far below a cent still shows three digits."""
    return "–" if usd is None else money(usd) if usd >= 0.1 else small_money(usd)
