"""The serving model against a table of measurements: how far it misses, and where."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, load_assumptions
from calculator.errors import InputError
from calculator.serving.coefficients import Coefficients, throughput_ratio_id
from calculator.serving.fit import fit, priors, shape_of, silicon_table
from calculator.serving.measured import STATIC_BATCH, Case, Predicted, Table, cases_of, predict
from calculator.serving.silicon import silicon_path
from calculator.verify.curves import gpu_count_within_range, slo_errors
from calculator.verify.measurements import read_measurements

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAVE_OUT = ("model", "gpu", "time")
SPLIT_DATE = "2026-01-15"
"""`time` fits on what was measured before and tests on what was measured from then on."""
OWN_POINTS = 3
CALIBRATION_DRAWS = 10
LEAST_GROUP = 6
"""Rows that a deployment needs before own points are taken from it."""
LOADS = (("<=16", 0, 16), ("17-128", 16, 128), (">128", 128, np.inf))
MAXIMUM = "max throughput"


def validate(path: Path, leave_out: str | None = None, known: Assumptions | None = None) -> dict[str, Any]:
    """Compare the model with the measurements of a CSV file.

    Headline figures are over NVIDIA rows of serving (closed loop and maximum throughput); static batches, AMD
    and results that do not say how long prompts were stand apart. With `leave_out` every row is predicted by
    coefficients fitted without its model (and models of the same shape), without its GPU, or, for `time`, on what
    was measured before 2026-01-15 only, rows from then on being tested. InputError for a file that cannot be read.
    """
    known = known or load_assumptions()
    coefficients = Coefficients.read(known.number)
    measurements = read_measurements(path)
    cases, rest = cases_of(measurements, known)
    static = [c for c in cases if c.measurement.load == STATIC_BATCH and not c.assumed_prompt]
    moving = [c for c in cases if c.measurement.load != STATIC_BATCH and not c.assumed_prompt]
    nvidia = [c for c in moving if c.vendor == "nvidia"]
    others = [c for c in moving if c.vendor != "nvidia"]
    fitted_on = "shipped coefficients"
    table = Table.of(nvidia, coefficients) if nvidia else None
    predicted = predict(table, coefficients) if table else None
    if leave_out and table is not None:
        table, predicted, fitted_on = _left_out(table, leave_out, coefficients, known)
    return {
        "file": str(path),
        "leave_out": leave_out,
        "fitted_on": fitted_on,
        "rows": len(measurements),
        "modelled": len(cases),
        "not_modelled": dict(Counter(reason for _, reason in rest).most_common()),
        "gpu_counts_reread": sum(c.layout.reread for c in cases),
        **_headline(table, predicted, known),
        "static_batch": _apart(static, coefficients),
        "assumed_prompts": _apart([c for c in cases if c.assumed_prompt], coefficients),
        "other_platforms": _apart(others, coefficients),
    }


def _headline(table: Table | None, predicted: Predicted | None, known: Assumptions) -> dict[str, Any]:
    ranges = {name: _range(known, name == "sparse") for name in ("dense", "sparse")}
    if table is None or predicted is None:
        return {"serving_rows": 0, **dict.fromkeys(("median_ape", "p90_ape", "spearman"))}
    ours, theirs = predicted.tokens_per_second, table.measured
    sparse = np.array([c.architecture.is_sparse for c in table.cases])
    low, high = (np.where(sparse, ranges["sparse"][i], ranges["dense"][i]) for i in (0, 1))
    within = (theirs >= ours * low) & (theirs <= ours * high)
    return {
        "serving_rows": len(table),
        **_errors(ours, theirs),
        "spearman": _spearman(ours, theirs),
        "median_ape_dense": _median_ape(ours[~sparse], theirs[~sparse]),
        "median_ape_moe": _median_ape(ours[sparse], theirs[sparse]),
        "median_ape_after_3": _after_own_points(table, ours),
        "range": {name: list(bounds) for name, bounds in ranges.items()},
        "range_coverage": float(np.mean(within)),
        "range_coverage_dense": float(np.mean(within[~sparse])) if (~sparse).any() else None,
        "range_coverage_moe": float(np.mean(within[sparse])) if sparse.any() else None,
        "under_tpot": slo_errors(table, predicted),
        "gpu_count_within_range": gpu_count_within_range(table, predicted, ranges["dense"], ranges["sparse"]),
        "by_load": _by_load(table, ours),
        "by_model": _by(table.column("model"), ours, theirs),
        "by_gpu": _by(table.column("gpu"), ours, theirs),
        "by_source": _by(table.column("source"), ours, theirs),
        "by_engine": _by(np.array([c.measurement.engine_family for c in table.cases]), ours, theirs),
    }


def _range(known: Assumptions, sparse: bool) -> tuple[float, float]:
    """The stated range of measured over modelled speed."""
    ratio = known.parameter(throughput_ratio_id(sparse))
    return ratio.low or ratio.number, ratio.high or ratio.number


def _left_out(table: Table, what: str, start: Coefficients, known: Assumptions) -> tuple[Table, Predicted, str]:
    """Predictions by coefficients that have not seen the rows they are for."""
    if silicon_path() is not None:
        training, name = silicon_table(known, start), "measurements of the extra `silicon`, without the tested group"
        nvidia = np.array([c.vendor == "nvidia" for c in training.cases])
        training = training.select(nvidia)
    else:
        training, name = table, "the other rows of the file (extra `silicon` is not installed)"
    prior = priors(known)
    if what == "time":
        before = np.array([date_of(c.measurement.source_date) < SPLIT_DATE for c in training.cases])
        after = np.array([date_of(c.measurement.source_date) >= SPLIT_DATE for c in table.cases])
        if not after.any():
            raise InputError(f"no row is dated {SPLIT_DATE} or later; --leave-out time has nothing to test")
        tested = table.select(after)
        return tested, predict(tested, fit(training.select(before), start, prior)), f"{name}; before {SPLIT_DATE}"
    together = [*table.cases, *training.cases]
    both = Table.of(together, start)
    groups = shape_of(both) if what == "model" else both.column("gpu").astype(str)
    test, train = groups[: len(table)], groups[len(table) :]
    parts = [np.zeros(len(table)) for _ in range(3)]
    complete: Coefficients | None = None
    for group in np.unique(test):
        rows, seen = test == group, train == group
        if seen.any():
            coefficients = fit(training.select(~seen), start, prior)
        else:
            complete = complete or fit(training, start, prior)
            coefficients = complete
        p = predict(table.select(rows), coefficients)
        for part, values in zip(parts, (p.tokens_per_second, p.tpot_ms, p.batch), strict=True):
            part[rows] = values
    return table, Predicted(*parts), name


def date_of(text: str) -> str:
    """The first date in a text, completed to a day; a bare year counts as its end, none as the far past."""
    found = re.search(r"(20\d\d)(?:-(\d\d))?(?:-(\d\d))?", text)
    return f"{found[1]}-{found[2] or '12'}-{found[3] or '01'}" if found else ""


def _ape(ours: Array, theirs: Array) -> Array:
    return np.abs(ours / theirs - 1)


def _median_ape(ours: Array, theirs: Array) -> float | None:
    return float(np.median(_ape(ours, theirs))) if ours.size else None


def _errors(ours: Array, theirs: Array) -> dict[str, float]:
    ape = _ape(ours, theirs)
    return {"median_ape": float(np.median(ape)), "p90_ape": float(np.quantile(ape, 0.9))}


def _group(ours: Array, theirs: Array) -> dict[str, Any]:
    return {"rows": int(ours.size), **_errors(ours, theirs), "median_ratio": float(np.median(ours / theirs))}


def _by(keys: Any, ours: Array, theirs: Array) -> dict[str, Any]:
    names = keys.astype(str)
    return {str(k): _group(ours[names == k], theirs[names == k]) for k in np.unique(names)}


def _by_load(table: Table, ours: Array) -> dict[str, Any]:
    load, theirs = table.inputs.concurrency * table.inputs.replicas, table.measured
    found = {}
    for name, above, upto in LOADS:
        rows = (load > above) & (load <= upto) & np.isfinite(load)
        if rows.any():
            found[name] = _group(ours[rows], theirs[rows])
    for name, rows in ((MAXIMUM, ~np.isfinite(load)), (f">128 and {MAXIMUM}", load > LOADS[-1][1])):
        if rows.any():
            found[name] = _group(ours[rows], theirs[rows])
    return found


def _spearman(ours: Array, theirs: Array) -> float | None:
    if ours.size < 3:
        return None
    from scipy.stats import spearmanr

    return float(spearmanr(ours, theirs).statistic)


def _after_own_points(table: Table, ours: Array) -> float | None:
    """Median error once three rows of a deployment, drawn at random, have rescaled the others of it."""
    keys = np.array(
        [f"{m.model}|{m.gpu}|{m.engine_family}|{c.precision.weights}" for c in table.cases for m in (c.measurement,)]
    )
    logs, random, errors = np.log(ours / table.measured), np.random.default_rng(1), []
    for key in np.unique(keys):
        rows = logs[keys == key]
        if rows.size < LEAST_GROUP:
            continue
        for _ in range(CALIBRATION_DRAWS):
            order = random.permutation(rows.size)
            own, rest = rows[order[:OWN_POINTS]], rows[order[OWN_POINTS:]]
            errors.append(np.abs(np.exp(rest - own.mean()) - 1))
    return float(np.median(np.concatenate(errors))) if errors else None


def _apart(cases: list[Case], coefficients: Coefficients) -> dict[str, Any] | None:
    """Rows outside the headline, or None where there are none."""
    if not cases:
        return None
    table = Table.of(cases, coefficients)
    ours = predict(table, coefficients).tokens_per_second
    vendor = np.array([c.vendor for c in cases])
    return {**_group(ours, table.measured), "by_vendor": _by(vendor, ours, table.measured)}
