"""Break-even and budget as tables in the terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from calculator.errors import clip
from calculator.terminal.console import console
from calculator.wording import count, money, percent


def print_break_even(answer: dict[str, Any]) -> None:
    """Each self-hosted option against each offer paid by the token, and what the budget buys."""
    out = console()
    out.print(Text(answer["title"], style="bold"))
    low, high = answer["searched_requests_per_month"]
    out.print(
        Text(
            f"The scenario starts at {count(answer['requests_per_month'])} requests a month; "
            f"crossings looked for from {count(low)} to {count(high)}."
        )
    )
    if not answer["break_even"]:
        out.print(Text("No pair to compare: it takes a self-hosted option and one paid by the token."))
    for pairs, heading in (
        ([p for p in answer["break_even"] if p["allowed"]], "Both pass every gate"),
        ([p for p in answer["break_even"] if not p["allowed"]], "At least one of the two does not pass every gate"),
    ):
        if pairs:
            out.print(Text(heading, style="bold"))
            out.print(_pairs(pairs))
    if answer["budget"] is not None:
        out.print(Text(f"What {money(answer['budget']['usd_per_month'])} a month buys", style="bold"))
        out.print(_budget(answer["budget"]))
    out.print(
        Text(
            "Volumes are requests in the first month, growing as the scenario says; cost ratios are self-hosted over "
            f"alternative, present values over {answer['horizon_months']} months at base values. Month: cumulative bills, "
            "undiscounted. Utilization: planned / reachable without limit / at which this fleet would break even.",
            style="dim",
        )
    )


def _table(*columns: tuple[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, justify in columns:
        table.add_column(heading, justify=justify, no_wrap=heading != "why", overflow="fold")  # type: ignore[arg-type]
    return table


def _pairs(pairs: list[dict[str, Any]]) -> Table:
    table = _table(
        ("self-hosted", "left"),
        ("against", "left"),
        ("pays from", "left"),
        ("ratio now", "right"),
        ("tends to", "right"),
        ("month", "left"),
        ("utilization", "right"),
        ("why", "left"),
    )
    for p in pairs:
        used = p["utilization"]
        table.add_row(
            Text(clip(p["self_hosted"], 24)),
            Text(clip(p["alternative"], 24)),
            Text(pays_from(p)),
            f"{p['ratio_at_scenario_volume']:.2f}",
            f"{p['ratio_tends_to']:.2f}",
            p["month"]["label"] if p["month"] else "–",
            "–" if used is None else " / ".join(percent(used[k]) for k in ("planned", "reachable", "needed")),
            Text(p["binds"]),
        )
    return table


def pays_from(pair: dict[str, Any]) -> str:
    """The break-even volume in a few words: `14.8M`, `14.8M to 14.9M, 3 crossings`, `never`."""
    if pair["outcome"] != "crosses":
        return {"always": "any volume", "never": "never", "beyond": "beyond what was tried"}[pair["outcome"]]
    volumes = [c["requests_per_month"] for c in pair["crossings"]]
    if len(volumes) == 1:
        only = pair["crossings"][0]
        return count(volumes[0]) if only["self_hosted_becomes"] == "cheaper" else f"up to {count(volumes[0])}"
    last = pair["stays_cheaper_from_requests_per_month"]
    ends = f"stays from {count(last)}" if last is not None else f"ends at {count(volumes[-1])}"
    return f"{count(volumes[0])}, {ends} ({len(volumes)} crossings)"


def _budget(budget: dict[str, Any]) -> Table:
    table = _table(
        ("option", "left"), ("requests a month", "right"), ("up front", "right"), ("dearest month", "right"), ("why", "left")
    )
    for o in sorted(budget["options"], key=lambda o: -(o["requests_per_month"] or 0)):
        table.add_row(
            Text(clip(o["id"], 28)),
            count(o["requests_per_month"]),
            money(o["up_front_usd"]),
            money(o["dearest_month_usd"]),
            Text("; ".join(o["null_reasons"].values())),
        )
    return table
