"""What `llm-adoption models` prints for people."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from calculator.size.open_models import made_from
from calculator.terminal.console import console
from calculator.wording import count, figure, money

COLUMNS = ("model", "made from", "how", "licence", "released", "bn total", "active", "context", "KV bytes a token")
FOR_THIS = ("Arena text", "GPQA Diamond", "GPUs", "hosted USD/M", "hosts", "rented USD/M", "kWh/M output tokens")

NOTE = (
    "GPUs with one spare replica at the checkpoint's own precision; hosted is the cheapest host's list price of the mean "
    "request, rented the GPUs' rent alone over the first month's tokens; scores are of the best effort that was tried, "
    "and a derivative has only its own."
)


def print_models(found: dict[str, Any]) -> None:
    """A line for each model, and why those that have no GPUs have none."""
    out, rows = console(), found["models"]
    said = f"Open models for {found['workload']}, sized on {found['gpu']} for its first month at its peak"
    out.print(Text(said, style="bold"))
    table = Table(box=None, pad_edge=False)
    for name in COLUMNS[:5]:
        table.add_column(name, overflow="fold")
    for name in (*COLUMNS[5:], *FOR_THIS):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*map(Text, _cells(row)))
    out.print(table)
    for row in rows:
        if row["why"]:
            out.print(Text(f"{row['id']}: no GPUs: {row['why']}"))
    out.print(Text(NOTE))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["id"],
        made_from(row),
        row["derivation"] or "",
        row["licence"] or "not known",
        row["released"] or "–",
        _plain(row["total_parameters_billion"]),
        _plain(row["active_parameters_billion"]),
        count(row["context_tokens"]),
        count(row["kv_bytes_per_token"]),
        "–" if row["arena_text"] is None else f"{row['arena_text']:.0f}",
        _plain(row["gpqa_diamond"]),
        _plain(row["gpus"]),
        money(row["usd_per_million_tokens"]),
        str(row["hosts"]),
        money(row["rented_usd_per_million_tokens"]),
        _plain(row["kwh_per_million_output_tokens"]),
    )


def _plain(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else figure(value, digits)
