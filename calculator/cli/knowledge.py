"""What the product knows, and how it is checked."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from calculator.cli.arguments import Command
from calculator.errors import InputError

if TYPE_CHECKING:
    from calculator.assumptions import Assumptions


def register(command: Command) -> None:
    """Add the commands of this module."""
    known = command("assumptions", run_assumptions, "list, show or check the numbers about the world")
    actions = known.add_subparsers(title="actions", metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="one line for each assumption")
    listed.add_argument("topic", nargs="?", help="only this topic")
    listed.set_defaults(action="list")
    shown = actions.add_parser("show", help="one assumption with its range, source and date")
    shown.add_argument("id", help="id as `list` prints it")
    shown.set_defaults(action="show")
    checked = actions.add_parser("check", help="report what is older than its own limit, or incomplete")
    checked.add_argument("--on", metavar="DATE", help="judge ages at this date (default: today)")
    checked.set_defaults(action="check")
    renewed = actions.add_parser("refresh", help="compare with what the installed packages, or a file, say now; offline")
    prices_help = (
        "token prices: genai-prices' data.json, or rows (CSV, YAML) with provider, model and USD per million tokens"
    )
    renewed.add_argument("--prices", metavar="FILE", help=prices_help)
    renewed.add_argument("--write", action="store_true", help="write the differences into the assumption files")
    renewed.set_defaults(action="refresh")
    for action in (listed, shown, checked, renewed):
        action.add_argument("--json", action="store_true", help="print as JSON")

    schema = command("schema", run_schema, "print the JSON Schema of scenario files or results")
    schema.add_argument(
        "what", nargs="?", choices=["scenario", "compare", "size", "models", "break-even", "gate"], default="scenario"
    )

    verify = command("verify", run_verify, "run worked cases from published sources, or a table of measured speeds")
    verify.add_argument("files", metavar="FILE", nargs="*", help="case files, or one CSV (default: the shipped cases)")
    verify.add_argument(
        "--leave-out",
        choices=["model", "gpu", "time"],
        help="with a CSV: predict every row by coefficients fitted without its model, its GPU, or what came later",
    )
    verify.add_argument("--list", action="store_true", help="print the calculations that a case may name, with their inputs")
    verify.add_argument("--json", action="store_true", help="print as JSON")


def run_assumptions(arguments: argparse.Namespace) -> int:
    from calculator.assumptions import load_assumptions
    from calculator.terminal import knowledge as terminal

    known = load_assumptions()
    if arguments.action == "show":
        terminal.print_parameter(known.parameter(arguments.id), as_json=arguments.json)
        return 0
    if arguments.action == "list":
        terminal.print_parameters(list(known.parameters(arguments.topic)), as_json=arguments.json)
        return 0
    if arguments.action == "refresh":
        return _run_refresh(known, arguments)
    return terminal.print_check(known, arguments.on, as_json=arguments.json)


def _run_refresh(known: Assumptions, arguments: argparse.Namespace) -> int:
    from calculator.assumptions import assumptions_folder
    from calculator.refresh import effects, refresh, refresh_prices, write
    from calculator.refresh.reading import read_prices
    from calculator.scenario import load_scenario
    from calculator.terminal.refreshing import print_refresh

    folder = assumptions_folder()
    if arguments.prices:
        found = refresh_prices(known, read_prices(arguments.prices), Path(arguments.prices).name, date.today())
    else:
        found = refresh(known)
    examples = {p.stem: load_scenario(p) for p in sorted((folder / "scenarios").glob("*.yaml"))}
    done = effects(found, known, examples) if found.changes else []
    if arguments.write:
        write(found, folder)
    print_refresh(found, done, written=arguments.write, as_json=arguments.json)
    return 0


def run_schema(arguments: argparse.Namespace) -> int:
    from calculator.schemas import SCHEMAS

    print(json.dumps(SCHEMAS[arguments.what](), indent=1))
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    tables = [f for f in arguments.files if f.lower().endswith(".csv")]
    if tables:
        return _run_validation(arguments, tables)
    if arguments.leave_out:
        raise InputError("--leave-out: needs a CSV of measured speeds; name it as FILE")
    from calculator.terminal.knowledge import print_verification
    from calculator.verify import verify
    from calculator.verify.calculations import described

    if arguments.list:
        print(described())
        return 0

    report = verify([Path(f) for f in arguments.files] or None)
    print_verification(report, as_json=arguments.json)
    return 0 if report.ok else 1


def _run_validation(arguments: argparse.Namespace, tables: list[str]) -> int:
    if len(arguments.files) > 1:
        raise InputError("verify: takes one CSV of measured speeds at a time, without case files beside it")
    from calculator.terminal.validation import print_validation
    from calculator.verify.validation import validate

    print_validation(validate(Path(tables[0]), arguments.leave_out), as_json=arguments.json)
    return 0
