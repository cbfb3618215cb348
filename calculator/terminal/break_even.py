"""Break-even, flip points, budget and map as tables in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from calculator.errors import clip
from calculator.terminal.console import console
from calculator.wording import count, crossing_volume, figure, money, months_in_words, percent, shown_in


def print_break_even(answer: dict[str, Any]) -> None:
    """Each self-hosted option against each offer paid by the token, what changes the winner, and what a budget buys."""
    with shown_in(answer["currency"], answer["usd_exchange_rate"]):
        _print_break_even(answer)


def _print_break_even(answer: dict[str, Any]) -> None:
    out = console()
    out.print(Text(answer["title"], style="bold"))
    low, high = answer["searched_requests_per_month"]
    out.print(
        Text(
            f"The scenario starts at {count(answer['requests_per_month'])} requests a month, seasons aside; "
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
            out.print(_pairs(pairs, out.width))
    out.print(Text("What would change the winner, each alone, at base values", style="bold"))
    for line in flip_lines(answer["flip_points"]):
        out.print(Text(line))
    if answer["map"] is not None:
        _print_map(out, answer["map"])
    if answer["budget"] is not None:
        out.print(Text(f"What {money(answer['budget']['usd_per_month'])} a month buys", style="bold"))
        out.print(_budget(answer["budget"]))
        out.print(Text(BUDGET_BASIS, style="dim"))
    out.print(
        Text(
            "Volumes are requests a month at the start, seasons aside, growing as the scenario says; cost ratios are "
            f"self-hosted over alternative, present values over {months_in_words(answer['horizon_months'])} at base values. "
            f"{BASES} Month: cumulative bills, undiscounted. Utilization: planned / reachable without limit / at "
            "which this fleet would break even.",
            style="dim",
        )
    )


FLIPS_SHOWN = 12
BASES = "A mix takes the base that costs least at base values, anew at every volume."
"""How break-evens and maps choose the base of a mix; the comparison chooses it by expected cost."""


def flip_lines(entries: list[dict[str, Any]]) -> list[str]:
    """One line a flip point, the nearest first; then how many numbers change nothing."""
    if not entries:
        return ["nothing passes every gate, so there is no winner to change"]
    flips = [(e, f) for e in entries for f in e["flips"]]
    winner = entries[0]["winner"]
    lines = [flip_line(e, f) for e, f in sorted(flips, key=lambda pair: pair[1]["ranges_away"])[:FLIPS_SHOWN]]
    more = len(flips) - len(lines)
    steady = sum(not e["flips"] for e in entries)
    last = f"{winner} stays cheapest however far each of {steady} other numbers is moved"
    return [*lines, *([f"{more} more flip points lie further away"] if more > 0 else []), last]


def flip_line(entry: dict[str, Any], flip: dict[str, Any]) -> str:
    """`Requests a month of chat 3,000,000 → 5,120,000: own wins (outside its range …)`, `Token price of luna × 0.73: …`."""
    name, becomes = entry["label"][0].upper() + entry["label"][1:], flip["becomes"]
    if entry["price_level"]:
        return f"{name} × {figure(flip['at'])}: {becomes} wins"
    unit = f" {entry['unit'].replace('_', ' ')}" if entry["unit"] else ""
    moved = f"{name} {figure(entry['base'])} → {figure(flip['at'])}{unit}: {becomes} wins"
    if entry["low"] == entry["high"]:
        return moved
    where = "within" if flip["within_range"] else "outside"
    return f"{moved} ({where} its range {figure(entry['low'])} … {figure(entry['high'])})"


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _print_map(out: Console, found: dict[str, Any]) -> None:
    """Which option is cheapest: values down, volumes across, a letter an option; a dot where it leads by little."""
    winners = list(dict.fromkeys(name for row in found["cheapest"] for name in row))
    letter = {name: LETTERS[place % len(LETTERS)] for place, name in enumerate(sorted(winners))}
    out.print(Text(f"Cheapest option by volume and {found['id']} (base {found['base']:.4g} {found['unit']})", style="bold"))
    for value, row, lead in reversed(list(zip(found["values"], found["cheapest"], found["lead"], strict=True))):
        cells = "".join(f" {letter[name]}{'·' if share < CLOSE else ' '}" for name, share in zip(row, lead, strict=True))
        out.print(Text(f"{value:>10.4g} {cells}"))
    first, middle, last = (count(found["requests_per_month"][i]) for i in (0, len(found["requests_per_month"]) // 2, -1))
    width = 3 * len(found["requests_per_month"])
    out.print(Text(f"{'':>12}{first:<{width // 2}}{middle}{last:>{width // 2 - len(middle)}} requests a month"))
    out.print(Text("; ".join(f"{letter[name]} {name}" for name in sorted(winners)) + "; · leads by less than 5 %"))


CLOSE = 0.05


def _table(*columns: tuple[str, JustifyMethod]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, justify in columns:
        table.add_column(heading, justify=justify, no_wrap=heading != "why", overflow="fold")
    return table


BUDGET_BASIS = (
    "An option fits where the present value of its cost over the horizon, growth and what is paid up front included, is at "
    "most that of the budget paid every month: single months may cost more, the dearest is shown."
)
COLUMNS: tuple[tuple[str, JustifyMethod, int, Callable[[dict[str, Any]], str]], ...] = (
    ("self-hosted", "left", 0, lambda p: clip(p["self_hosted"], 20)),
    ("against", "left", 0, lambda p: clip(p["alternative"], 20)),
    ("pays from", "left", 0, lambda p: pays_from(p)),
    ("ratio now", "right", 0, lambda p: f"{p['ratio_at_scenario_volume']:.2f}"),
    ("tends to", "right", 0, lambda p: f"{p['ratio_tends_to']:.3f}"),
    ("month", "left", 110, lambda p: p["month"]["label"] if p["month"] else "–"),
    ("utilization", "right", 135, lambda p: _utilization(p["utilization"])),
    ("why", "left", 190, lambda p: p["binds"]),
)
"""Heading, side, the terminal's width from which it is shown, and the cell."""


def _pairs(pairs: list[dict[str, Any]], width: int) -> Table:
    shown = [column for column in COLUMNS if width >= column[2]]
    table = _table(*((heading, side) for heading, side, _, _ in shown))
    for pair in pairs:
        table.add_row(*(Text(cell(pair)) for _, _, _, cell in shown))
    return table


def _utilization(used: dict[str, float] | None) -> str:
    return "–" if used is None else " / ".join(percent(used[k]) for k in ("planned", "reachable", "needed"))


def pays_from(pair: dict[str, Any]) -> str:
    """The break-even volume in a few words: `14.8M`, `14.8M to 14.9M, 3 crossings`, `never`."""
    if pair["outcome"] != "crosses":
        return {"always": "any volume", "never": "never", "beyond": "beyond what was tried"}[pair["outcome"]]
    volumes = [crossing_volume(c) for c in pair["crossings"]]
    if len(volumes) == 1:
        only = pair["crossings"][0]
        return volumes[0] if only["self_hosted_becomes"] == "cheaper" else f"up to {volumes[0]}"
    last = pair["stays_cheaper_from_requests_per_month"]
    ends = f"{'stays from' if last is not None else 'ends at'} {volumes[-1]}"
    return f"{volumes[0]}, {ends} ({len(volumes)} times)"


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
