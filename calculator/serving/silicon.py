"""Measurements that come with the package `aiconfigurator-core` (Apache-2.0; extra `silicon`)."""

from __future__ import annotations

import csv
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from calculator.assumptions import Assumptions
from calculator.errors import InputError
from calculator.serving.measured import CLOSED_LOOP, Measurement

PACKAGE = "aiconfigurator-core"
FILE = "aiconfigurator_core/systems/silicon_sample.csv"
INSTALL = 'install the extra: pip install "llm-adoption[silicon]" (Linux x86-64)'
UNDATED = "2025"
"""Rows without a date of measurement are the vendor's own runs of 2025."""


def silicon_path() -> Path | None:
    """The file where the package is installed, else None."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(FILE)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def silicon_measurements(known: Assumptions) -> list[Measurement]:
    """Rows of deployments that prefill and decode on the same GPUs; InputError where the package is missing.

    Output tokens/s follow from the published times: concurrency x osl / (TTFT + (osl - 1) x TPOT).
    """
    path = silicon_path()
    if path is None:
        raise InputError(f"{PACKAGE} is not installed; {INSTALL}")
    ids = {row.text("hf_id", "").lower(): key for key, row in known.rows("models").items()}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["mode"] == "agg" and r["batch_size"]]
    return [_measurement(r, ids) for r in rows]


def model_id(path: str, ids: dict[str, str]) -> str:
    """Our id of a model by its path: without the publisher and the marks of format and tuning."""
    if path.lower() in ids:
        return ids[path.lower()]
    return re.sub(r"-(fp8|nvfp4|instruct)\b", "", path.rsplit("/", 1)[-1].lower())


def _measurement(row: dict[str, str], ids: dict[str, str]) -> Measurement:
    notes = row["silicon_data_source"]
    concurrency = re.search(r"silicon_concurrency=(\d+)", notes)
    measured = re.search(r"measured=(\d{4}-\d\d-\d\d)", notes)
    number = float(concurrency[1]) if concurrency else float(row["batch_size"])
    ttft, tpot, osl = float(row["silicon_ttft_ms"]), float(row["silicon_tpot_ms"]), float(row["osl"])
    tp, dp = _whole(row["tp_size"]) or 1, _whole(row["attention_dp_size"])
    return Measurement(
        source=f"{PACKAGE} silicon_sample.csv#{row['id']}",
        source_date=measured[1] if measured else UNDATED,
        model=model_id(row["model_path"], ids),
        gpu=row["system"].replace("_", "-"),
        n_gpus=tp * (dp or 1),
        tp=tp,
        attention_dp=dp,
        moe_tp=_whole(row["moe_tp_size"]),
        moe_ep=_whole(row["moe_ep_size"]),
        precision=row["precision"] or None,
        engine=f"{row['backend']} {row['backend_version']}".strip(),
        isl=float(row["isl"]),
        osl=osl,
        load=CLOSED_LOOP,
        concurrency=number,
        tpot_ms=tpot,
        output_tokens_per_s=number * osl / (ttft + (osl - 1) * tpot) * 1e3,
    )


def _whole(text: str) -> int | None:
    """A count; None where it is blank or zero."""
    return int(float(text)) or None if text else None
