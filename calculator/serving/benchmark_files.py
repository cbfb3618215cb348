"""Own measurements from the files that benchmark tools write.

vLLM's `bench serve --save-result` (one JSON object a run, or one a line with `--append-result`; its sweeps write
the same keys as CSV), guidellm 0.8's `benchmarks.json` and `benchmarks.csv` (three header rows), aiperf 0.13's
`profile_export_aiperf.json` and `.csv` (two sections), and a plain CSV with columns concurrency and
output_tokens_per_second. Where a run states no concurrency, requests/s x latency gives the mean (Little's law).
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calculator.errors import InputError, clip
from calculator.user_files import read_file

MAX_BYTES = 64_000_000
"""guidellm's JSON holds every request."""
MAX_POINTS = 1000


@dataclass(frozen=True)
class Point:
    """One run: what a deployment wrote at a concurrency."""

    concurrency: float
    output_tokens_per_second: float
    input_tokens: float | None = None
    """Mean prompt of a request, where the file says."""
    output_tokens: float | None = None


def read_benchmark(path: str | Path) -> tuple[Point, ...]:
    """The runs in a file; InputError with one line where it cannot be read or holds none."""
    wanted = "give what the benchmark wrote (JSON or CSV)"
    raw = read_file(path, MAX_BYTES, wanted=wanted, shorter="give the summary instead")
    return parse_benchmark(raw, str(path))


def parse_benchmark(raw: bytes, where: str = "benchmark") -> tuple[Point, ...]:
    """The runs in a file's content; InputError as `read_benchmark`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{where}: is not text; give what the benchmark wrote (JSON or CSV)") from None
    try:
        found = _from_json(text) if text.lstrip()[:1] in ("{", "[") else _from_csv(text)
    except RecursionError:
        raise InputError(f"{where}: nested too deeply") from None
    except (ValueError, TypeError, csv.Error) as error:
        raise InputError(f"{where}: cannot be read as JSON or CSV ({clip(error, 80)})") from None
    points = tuple(p for p in found if p is not None)
    if not points:
        raise InputError(
            f"{where}: no run with a concurrency and output tokens a second; vLLM bench serve, guidellm, aiperf and "
            "a CSV with columns concurrency,output_tokens_per_second are read"
        )
    if len(points) > MAX_POINTS:
        raise InputError(f"{where}: {len(points):,} runs; give at most {MAX_POINTS}")
    return points


def _positive(value: Any) -> float | None:
    """A number above 0, or None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def _at(data: Any, *path: str) -> Any:
    for step in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(step)
    return data


def _point(
    concurrency: Any, speed: Any, isl: Any = None, osl: Any = None, rate: Any = None, latency: Any = None
) -> Point | None:
    held, tokens = _positive(concurrency), _positive(speed)
    if held is None:
        per_second, seconds = _positive(rate), _positive(latency)
        held = per_second * seconds if per_second and seconds else None
    return Point(held, tokens, _positive(isl), _positive(osl)) if held and tokens else None


def _from_json(text: str) -> list[Point | None]:
    try:
        data = json.loads(text)
    except ValueError:
        data = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(data, Mapping) and isinstance(data.get("benchmarks"), list):
        return [_guidellm(run) for run in data["benchmarks"]]
    runs: Iterable[Any] = data if isinstance(data, list) else [data]
    return [_aiperf(run) if _at(run, "output_token_throughput", "avg") is not None else _vllm(run) for run in runs]


def _vllm(run: Any) -> Point | None:
    if not isinstance(run, Mapping):
        return None
    completed = _positive(run.get("completed"))
    mean = [
        (_positive(run.get(k)) or 0) / completed if completed else None
        for k in ("total_input_tokens", "total_output_tokens")
    ]
    concurrency = run.get("max_concurrency", run.get("concurrency"))
    speed = run.get("output_throughput", run.get("output_tokens_per_second"))
    isl, osl = run.get("input_tokens", mean[0]), run.get("output_tokens", mean[1])
    latency = _positive(run.get("mean_e2el_ms"))
    return _point(concurrency, speed, isl, osl, run.get("request_throughput"), latency / 1e3 if latency else None)


def _guidellm(run: Any) -> Point | None:
    def mean(metric: str) -> Any:
        return _at(run, "metrics", metric, "successful", "mean")

    streams = _at(run, "config", "strategy", "streams") or _at(run, "args", "strategy", "streams")
    return _point(
        streams or mean("request_concurrency"),
        mean("output_tokens_per_second"),
        mean("prompt_token_count"),
        mean("output_token_count"),
    )


def _aiperf(run: Any) -> Point | None:
    def mean(metric: str) -> Any:
        return _at(run, metric, "avg")

    concurrency = _at(run, "input_config", "loadgen", "concurrency")
    phases = _at(run, "input_config", "phases")
    if concurrency is None and isinstance(phases, list):
        stated = [_at(p, "concurrency") for p in phases if _at(p, "name") != "warmup"]
        concurrency = next((c for c in reversed(stated) if _positive(c)), None)
    latency = _positive(mean("request_latency"))
    return _point(
        concurrency,
        mean("output_token_throughput"),
        mean("input_sequence_length"),
        mean("output_sequence_length"),
        mean("request_throughput"),
        latency / 1e3 if latency else None,
    )


def _from_csv(text: str) -> list[Point | None]:
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if not rows:
        return []
    if rows[0][0].strip() == "Metric":
        return [_aiperf_csv(rows)]
    if len(rows) > 3 and "Server Throughput" in rows[0]:
        return _guidellm_csv(rows)
    names = [name.strip() for name in rows[0]]
    return [_vllm(dict(zip(names, row, strict=False))) for row in rows[1:]]


def _aiperf_csv(rows: Sequence[Sequence[str]]) -> Point | None:
    """The mean of each metric stands second, in the section with percentiles and in the one without."""
    means = {row[0].split(" (")[0].strip(): row[1] for row in rows if len(row) > 1}
    latency = _positive(means.get("Request Latency"))
    return _point(
        None,
        means.get("Output Token Throughput"),
        means.get("Input Sequence Length"),
        means.get("Output Sequence Length"),
        means.get("Request Throughput"),
        latency / 1e3 if latency else None,
    )


def _guidellm_csv(rows: Sequence[Sequence[str]]) -> list[Point | None]:
    """Columns are named by three rows: group, status and unit, statistic."""
    width = len(rows[0])
    heads = [tuple(rows[r][i].strip() if i < len(rows[r]) else "" for r in range(3)) for i in range(width)]
    found = []
    for row in rows[3:]:
        cell = {(group, what, stat.lower()): value for (group, what, stat), value in zip(heads, row, strict=False)}
        found.append(
            _point(
                cell.get(("Server Throughput", "Successful Concurrency", "mean")),
                cell.get(("Token Throughput", "Successful Output Tokens/Sec", "mean")),
                cell.get(("Token Metrics", "Successful Input Tokens", "mean")),
                cell.get(("Token Metrics", "Successful Output Tokens", "mean")),
            )
        )
    return found
