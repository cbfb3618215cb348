"""Where text goes."""

from __future__ import annotations

from rich.console import Console


def console() -> Console:
    """Plain text; wide where nobody looks at it."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:  # in a pipe nothing is cut off
        console = Console(highlight=False, markup=False, emoji=False, width=200)
    return console
