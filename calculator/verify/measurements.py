"""Reading a table of measured serving speeds: one row a measurement, as published tables are normalised."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from calculator.errors import InputError, clip
from calculator.serving.measured import Measurement

NEEDED = ("model_id", "gpu_id", "n_gpus", "isl", "osl", "output_tokens_per_s")
OPTIONAL = (
    *("source", "source_date", "tp", "attention_dp", "moe_tp", "moe_ep"),
    *("precision", "engine", "load", "concurrency", "tpot_ms"),
)
BLANK = ("", "nan", "none", "null")
LARGEST = 1e12
LARGEST_FILE_BYTES = 200e6


def read_measurements(path: Path) -> list[Measurement]:
    """The rows of a CSV file; InputError naming file, line and column for what cannot be read.

    Needs the columns model_id, gpu_id, n_gpus, isl, osl, output_tokens_per_s; takes source, source_date, tp,
    attention_dp, moe_tp, moe_ep, precision, engine, load, concurrency and tpot_ms where given.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputError(f"{path}: is larger than {LARGEST_FILE_BYTES / 1e6:.0f} MB; split it")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [c for c in NEEDED if c not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"{path}: column {missing[0]} is missing; needed are {', '.join(NEEDED)}")
            rows = [_measurement(_Cells(row, f"{path}, line {reader.line_num}")) for row in reader]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV table ({clip(error)})") from None
    if not rows:
        raise InputError(f"{path}: has no rows")
    return rows


class _Cells:
    """One row of the table."""

    def __init__(self, row: dict[str, str | None], where: str) -> None:
        self.row, self.where = row, where

    def text(self, column: str) -> str:
        return (self.row.get(column) or "").strip()

    def number(self, column: str) -> float | None:
        text = self.text(column)
        if text.lower() in BLANK:
            return None
        try:
            value = float(text)
        except ValueError:
            raise InputError(f"{self.where}, {column}: {clip(text)!r} is not a number") from None
        if not math.isfinite(value) or not 0 <= value <= LARGEST:
            raise InputError(f"{self.where}, {column}: {clip(text)} must lie between 0 and {LARGEST:g}")
        return value

    def positive(self, column: str) -> float:
        value = self.number(column)
        if not value:
            raise InputError(f"{self.where}, {column}: must be a number above 0")
        return value

    def count(self, column: str) -> int | None:
        value = self.number(column)
        return None if value is None else round(value)


def _measurement(cells: _Cells) -> Measurement:
    return Measurement(
        source=cells.text("source").split("#")[0] or "not given",
        source_date=cells.text("source_date"),
        model=cells.text("model_id"),
        gpu=cells.text("gpu_id"),
        n_gpus=max(round(cells.positive("n_gpus")), 1),
        tp=cells.count("tp"),
        attention_dp=cells.count("attention_dp"),
        moe_tp=cells.count("moe_tp"),
        moe_ep=cells.count("moe_ep"),
        precision=None if cells.text("precision").lower() in BLANK else cells.text("precision").lower(),
        engine=cells.text("engine"),
        isl=cells.number("isl"),
        osl=cells.number("osl"),
        load=cells.text("load"),
        concurrency=cells.number("concurrency") or None,
        tpot_ms=cells.number("tpot_ms"),
        output_tokens_per_s=cells.positive("output_tokens_per_s"),
    )
