"""A scenario from a file, from text or from plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from calculator.errors import InputError, clip
from calculator.scenario.faults import first_line
from calculator.scenario.schema import SCHEMA_VERSION, Scenario
from calculator.user_files import read_file
from calculator.yaml12 import MAX_BYTES, read_yaml


def parse_scenario(text: str | bytes, where: str = "scenario") -> Scenario:
    """A scenario from YAML or JSON text; InputError with one line naming path, fault and remedy."""
    return scenario_from(read_yaml(text, where), where)


def scenario_from(data: Any, where: str = "scenario") -> Scenario:
    """A scenario from plain data, migrated from older schemas; InputError as `parse_scenario`."""
    if not isinstance(data, dict):
        raise InputError(f"{where}: is not a scenario (a mapping with title, workloads and options)")
    version = data.get("schema", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise InputError(f"{where}: schema: version {clip(version)} is not known; this release reads {SCHEMA_VERSION}")
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{where}: {first_line(error)}") from None


def load_scenario(path: str | Path) -> Scenario:
    """A scenario from a file; InputError where it is missing, too large or not a scenario."""
    wanted = "name a scenario file; shipped examples are in assumptions/scenarios/"
    raw = read_file(path, MAX_BYTES, wanted=wanted, shorter="a scenario is a few KB of YAML")
    return parse_scenario(raw, str(path))
