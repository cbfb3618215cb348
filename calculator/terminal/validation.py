"""The serving model against measurements, for people."""

from __future__ import annotations

import json
from typing import Any

from rich.table import Table
from rich.text import Text

from calculator.errors import clip
from calculator.terminal.console import console

SHOWN_GROUPS = 40
APART = {
    "static_batch": "static batches",
    "other_platforms": "serving on other platforms",
    "assumed_prompts": "prompts of assumed length (MLPerf)",
}


def print_validation(figures: dict[str, Any], *, as_json: bool) -> None:
    """The headline in lines, then errors by load, engine, GPU, model and source."""
    if as_json:
        print(json.dumps(figures, indent=1, allow_nan=False))
        return
    out = console()
    out.print(
        Text(f"{figures['rows']:,} rows, {figures['modelled']:,} modelled ({figures['modelled'] / figures['rows']:.1%})")
    )
    for reason, count in figures["not_modelled"].items():
        out.print(Text(f"  {count:,} not modelled: {clip(reason, 120)}"))
    if figures["gpu_counts_reread"]:
        out.print(
            Text(f"  {figures['gpu_counts_reread']:,} rows whose table counts GPUs twice are read with the single count")
        )
    out.print(Text(f"predicted by: {figures['fitted_on']}"))
    if figures["serving_rows"]:
        _headline(out, figures)
    for name, words in APART.items():
        apart = figures[name]
        if apart:
            parts = [f"{k} {v['rows']:,} rows, median {_share(v['median_ape'])}" for k, v in apart["by_vendor"].items()]
            out.print(Text(f"apart, {words}: {'; '.join(parts)}"))


def _headline(out: Any, f: dict[str, Any]) -> None:
    dense, sparse = (f"×{low:g} to ×{high:g}" for low, high in f["range"].values())
    lines = {
        "NVIDIA serving": f"{f['serving_rows']:,} rows",
        "median error": (
            f"{_share(f['median_ape'])} (dense {_share(f['median_ape_dense'])}, MoE {_share(f['median_ape_moe'])})"
        ),
        "p90 error": _share(f["p90_ape"]),
        "Spearman": "" if f["spearman"] is None else f"{f['spearman']:.3f}",
        "after 3 points": f"{_share(f['median_ape_after_3'])} once three own points rescale a deployment",
        "range": f"{dense} (dense), {sparse} (MoE) holds {_share(f['range_coverage'])} of the rows",
        "under a TPOT": ", ".join(f"{k} ms {_share(v['median_ape'])}" for k, v in f["under_tpot"].items()),
        "GPU count": ", ".join(f"{k}{' ms' * k.isdigit()} {_share(v)}" for k, v in f["gpu_count_within_range"].items())
        + " within the range",
    }
    for label, text in lines.items():
        if text:
            out.print(Text(f"{label:<15} {text}"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("group", "rows", "median error", "p90", "modelled / measured"):
        table.add_column(heading, no_wrap=True, justify="left" if heading == "group" else "right")
    for groups in ("by_load", "by_engine", "by_gpu", "by_model", "by_source"):
        table.add_row(Text(groups.replace("_", " "), style="bold"))
        for name, g in list(f[groups].items())[:SHOWN_GROUPS]:
            cells = (f"{g['rows']:,}", _share(g["median_ape"]), _share(g["p90_ape"]), f"{g['median_ratio']:.2f}")
            table.add_row(Text("  " + clip(name, 60)), *cells)
    out.print(table)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
