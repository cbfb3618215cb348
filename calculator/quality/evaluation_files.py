"""Own evaluation results from a file: which model, on which task, solved what share of how many.

CSV with the columns model, task, score, n, or a JSON list of objects with these keys. `model` is an option's id, or the
model or weights that options run; by those only options of the row's `effort` (and `precision`, where given) are meant,
no effort being the default one: a score at one effort says nothing of another.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calculator.errors import InputError, clip, nearest_names
from calculator.options import Evaluation, Option, Precision
from calculator.scenario import Scenario
from calculator.user_files import read_file

MAX_BYTES = 4_000_000
MAX_ROWS = 10_000
NEEDED = ("model", "task", "score", "n")
OPTIONAL = ("effort", "precision")


@dataclass(frozen=True)
class Evaluated:
    """One row: a share of `n` tasks."""

    model: str
    evaluation: Evaluation
    effort: str | None
    precision: str | None
    where: str


def read_evaluations(path: str | Path) -> tuple[Evaluated, ...]:
    """The rows of a file; InputError with one line that names file, row and remedy."""
    wanted, shorter = "give a CSV or JSON with model, task, score, n", "give one row for each model and task"
    raw = read_file(path, MAX_BYTES, wanted=wanted, shorter=shorter)
    return parse_evaluations(raw, clip(path))


def parse_evaluations(raw: bytes, where: str = "evaluations") -> tuple[Evaluated, ...]:
    """The rows of a file's content; InputError as `read_evaluations`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{where}: is not text; give a CSV or JSON with model, task, score, n") from None
    rows = _json_rows(text, where) if text.lstrip()[:1] in ("[", "{") else _csv_rows(text, where)
    if not rows:
        raise InputError(f"{where}: holds no rows; give model, task, score, n")
    if len(rows) > MAX_ROWS:
        raise InputError(f"{where}: has {len(rows):,} rows; at most {MAX_ROWS:,} are read, one for each model and task")
    return tuple(_row(row, f"{where}: row {number}") for number, row in rows)


def _json_rows(text: str, where: str) -> list[tuple[int, Mapping[str, Any]]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{where}: is not JSON; give a list of objects with model, task, score, n") from None
    if not isinstance(content, list):
        raise InputError(f"{where}: must be a list of objects with model, task, score, n")
    for number, row in enumerate(content, 1):
        if not isinstance(row, dict):
            raise InputError(f"{where}: row {number}: must be an object with model, task, score, n")
    return list(enumerate(content, 1))


def _csv_rows(text: str, where: str) -> list[tuple[int, Mapping[str, Any]]]:
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{where}: has no column {missing[0]}; the first line must name model, task, score, n")
        return [(number, row) for number, row in enumerate(reader, 2)]
    except csv.Error as error:
        raise InputError(f"{where}: is not CSV ({clip(error)}); give model, task, score, n") from None


def _row(row: Mapping[str, Any], where: str) -> Evaluated:
    given = {name: _text(row.get(name)) for name in (*NEEDED, *OPTIONAL)}
    for name in NEEDED:
        if not given[name]:
            raise InputError(f"{where}: {name} is missing; add it")
    if len(given["task"]) > 120:
        raise InputError(f"{where}: task: is longer than 120 characters; shorten it")
    try:
        score = float(given["score"])
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise InputError(
            f"{where}: score: must be the share of tasks solved, such as 0.83, got {clip(given['score'], 30)!r}"
        )
    try:
        n = int(given["n"])
    except ValueError:
        n = 0
    if not 1 <= n <= 100_000_000:
        raise InputError(f"{where}: n: must be a whole number of tasks from 1, got {clip(given['n'], 30)!r}")
    evaluation = Evaluation(task=given["task"], score=score, n=n)
    return Evaluated(given["model"], evaluation, given["effort"] or None, given["precision"] or None, where)


def _text(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, bool | list | dict) else str(cell).strip()


def with_evaluations(scenario: Scenario, rows: Sequence[Evaluated]) -> Scenario:
    """The scenario with the rows as its options' evaluations; a row replaces one of the same option and task.

    Raises InputError for a row that no option of the scenario answers to.
    """
    found: dict[str, dict[str, Evaluation]] = {o.id: {e.task: e for e in o.evaluations} for o in scenario.options}
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        for option in _meant(scenario, row):
            place = (option.id, row.evaluation.task)
            if place in seen:
                task = clip(row.evaluation.task, 40)
                raise InputError(f"{row.where}: {option.id} already has {task!r} from {seen[place]}; keep one")
            seen[place] = row.where.rsplit(": ", 1)[-1]
            found[option.id][row.evaluation.task] = row.evaluation
    options = tuple(o.model_copy(update={"evaluations": tuple(found[o.id].values())}) for o in scenario.options)
    return scenario.model_copy(update={"options": options})


def _meant(scenario: Scenario, row: Evaluated) -> list[Option]:
    by_id = [o for o in scenario.options if o.id == row.model]
    if by_id:
        return by_id
    of_model = [o for o in scenario.options if row.model in (getattr(o, "model", None), getattr(o, "weights", None))]
    if not of_model:
        names = {n for o in scenario.options for n in (o.id, getattr(o, "model", None), getattr(o, "weights", None)) if n}
        near = nearest_names(row.model, names) or sorted(o.id for o in scenario.options)[:5]
        raise InputError(f"{row.where}: model {clip(row.model)!r} is in no option; use one of {', '.join(near)}")
    meant = [
        o
        for o in of_model
        if (o.reasoning_effort or "default") == (row.effort or "default")
        and (row.precision is None or _precision(o) == row.precision)
    ]
    if not meant:
        runs = ", ".join(f"{o.id} (effort {o.reasoning_effort or 'default'})" for o in of_model[:5])
        raise InputError(
            f"{row.where}: {clip(row.model)} runs otherwise here: {runs}; add its effort, or name the option's id"
        )
    return meant


def _precision(option: Option) -> str | None:
    stated = getattr(option, "precision", None)
    return stated.weights if isinstance(stated, Precision) else stated
