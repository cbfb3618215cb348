"""The grid, point by point, through joblib; what is done is kept, so that a sweep can be taken up again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from calculator import __version__
from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.result import Result
from calculator.scenario import Scenario, canonical_json, parse_scenario
from calculator.sweep.axes import Axis, Value, grid, point_scenario

Rows = list[dict[str, Any]]
Progress = Callable[[int, int], None]
"""Called with points done and points in all."""


def rows_of(result: Result) -> Rows:
    """One row an option: its figures, and the verdict of its point."""
    verdict, data = result.verdict, result.as_dict()
    return [
        {
            "option": o["id"],
            "route": o["route"],
            "feasibility": o["feasibility"],
            "npv_base_usd": o["npv_usd"]["base"],
            "npv_mean_usd": o["npv_usd"]["mean"],
            "npv_p10_usd": o["npv_usd"]["p10"],
            "npv_p50_usd": o["npv_usd"]["p50"],
            "npv_p90_usd": o["npv_usd"]["p90"],
            "first_month_cost_usd": o["first_month_cost_usd"],
            "usd_per_million_tokens": o["usd_per_million_tokens"],
            "gpus_peak": o["gpus"]["peak"] if o["gpus"] else None,
            "probability_cheapest": o["probability_cheapest"],
            "is_winner": o["id"] == verdict.winner,
            "winner": verdict.winner,
            "leader": verdict.leader,
            "conditional_winner": verdict.conditional_winner,
            "confidence": verdict.confidence,
            "problem": None,
        }
        for o in data["options"]
    ]


def _one(text: str, paths: tuple[str, ...], values: tuple[Value, ...], draws: int) -> tuple[tuple[Value, ...], Rows]:
    """One point; a point that cannot be evaluated becomes a row that says why."""
    known = dict(zip(paths, values, strict=True))
    try:
        rows = rows_of(evaluate(point_scenario(parse_scenario(text), known), load_assumptions(), draws))
    except InputError as error:
        rows = [{"option": None, "problem": str(error)}]
    return values, [{**known, **row} for row in rows]


def sweep(
    scenario: Scenario,
    axes: Sequence[Axis],
    draws: int,
    jobs: int = -1,
    journal: Path | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Evaluate every combination of the axes' values; rows in the order of the grid.

    Points run through `joblib.Parallel`, on `jobs` processes (-1: all cores) or on whatever
    `joblib.parallel_config` sets, such as a Dask or Ray cluster. With a `journal`, finished points are written
    there, and a sweep of the same scenario, grid, draws and version goes on from it.
    Raises InputError for a path or a value that is refused at the first point, or a journal of another sweep.
    """
    points, paths = grid(axes), tuple(a.path for a in axes)
    point_scenario(scenario, dict(zip(paths, points[0], strict=True)))  # a wrong path fails before anything starts
    text = canonical_json(scenario)
    mark = _mark(text, axes, draws)
    done = _read(journal, mark) if journal is not None else {}
    left = [p for p in points if p not in done]
    if progress is not None:
        progress(len(done), len(points))
    for values, rows in _results(text, paths, left, draws, jobs):
        done[values] = rows
        if journal is not None:
            _append(journal, mark, values, rows)
        if progress is not None:
            progress(len(done), len(points))
    return [row for p in points for row in done[p]]


def _results(
    text: str, paths: tuple[str, ...], points: Sequence[tuple[Value, ...]], draws: int, jobs: int
) -> Iterator[tuple[tuple[Value, ...], Rows]]:
    from joblib import Parallel, delayed
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    tasks = (delayed(_one)(text, paths, p, draws) for p in points)
    if getattr(backend, "supports_return_generator", False):
        yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks)
    else:
        yield from Parallel(n_jobs=jobs)(tasks)


def _mark(text: str, axes: Sequence[Axis], draws: int) -> str:
    """What a journal belongs to."""
    known = [text, [(a.path, list(a.values)) for a in axes], draws, __version__, load_assumptions().sha256]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _append(journal: Path, mark: str, values: tuple[Value, ...], rows: Rows) -> None:
    new = not journal.exists()
    with journal.open("a", encoding="utf-8") as file:
        if new:
            file.write(json.dumps({"sweep": mark}) + "\n")
        file.write(json.dumps({"at": list(values), "rows": rows}) + "\n")


def _read(journal: Path, mark: str) -> dict[tuple[Value, ...], Rows]:
    """Finished points; a last line that was cut off is dropped from the file too."""
    if not journal.exists():
        return {}
    whole, done = [], {}
    for number, line in enumerate(journal.read_text(encoding="utf-8").splitlines()):
        try:
            entry = json.loads(line)
        except ValueError:
            break
        if number == 0 and entry.get("sweep") != mark:
            raise InputError(f"{journal}: holds the points of another sweep; finish that one or delete the file")
        if number > 0:
            done[tuple(entry["at"])] = entry["rows"]
        whole.append(line)
    journal.write_text("".join(line + "\n" for line in whole), encoding="utf-8") if whole else journal.unlink()
    return done
