"""Fitting the coefficients of the serving model: `python -m calculator.serving.fit`.

Robust least squares on log(modelled / measured) of published serving rows, with every fitted coefficient held
towards a prior (`fit` in assumptions/serving.yaml: prior and spread, a standard deviation of the logarithm) so
that what the rows cannot tell apart stays near a textbook figure. A model counts by its number of rows to the
power 1/2, so that one that was measured often does not decide alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, assumptions_folder, load_assumptions
from calculator.errors import InputError
from calculator.serving.coefficients import Coefficients
from calculator.serving.measured import Table, cases_of, predict
from calculator.serving.silicon import INSTALL, silicon_measurements

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROBUST = 0.15
"""Log error beyond which a row counts linearly, not squared."""
PRIOR_WEIGHT = 0.02
"""Weight of a coefficient that lies one spread off its prior, as a log error of all rows."""
ROW_POWER = 0.5
LEAST_ROWS = 100
EVALUATIONS = 40


@dataclass(frozen=True)
class Prior:
    """Where a coefficient is held without data, and how firmly."""

    value: float
    spread: float


def priors(known: Assumptions) -> dict[str, Prior]:
    """Fitted coefficients with their priors."""
    scalars = known.topic("serving")["parameters"]
    return {
        name: Prior(float(entry["fit"]["prior"]), float(entry["fit"]["spread"]))
        for name, entry in scalars.items()
        if "fit" in entry
    }


def shape_of(table: Table) -> Any:
    """The shape of each case's model: models that differ only in their weights have the same."""
    shapes = [
        (a.total_parameters, a.layers, a.hidden_size, a.attention_heads) for a in (c.architecture for c in table.cases)
    ]
    numbers = {shape: i for i, shape in enumerate(dict.fromkeys(shapes))}
    return np.array([numbers[s] for s in shapes])


def row_weights(table: Table) -> Array:
    """Weight of each row, summing to 1."""
    _, place, count = np.unique(table.column("model").astype(str), return_inverse=True, return_counts=True)
    weights = count[place] ** (ROW_POWER - 1)
    return np.asarray(weights / weights.sum())


def fit(table: Table, start: Coefficients, prior: Mapping[str, Prior]) -> Coefficients:
    """The coefficients that describe the table best; InputError where it is too small."""
    if len(table) < LEAST_ROWS:
        raise InputError(f"only {len(table)} measurements are left to fit on, {LEAST_ROWS} are the least; {INSTALL}")
    from scipy.optimize import least_squares

    names = list(prior)
    middle = np.array([prior[n].value for n in names])
    spread = np.array([prior[n].spread for n in names])
    root_weight, logs = np.sqrt(row_weights(table)), np.log(table.measured)

    def coefficients(z: Any) -> Coefficients:
        return replace(start, **dict(zip(names, (middle * np.exp(z)).tolist(), strict=True)))

    def residuals(z: Any) -> Any:
        error = np.log(predict(table, coefficients(z)).tokens_per_second) - logs
        soft = np.sign(error) * ROBUST * np.sqrt(2 * (np.sqrt(1 + (error / ROBUST) ** 2) - 1))
        return np.concatenate([soft * root_weight, PRIOR_WEIGHT * z / spread])

    return coefficients(least_squares(residuals, np.zeros(len(names)), max_nfev=EVALUATIONS).x)


def silicon_table(known: Assumptions, c: Coefficients) -> Table:
    """The measurements that the shipped coefficients are fitted on."""
    cases, _ = cases_of(silicon_measurements(known), known)
    return Table.of(cases, c)


def with_values(text: str, values: Mapping[str, float]) -> str:
    """The text of an assumption file with the values of some parameters replaced."""
    for name, value in values.items():
        found = re.compile(rf"(?ms)^(  {re.escape(name)}:\n.*?^    value: )[^\n]*")
        text = found.sub(rf"\g<1>{value:.4g}", text, count=1)
    return text


def main(arguments: list[str] | None = None) -> int:
    """Fit on the installed measurements; print the coefficients or write them into assumptions/serving.yaml."""
    parser = argparse.ArgumentParser(prog="python -m calculator.serving.fit", description=main.__doc__)
    parser.add_argument("--write", action="store_true", help="write them into assumptions/serving.yaml")
    parsed = parser.parse_args(arguments)
    known = load_assumptions()
    start = Coefficients.read(known.number)
    try:
        table = silicon_table(known, start)
        fitted = fit(table, start, priors(known))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    values = {name: float(getattr(fitted, name)) for name in priors(known)}
    print(f"fitted on {len(table)} rows")
    for name, value in values.items():
        print(f"{name}: {value:.4g} (was {getattr(start, name):.4g})")
    if parsed.write:
        path: Path = assumptions_folder() / "serving.yaml"
        path.write_text(with_values(path.read_text(encoding="utf-8"), values), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
