"""Questions about volume: where self-hosting pays, and what a budget buys."""

from __future__ import annotations

import argparse
import json

from calculator.cli.arguments import SCENARIO_HELP, Command, usd, working


def register(command: Command) -> None:
    """Add the commands of this module."""
    crossing = command("break-even", run_break_even, "say at which volume, month and utilization self-hosting pays")
    crossing.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    crossing.add_argument("--json", action="store_true", help="print as JSON")
    limit = crossing.add_mutually_exclusive_group()
    limit.add_argument("--budget-per-month", metavar="USD", help="also the largest volume of each option for this budget")
    limit.add_argument("--budget-per-year", metavar="USD", help="the same for a yearly budget")


def run_break_even(arguments: argparse.Namespace) -> int:
    from calculator.sharing import open_scenario
    from calculator.terminal.break_even import print_break_even
    from calculator.volumes import break_even_answer

    budget = None
    for name, months in (("budget_per_month", 1), ("budget_per_year", 12)):
        if getattr(arguments, name) is not None:
            budget = usd(getattr(arguments, name), f"--{name.replace('_', '-')}") / months
    scenario = open_scenario(arguments.file)
    with working("searching for crossings"):
        answer = break_even_answer(scenario, budget)
    if arguments.json:
        print(json.dumps(answer, indent=1, allow_nan=False))
    else:
        print_break_even(answer)
    return 0
