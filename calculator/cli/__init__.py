"""The command line: `llm-adoption`.

Nothing heavy is imported before a command needs it, so that `--help` answers at once.
Exit codes: 0 done, 1 a verified case misses, 2 bad input with one clear line.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from calculator import __version__
from calculator.cli import knowledge, models, scenarios, serve, sizing, sweeping, volume
from calculator.errors import InputError, clip

MODULES = (serve, scenarios, volume, sweeping, sizing, models, knowledge)
"""Where the commands are, in the order in which `--help` shows them."""
OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""A command is short-lived: Python's own 700 spends a tenth of its start looking for garbage that is not there."""
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "1")
"""The matrices here are small: NumPy's own threads wait in a loop for work, a fifth of a report's processor time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)  # what is left at the end goes with the process
    os.environ.setdefault(*ONE_THREAD)
    parsed = build_parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed) or 0)
    except InputError as error:
        print(f"error: {clip(error, 400)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    """One line for bad arguments, as for any other bad input; commands inherit it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {clip(message, 400)}; `{self.prog} --help` shows what is possible\n")


def build_parser() -> argparse.ArgumentParser:
    """All commands and options; a test holds the README against it."""
    parser = _Parser(
        prog="llm-adoption",
        description="Compare a proprietary API, hosted open weights, rented or owned GPUs, or a mix, for LLM workloads.",
    )
    parser.add_argument("--version", action="version", version=f"llm-adoption {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.set_defaults(run=run)
        return sub

    for module in MODULES:
        module.register(command)
    return parser
