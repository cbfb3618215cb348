"""JSON Schema of the scenario file."""

from __future__ import annotations

from typing import Any

from calculator.scenario import Scenario


def scenario_schema() -> dict[str, Any]:
    """The scenario file; descriptions come from the fields' docstrings."""
    schema = Scenario.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
