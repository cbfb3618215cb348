"""The case files."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from calculator.errors import InputError, clip
from calculator.quantities import Model
from calculator.yaml12 import read_yaml


class CaseSource(Model):
    """Where the expected figure is published."""

    title: str
    url: str | None = None
    locator: str | None = None


class Absolute(Model):
    """A tolerance in the unit of the figure."""

    absolute: float = Field(ge=0)


class Case(Model):
    """One published figure and what it follows from."""

    name: str
    source: CaseSource
    calculation: str
    inputs: dict[str, Any]
    expected: float | int | bool | str | list[float]
    tolerance: float | Absolute = 0.0
    note: str | None = None
    outside_stated_range: bool = False
    """Our own range does not hold this figure; the tolerance is wider, a guard against getting worse and no agreement."""


def shipped_cases() -> list[Path]:
    """The case files that come with the product."""
    installed = Path(str(files("calculator"))) / "_cases"
    folder = installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "tests" / "cases"
    return sorted(folder.glob("*.yaml"))


def load_cases(paths: Sequence[Path]) -> list[Case]:
    """All cases of some files; InputError naming the file and the case."""
    cases: list[Case] = []
    for path in paths:
        try:
            raw = read_yaml(path.read_bytes(), str(path))
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from None
        if not isinstance(raw, list):
            raise InputError(f"{path}: must be a list of cases")
        try:
            cases += TypeAdapter(list[Case]).validate_python(raw)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            raise InputError(f"{path}: {place}: {clip(problem['msg'], 160)}") from None
    return cases
