"""Open models beside each other."""

from __future__ import annotations

import argparse
import json

from calculator.cli.arguments import SCENARIO_HELP, Command


def register(command: Command) -> None:
    """Add the commands of this module."""
    models = command("models", run_models, "compare open models, derivatives among them, for a scenario's first workload")
    models.add_argument("file", metavar="FILE", help=SCENARIO_HELP)
    models.add_argument(
        "--on", metavar="GPU", help="GPU that they are sized on (default: that of the scenario's first fleet)"
    )
    models.add_argument("--all", action="store_true", help="every model that is known, not only a shortlist")
    models.add_argument("--json", action="store_true", help="print as JSON")


def run_models(arguments: argparse.Namespace) -> int:
    from calculator.sharing import open_scenario
    from calculator.size.open_models import models_table
    from calculator.terminal.models import print_models
    from calculator.wording import shown_in

    found = models_table(open_scenario(arguments.file), arguments.on, arguments.all)
    if arguments.json:
        print(json.dumps(found, indent=1))
        return 0
    with shown_in("USD", 1.0):
        print_models(found)
    return 0
