"""Values on the command line, checked with one clear line; and what commands share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from calculator.errors import InputError, clip

SCENARIO_HELP = "scenario file (YAML or JSON), link, or report PDF"
DEFAULT_PORT = 8501
Command = Callable[[str, Any, str], argparse.ArgumentParser]
"""Adds a command: its name, the function that runs it, and a line of help."""


def port(text: str) -> int:
    """A TCP port."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"must be a port from 1 to 65535, got {clip(text)!r}")
    return int(text)


def draws(text: str) -> int:
    """Draws of a simulation."""
    if not text.isdigit() or not 1 <= int(text) <= 2**17:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {2**17:,}, got {clip(text)!r}")
    return int(text)


def positive(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"must be a number above 0 and below 1,000,000,000, got {clip(text)!r}")
    return number


def share(text: str) -> float:
    """A share below 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise argparse.ArgumentTypeError(f"must be a share from 0 to below 1, got {clip(text)!r}")
    return number


def count(text: str) -> int:
    """A small whole number."""
    if not text.isdigit() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 1024, got {clip(text)!r}")
    return int(text)


def spare(text: str) -> int:
    """Spare replicas."""
    return 0 if text == "0" else count(text)


def usd(text: str, where: str) -> float:
    """An amount in USD."""
    try:
        usd = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        usd = float("nan")
    if not 0 < usd < 1e15:
        raise InputError(f"{where}: must be an amount above 0 in USD, got {clip(text)!r}")
    return usd


def working(what: str) -> Any:
    """A spinner on the terminal's error stream while something takes longer; nothing in a pipe."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(what)


@contextmanager
def drawing() -> Iterator[Callable[[int, int], None]]:
    """A bar of draws done, on a terminal's error stream; Ctrl-C stops the simulation."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("draws", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def output_path(text: str) -> Path:
    """A file that is to be written; InputError, before anything is computed, where its folder does not exist."""
    output = Path(text)
    if not output.parent.is_dir():
        raise InputError(f"{output}: the folder {output.parent} does not exist; create it or choose another")
    if output.is_dir():
        raise InputError(f"{output}: is a folder; name a file in it")
    return output


def write_file(path: Path, content: bytes) -> None:
    """Write a file; InputError where it cannot be."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place") from None
