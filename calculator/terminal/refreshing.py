"""What installed packages say against the assumption files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from calculator.refresh import Refresh
from calculator.terminal.console import console


def print_refresh(found: Refresh, effects: Sequence[dict[str, Any]], *, written: bool, as_json: bool) -> None:
    """Differences, ids that are gone, what it does to the examples, and whether it was written."""
    if as_json:
        print(json.dumps({**found.as_dict(), "effects": list(effects), "written": written and bool(found.texts)}, indent=1))
        return
    out = console()
    for change in found.changes:
        out.print(Text(f"{change.id}: {_shown(change.old)} → {_shown(change.new)}"))
    for line in found.left_out:
        out.print(Text(f"not taken: {line}"))
    for line in found.gone:
        out.print(Text(f"gone: {line}"))
    for row in effects:
        moved = (
            "" if row["winner_before"] == row["winner_after"] else f", winner {row['winner_before']} → {row['winner_after']}"
        )
        npv, kg = row["largest_npv_change"], row["largest_co2e_change"]
        out.print(Text(f"{row['scenario']}: cost changes by at most {npv:+.2%}, emissions by {kg:+.2%}{moved}"))
    if not found.changes:
        out.print(Text("nothing to refresh: what is held is what was read"))
    elif written:
        out.print(Text(f"written: {', '.join(sorted(found.texts))}; tell in CHANGELOG.md"))
    else:
        out.print(Text(f"{len(found.changes)} differences, nothing written; --write changes the files"))


def _shown(cell: float | str | None) -> str:
    return "none" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)
