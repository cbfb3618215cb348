"""Commands that answer a scenario, or carry it somewhere."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from calculator.cli.arguments import DEFAULT_PORT, SCENARIO_HELP, Command, draws, usd, working, write_file
from calculator.errors import InputError, clip


def register(command: Command) -> None:
    """Add the commands of this module."""
    compare = command("compare", run_compare, "rank the options of a scenario and name the winner")
    compare.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    compare.add_argument("--json", action="store_true", help="print the full result as JSON")
    compare.add_argument("--draws", type=draws, default=512, help="draws of the simulation (default: 512)")

    crossing = command("break-even", run_break_even, "say at which volume, month and utilization self-hosting pays")
    crossing.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    crossing.add_argument("--json", action="store_true", help="print as JSON")
    limit = crossing.add_mutually_exclusive_group()
    limit.add_argument("--budget-per-month", metavar="USD", help="also the largest volume of each option for this budget")
    limit.add_argument("--budget-per-year", metavar="USD", help="the same for a yearly budget")

    report = command("report", run_report, "write the report of a scenario as a PDF")
    report.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    report.add_argument("-o", "--output", metavar="OUT.pdf", required=True, help="where to write it")
    report.add_argument("--draws", type=draws, default=512, help="draws of the simulation (default: 512)")

    save = command("save", run_save, "write a scenario with its pins: assumption set, prices, seed, version")
    save.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    save.add_argument("-o", "--output", metavar="OUT.yaml", required=True, help="where to write it")

    link = command("link", run_link, "print a link that opens a scenario in the web form")
    link.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    link.add_argument("--base", metavar="URL", default=f"http://localhost:{DEFAULT_PORT}/", help="address of the web form")

    opened = command("open", run_open, "write the scenario that a link or a report PDF carries")
    opened.add_argument("file", metavar="LINK|PDF", help="link or report PDF")
    opened.add_argument("-o", "--output", metavar="OUT.yaml", help="where to write it (default: standard output)")


def _result(arguments: argparse.Namespace) -> tuple[Any, Any]:
    from calculator.evaluate import evaluate_scenario
    from calculator.sharing import open_scenario

    scenario = open_scenario(arguments.file)
    try:
        return scenario, evaluate_scenario(scenario, draws=arguments.draws)
    except InputError as error:
        raise InputError(f"{clip(arguments.file)}: {error}") from None


def run_compare(arguments: argparse.Namespace) -> int:
    scenario, result = _result(arguments)
    if arguments.json:
        from calculator.volumes import break_even_pairs

        print(json.dumps(result.as_dict(break_even=break_even_pairs(scenario)), indent=1, allow_nan=False))
    else:
        from calculator.terminal.comparison import print_comparison

        print_comparison(result.as_dict())
    return 0


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


def run_report(arguments: argparse.Namespace) -> int:
    from calculator.report import report_pdf
    from calculator.scenario import dump_scenario

    output = Path(arguments.output)
    if not output.parent.is_dir():
        raise InputError(f"{output}: the folder {output.parent} does not exist; create it or choose another")
    scenario, result = _result(arguments)
    pdf = report_pdf(result.as_dict(), dump_scenario(result.pinned(scenario)))
    write_file(output, pdf)
    print(f"{output}: {len(pdf) / 1000:.0f} kB")
    return 0


def run_save(arguments: argparse.Namespace) -> int:
    from calculator.evaluate import pinned
    from calculator.scenario import dump_scenario
    from calculator.sharing import open_scenario

    text = dump_scenario(pinned(open_scenario(arguments.file)))
    write_file(Path(arguments.output), text.encode())
    return 0


def run_link(arguments: argparse.Namespace) -> int:
    from calculator.sharing import link, open_scenario

    print(link(open_scenario(arguments.file), arguments.base))
    return 0


def run_open(arguments: argparse.Namespace) -> int:
    from calculator.scenario import dump_scenario
    from calculator.sharing import open_scenario

    text = dump_scenario(open_scenario(arguments.file))
    if arguments.output is None:
        print(text, end="")
    else:
        write_file(Path(arguments.output), text.encode())
    return 0
