"""What `llm-adoption size` prints for people."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from calculator.errors import clip
from calculator.terminal.console import console
from calculator.wording import money, percent

SHOWN_REASONS = 12


def print_size(result: dict[str, Any]) -> None:
    """The cheapest layout in words, the next ones as a table, and why others fail."""
    out = console()
    best, model, question = result["best"], result["model"], result["question"]
    speeds, ttft, memory = best["tokens_per_second_range"], best["ttft_range_ms"], best["memory_gib"]
    out.print(Text(f"{model['name']} on {best['gpu']}, {best['precision']} weights", style="bold"))
    lines = {
        "fleet": (
            f"{_many(best['replicas'], 'replica')} of {_replica(best)} and {best['spare_replicas']} spare: "
            f"{_many(best['gpus'], 'GPU')} on {_many(best['nodes'], 'node')}{_paid(best)}, "
            f"{percent(best['utilization'])} used at {question['rate']:g} requests/s"
        ),
        "speed": (
            f"{speeds['base']:,.0f} output tokens/s a replica at full use ({speeds['low']:,.0f} to {speeds['high']:,.0f}), "
            f"{best['batch']:,.0f} sequences at once; bound by {best['binds']}"
        ),
        "latency": (
            f"{best['tpot_ms']:.1f} ms per output token of {question['tpot_ms']:g} allowed; first token after about "
            f"{ttft['base']:,.0f} ms ({ttft['low']:,.0f} to {ttft['high']:,.0f}) at {percent(best['utilization_limit'])} use"
        ),
        "memory": (
            f"{memory['weights']:.1f} GiB of weights, {memory['kv']:.1f} of KV cache, {memory['reserve']:.1f} of reserve, "
            f"{memory['free']:.1f} free of {memory['total']:.0f} GiB a replica"
        ),
        "cost": (
            f"{money(best['usd_per_month'])} a month at {money(best['usd_per_gpu_hour'])} per GPU-hour "
            f"({best['price_source']}); {money(best['usd_per_million_tokens'])} per million tokens at that rate all day"
        ),
    }
    for label, text in lines.items():
        out.print(Text(f"{label:<8} {text}"))
    if own := result["calibration"]:
        said = (
            f"own      {len(own['points'])} benchmark points: the model times {own['factor']:.2f} "
            f"({own['low']:.2f} to {own['high']:.2f}); median error {percent(own['median_error_before'])} before, "
            f"{percent(own['median_error_after'])} after"
        )
        out.print(Text(said))
    if (other := result["second_opinion"]) is not None:
        out.print(Text(f"other    {_second(other)}"))
    for note in [*best["notes"], *result["notes"]]:
        out.print(Text(f"note     {note}"))
    out.print(_table(result["layouts"]))
    for line in _reasons(result["rejected"]):
        out.print(Text(line, style="dim"))


def _second(opinion: dict[str, Any]) -> str:
    if opinion["reason"]:
        return f"{opinion['source']}: {opinion['reason']}"
    speed, tpot, ttft = (opinion[k] for k in ("tokens_per_second_per_replica", "tpot_ms", "ttft_ms"))
    return (
        f"{opinion['source']}: {speed:,.0f} output tokens/s at {tpot:.1f} ms per token, {ttft:,.0f} ms to the first, "
        "with as many sequences"
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _paid(layout: dict[str, Any]) -> str:
    """Said where whole servers or machines hold more GPUs than are used."""
    return (
        "" if layout["gpus"] == layout["paid_gpus"] else f", {_many(layout['paid_gpus'], 'GPU')} paid for in whole machines"
    )


def _replica(layout: dict[str, Any]) -> str:
    over = f" on each of {layout['nodes_per_replica']} nodes" if layout["nodes_per_replica"] > 1 else ""
    return f"{layout['tp']} x {layout['gpu']}{over}" + (", experts spread" if layout["experts_spread"] else "")


def _table(layouts: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("$/month", "GPUs", "replicas", "replica", "precision", "tokens/s each", "ms/token", "ms first", "used"):
        table.add_column(heading, justify="left" if heading in ("replica", "precision") else "right", no_wrap=True)
    for layout in layouts:
        table.add_row(
            money(layout["usd_per_month"]),
            str(layout["gpus"]) if layout["gpus"] == layout["paid_gpus"] else f"{layout['gpus']} of {layout['paid_gpus']}",
            f"{layout['replicas']}+{layout['spare_replicas']}",
            _replica(layout),
            layout["precision"] + ("" if layout["released"] else " *"),
            f"{layout['tokens_per_second_per_replica']:,.0f}",
            f"{layout['tpot_ms']:.1f}",
            f"{layout['ttft_ms']:,.0f}",
            percent(layout["utilization"]),
        )
    return table


def _reasons(rejected: list[dict[str, Any]]) -> list[str]:
    """Why others fail: of each GPU and precision its largest layout that does."""
    largest: dict[tuple[str, str], dict[str, Any]] = {}
    for r in rejected:
        kept = largest.get((r["gpu"], r["precision"]))
        if kept is None or _gpus(r) > _gpus(kept):
            largest[r["gpu"], r["precision"]] = r
    lines = [f"not {_replica(r)} in {r['precision']}: {clip(r['reason'], 150)}" for r in largest.values()]
    more = len(lines) - SHOWN_REASONS
    return lines[:SHOWN_REASONS] + ([f"… and {more} more; --json lists all"] if more > 0 else [])


def _gpus(layout: dict[str, Any]) -> int:
    return int(layout["tp"]) * int(layout["nodes_per_replica"])
