"""The web form."""

from __future__ import annotations

import argparse

from calculator.cli.arguments import DEFAULT_PORT, Command, port


def register(command: Command) -> None:
    """Add the commands of this module."""
    ui = command("ui", run_ui, "open the web form in a browser")
    ui.add_argument("--host", default="localhost", help="address to listen on (default: localhost, this machine only)")
    ui.add_argument("--port", type=port, default=DEFAULT_PORT, help=f"port to listen on (default: {DEFAULT_PORT})")


def run_ui(arguments: argparse.Namespace) -> int:
    from calculator.ui import run

    run(host=arguments.host, port=arguments.port)
    return 0
