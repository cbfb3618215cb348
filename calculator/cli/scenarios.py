"""Commands that answer a scenario, or carry it somewhere."""

from __future__ import annotations

import argparse
import gc
import json
from pathlib import Path
from typing import Any

from calculator.cli.arguments import DEFAULT_PORT, SCENARIO_HELP, Command, drawing, draws, output_path, working, write_file
from calculator.errors import InputError, clip

EVALUATIONS_HELP = "own evaluation results (CSV or JSON with model, task, score, n), for a quality floor on own tasks"


def register(command: Command) -> None:
    """Add the commands of this module."""
    compare = command("compare", run_compare, "rank the options of a scenario and name the winner")
    compare.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    compare.add_argument(
        "other", metavar="OTHER", nargs="?", help="a second scenario: what differs, and why the answer moved"
    )
    compare.add_argument("--json", action="store_true", help="print the full result as JSON")
    compare.add_argument("--draws", type=draws, default=4096, help="draws of the simulation (default: 4096)")

    report = command("report", run_report, "write the report of a scenario as a PDF")
    report.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    report.add_argument("-o", "--output", metavar="OUT.pdf", required=True, help="where to write it")
    report.add_argument("--audience", choices=["full", "executive"], default="full", help="all of it, or a few pages")
    report.add_argument("--paper", choices=["a4", "us-letter"], default="a4", help="paper (default: a4)")
    report.add_argument("--locale", default="en_US", help="how figures are written, such as de_DE (default: en_US)")
    report.add_argument("--draws", type=draws, default=4096, help="draws of the simulation (default: 4096)")

    workbook = command("workbook", run_workbook, "write a scenario's cash flows as a workbook with live formulas")
    workbook.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    workbook.add_argument("-o", "--output", metavar="OUT.xlsx", required=True, help="where to write it")
    workbook.add_argument("--draws", type=draws, default=4096, help="draws of the simulation (default: 4096)")

    save = command("save", run_save, "write a scenario with its pins: assumption set, prices, seed, version")
    save.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    save.add_argument("-o", "--output", metavar="OUT.yaml", required=True, help="where to write it")

    for reads_evaluations in (compare, report, workbook, save):
        reads_evaluations.add_argument("--evaluations", metavar="RESULTS", help=EVALUATIONS_HELP)

    link = command("link", run_link, "print a link that opens a scenario in the web form")
    link.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    link.add_argument("--base", metavar="URL", default=f"http://localhost:{DEFAULT_PORT}/", help="address of the web form")

    opened = command("open", run_open, "write the scenario that a link or a report PDF carries")
    opened.add_argument("file", metavar="LINK|PDF", help="link or report PDF")
    opened.add_argument("-o", "--output", metavar="OUT.yaml", help="where to write it (default: standard output)")


def _scenario(arguments: argparse.Namespace) -> Any:
    from calculator.quality.evaluation_files import read_evaluations, with_evaluations
    from calculator.sharing import open_scenario

    scenario = open_scenario(arguments.file)
    return with_evaluations(scenario, read_evaluations(arguments.evaluations)) if arguments.evaluations else scenario


def _result(arguments: argparse.Namespace) -> tuple[Any, Any]:
    from calculator.evaluate import evaluate_scenario

    gc.freeze()  # what was imported stays: nothing to look through for garbage
    scenario = _scenario(arguments)
    try:
        with drawing() as progress:
            return scenario, evaluate_scenario(scenario, draws=arguments.draws, progress=progress)
    except InputError as error:
        raise InputError(f"{clip(arguments.file)}: {error}") from None


def run_compare(arguments: argparse.Namespace) -> int:
    if arguments.other is not None:
        return _compare_two(arguments)
    scenario, result = _result(arguments)
    if arguments.json:
        from calculator.volumes import break_even_pairs, flip_points

        with working("searching for break-evens and flip points"):
            more = {"break_even": break_even_pairs(scenario), "flip_points": flip_points(scenario)}
        print(json.dumps(result.as_dict(**more), indent=1, allow_nan=False))
    else:
        from calculator.terminal.comparison import print_comparison

        print_comparison(result.as_dict())
    return 0


def _compare_two(arguments: argparse.Namespace) -> int:
    from calculator.attribution import compare_scenarios
    from calculator.sharing import open_scenario

    if arguments.evaluations:
        raise InputError("--evaluations: goes with one scenario; put the results into the files, with `save`")
    a, b = open_scenario(arguments.file), open_scenario(arguments.other)
    with drawing() as progress:
        found = compare_scenarios(a, b, arguments.draws, progress)
    if arguments.json:
        print(json.dumps(found, indent=1, allow_nan=False))
    else:
        from calculator.terminal.two_scenarios import print_two_scenarios

        print_two_scenarios(found)
    return 0


def run_report(arguments: argparse.Namespace) -> int:
    from calculator.drawer import open_drawer
    from calculator.wording import known_locale

    output = output_path(arguments.output)
    locale = known_locale(arguments.locale)
    with open_drawer():  # before the rest is even imported
        pdf = _report(arguments, locale)
    write_file(output, pdf)
    print(f"{output}: {len(pdf) / 1000:.0f} kB")
    return 0


def _report(arguments: argparse.Namespace, locale: str) -> bytes:
    from calculator.report import ask_for_charts, report_pdf, reported
    from calculator.scenario import dump_scenario
    from calculator.wording import shown_in

    with working("writing the report"), shown_in("USD", 1.0, locale):
        scenario, result = _result(arguments)
        ask_for_charts(result, arguments.audience, locale)
        answer = reported(scenario, result, arguments.audience)
        text = dump_scenario(result.pinned(scenario))
        return report_pdf(answer, text, arguments.audience, arguments.paper, locale)


def run_workbook(arguments: argparse.Namespace) -> int:
    from calculator.report.workbook import workbook_xlsx
    from calculator.scenario import dump_scenario

    output = output_path(arguments.output)
    with working("writing the workbook"):
        scenario, result = _result(arguments)
        xlsx = workbook_xlsx(result.as_dict(), dump_scenario(result.pinned(scenario)))
    write_file(output, xlsx)
    print(f"{output}: {len(xlsx) / 1000:.0f} kB")
    return 0


def run_save(arguments: argparse.Namespace) -> int:
    from calculator.evaluate import pinned
    from calculator.scenario import dump_scenario

    text = dump_scenario(pinned(_scenario(arguments)))
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
