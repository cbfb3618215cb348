"""Questions about volume: where self-hosting pays, and what a budget buys."""

from __future__ import annotations

import argparse
import json
import math

from calculator.cli.arguments import SCENARIO_HELP, Command, usd, working
from calculator.errors import InputError, clip

MOST_VALUES = 41
"""Values of the mapped number, at most."""


def register(command: Command) -> None:
    """Add the commands of this module."""
    crossing = command("break-even", run_break_even, "say at which volume, month and utilization self-hosting pays")
    crossing.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    crossing.add_argument("--json", action="store_true", help="print as JSON")
    limit = crossing.add_mutually_exclusive_group()
    limit.add_argument("--budget-per-month", metavar="USD", help="also the largest volume of each option for this budget")
    limit.add_argument("--budget-per-year", metavar="USD", help="the same for a yearly budget")
    crossing.add_argument(
        "--map",
        metavar="ID[=A:B[:N]]",
        help="also which option is cheapest over volume and a number, such as an assumption's id",
    )


def map_axis(text: str) -> tuple[str, tuple[float, float] | None, int | None]:
    """`ID`, `ID=A:B` or `ID=A:B:N` as id, bounds and number of values."""
    name, given, axis = text.partition("=")
    if not given:
        return name, None, None
    parts = axis.split(":")
    try:
        low, high = float(parts[0]), float(parts[1])
        size = int(parts[2]) if len(parts) > 2 else None
    except (ValueError, IndexError):
        low = high = size = 0
    if len(parts) > 3 or not (low < high and math.isfinite(high - low) and (size is None or 2 <= size <= MOST_VALUES)):
        raise InputError(
            f"--map: must be ID=A:B or ID=A:B:N with A below B and N from 2 to {MOST_VALUES}, got {clip(text)!r}"
        )
    return name, (low, high), size


def run_break_even(arguments: argparse.Namespace) -> int:
    from calculator.sharing import open_scenario
    from calculator.terminal.break_even import print_break_even
    from calculator.volumes import break_even_answer, map_answer

    budget = None
    for name, months in (("budget_per_month", 1), ("budget_per_year", 12)):
        if getattr(arguments, name) is not None:
            budget = usd(getattr(arguments, name), f"--{name.replace('_', '-')}") / months
    asked = None if arguments.map is None else map_axis(arguments.map)
    scenario = open_scenario(arguments.file)
    with working("searching for crossings") as status:
        found = None
        if asked is not None:
            name, bounds, size = asked
            found = map_answer(
                scenario, name, bounds, size, lambda done, of: status.update(f"mapping over {done} of {of} values")
            )
        answer = {**break_even_answer(scenario, budget), "map": found}
    if arguments.json:
        print(json.dumps(answer, indent=1, allow_nan=False))
    else:
        print_break_even(answer)
    return 0
