"""Two scenarios side by side, and why the answer moved."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from calculator.charts.attribution import attribution_title, signed
from calculator.errors import clip
from calculator.terminal.console import console
from calculator.wording import GATE_WORDS, money, shown_in


def print_two_scenarios(found: dict[str, Any]) -> None:
    """Both verdicts, what differs, every option's expected cost in both, and the steps between; money as in B."""
    out = console()
    with shown_in(found["b"]["currency"], found["b"]["usd_exchange_rate"]):
        for name in ("a", "b"):
            out.print(Text(f"{name.upper()}  {found[name]['title']}", style="bold"))
            out.print(Text(found[name]["verdict"]["text"]))
            for warning in found[name]["warnings"]:
                out.print(Text(f"note: {warning}"))
        out.print(Text("What differs", style="bold"))
        for difference in found["differences"]:
            out.print(Text(f"  {difference['label']}: {difference['text']}"))
        if not found["differences"]:
            out.print(Text("  Nothing that moves a figure."))
        _print_options(out, found)
        _print_steps(out, found["attribution"])


def _print_options(out: Console, found: dict[str, Any]) -> None:
    out.print(Text("Options: expected present value of cost", style="bold"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("option", "gates A", "gates B"):
        table.add_column(heading, no_wrap=True)
    for heading in ("A", "B", "change"):
        table.add_column(heading, justify="right", no_wrap=True)
    for option in found["options"]:
        sides = [option["a"], option["b"]]
        table.add_row(
            Text(clip(option["id"], 28)),
            *(Text("–" if side is None else GATE_WORDS[side["feasibility"]]) for side in sides),
            *(Text(money(None if side is None else side["npv_usd"]["mean"])) for side in sides),
            Text("–" if option["change_usd"] is None else signed(option["change_usd"])),
        )
    out.print(table)


def _print_steps(out: Console, found: dict[str, Any]) -> None:
    out.print(Text("Why the answer moved", style="bold"))
    moved = found["choice"]
    if moved is None:
        out.print(Text(f"Not said of the option ahead: {found['null_reasons']['choice']}."))
    else:
        out.print(Text(attribution_title(found) + "."))
    for number, step in enumerate(found["steps"], 1):
        usd = "" if moved is None else f" {signed(moved['steps_usd'][number - 1])};"
        ahead = "nothing passes" if step["leader"] is None else f"{step['leader']} is ahead"
        close = "" if step["wins"] or step["leader"] is None else ", too close to call"
        out.print(Text(f"  {number} {step['label']}:{usd} then {ahead}{close}"))
    out.print(Text(f"{found['convention']} Effects of one option alone: --json.", style="dim"))
