"""The table of a sweep as CSV or Parquet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from calculator.errors import InputError

SUFFIXES = (".parquet", ".csv")


def check_suffix(path: Path) -> Path:
    """The path; InputError where its ending names no format."""
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: must end in .parquet or .csv")
    return path


def write_table(rows: list[dict[str, Any]], path: Path) -> None:
    """Write rows, columns in the order of first appearance; the file appears whole or not at all."""
    import pandas as pd

    frame = pd.DataFrame(rows)
    unfinished = path.with_name(path.name + ".writing")
    try:
        if check_suffix(path).suffix.lower() == ".csv":
            frame.to_csv(unfinished, index=False)
        else:
            frame.to_parquet(unfinished, index=False)
        os.replace(unfinished, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place") from None
